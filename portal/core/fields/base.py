"""What every field and every form shares: reading, refusing, keeping what was typed, rendering."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from flask import current_app, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from markupsafe import Markup, escape
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import Field as WTField
from wtforms.utils import unset_value
from wtforms.validators import StopValidation
from wtforms.widgets import HiddenInput

from portal.core import parse_errors, parsing
from portal.core.errors import (
    DomainError,
    InvalidFields,
    Message,
    Problem,
    StateConflict,
    TooMany,
)
from portal.core.parsing import Code, Unreadable


class Refused(ValueError):
    """What was typed cannot be taken; the message says why."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))


def too_long(limit: int) -> str:
    """The message for a text beyond its limit."""
    return parse_errors.words(Code.TOO_LONG, {"limit": limit})


def component(name: str, *given: Any, **options: Any) -> Markup:
    """What a macro of components/fields.html makes of what it is given."""
    macros = current_app.jinja_env.get_template("components/fields.html").module
    render: Callable[..., str] = getattr(macros, name)
    # What was refused is shown again. These signs are invisible or have no place in a page at all:
    # each is marked, so that whoever pasted it finds it.
    html = parsing.marked(render(*given, **options))
    return Markup(html)  # noqa: S704  # the macro escapes what it is given


class Field(WTField):
    """A field in our own markup.

    `label` and `hint` are for the screen. An answer is owed unless the field has `required=False`;
    its label then says so, unless `marked=False` leaves it to the hint who owes one. `width` is in
    characters (2, 3, 4, 5, 10, 20) or a GOV.UK class; `missing` is the message for an empty answer.
    """

    missing: Message = _l("Fill this in")
    #: whether its label says that no answer is owed
    marked = True
    #: the suffixes of this field's inputs; most fields have one, without a suffix
    parts: tuple[str, ...] = ("",)

    def __init__(
        self,
        label: Message = "",
        hint: Message = "",
        *,
        required: bool = True,
        marked: bool | None = None,
        width: int | str | None = None,
        autocomplete: str | None = None,
        missing: Message | None = None,
        **options: Any,
    ) -> None:
        super().__init__(label, **options)
        self.hint = hint
        self.required = required
        self.marked = type(self).marked if marked is None else marked
        self.width = width
        self.autocomplete = autocomplete
        self.missing = missing or type(self).missing
        self.typed: Any = None
        self.warnings: list[str] = []
        self._soft: list[str] = []

    # -------------------------------------------------------------- reading

    def process(
        self,
        formdata: Any,
        data: Any = unset_value,
        extra_filters: Sequence[Callable[[Any], Any]] | None = None,
    ) -> None:
        """Take the value from the object, then from the form where one was sent."""
        self.process_errors = []
        self._soft = []
        if data is unset_value:
            data = self.default() if callable(self.default) else self.default
        self.object_data = data
        self.data = data
        if formdata is not None:
            self._read(formdata)
        for change in [*self.filters, *(extra_filters or ())]:
            self.data = change(self.data)

    def _read(self, formdata: Any) -> None:
        self.data = None
        try:
            self.typed = self.collect(formdata)
            self.raw_data = [self.typed]
            self._bound(self.typed)
            self.data = self.parse(self.typed)
        except Unreadable as refusal:
            self.process_errors = [parse_errors.words(refusal.code, refusal.facts)]
        except ValueError as refusal:
            self.process_errors = [str(refusal)]

    def _bound(self, typed: Any) -> None:
        for text in typed.values() if isinstance(typed, dict) else (typed,):
            if isinstance(text, str):
                parsing.bounded(text)

    def collect(self, formdata: Any) -> Any:
        """What was sent, as it was sent: one text, or one for each part."""
        return as_text(formdata.get(self.name, ""))

    def parse(self, typed: Any) -> Any:
        """The value of what was typed; raises Refused or Unreadable. Empty where nothing was."""
        return parsing.text(typed)

    def complain(self, message: Message) -> None:
        """Refuse the value on submission, yet let a draft keep it."""
        self._soft.append(str(message))

    @property
    def empty(self) -> bool:
        """Whether there is no answer."""
        return self.data is None or self.data in ("", [], ())

    def pre_validate(self, form: Any) -> None:
        """Before the validators: what could not be read, what is missing, what a draft may hold."""
        self.warnings = []
        if self.errors:
            raise StopValidation
        soft = list(self._soft)
        if self.empty and self.required:
            soft.append(str(self.missing))
        if getattr(form, "draft", False):
            self.warnings = soft
            if self.empty:
                raise StopValidation
        elif soft:
            self.errors = [*self.errors, *soft]
            raise StopValidation
        elif self.empty:
            raise StopValidation

    # ------------------------------------------------------------ rendering

    def text(self, value: Any) -> str:
        """The value as it would be typed."""
        return "" if value is None else str(value)

    @property
    def shown(self) -> str:
        """What stands in the input: what was typed, else the value."""
        return str(self.typed) if self.typed is not None else self.text(self.data)

    @property
    def focus_id(self) -> str:
        """The id of the input that the error summary leads to."""
        return self.id

    @property
    def problems(self) -> list[tuple[str, str]]:
        """Message and target for each error, for the error summary."""
        label = str(self.label.text)
        if label:
            label += " " if label.endswith((".", "?", "!", "…", ":")) else ": "
        return [(f"{label}{error}", self.focus_id) for error in self.errors]

    def __call__(self, **options: Any) -> Markup:
        """The whole field. `legend` sizes its label (s, m, l); `heading` makes it the h1."""
        return self.render(**options)

    def render(self, **options: Any) -> Markup:
        """The field in GOV.UK's markup."""
        return component("input", self, self.input_attributes(**options), **label_options(options))

    def label_html(self) -> Markup:
        """The label, with a word where an answer is not owed."""
        text = escape(str(self.label.text))
        if self.required or not self.marked:
            return text
        return text + Markup(' <span class="asns-optional">{}</span>').format(_("(not required)"))

    @property
    def hint_text(self) -> str:
        """The hint in the language of the page."""
        return str(self.hint)

    def described_by(self, *others: str) -> str | None:
        """The ids of what is said beside the input: `others`, the hint, the error."""
        hint = [f"{self.id}-hint"] if self.hint else []
        error = [f"{self.id}-error"] if self.errors else []
        return " ".join([*others, *hint, *error]) or None

    def attributes(self, kind: str, *classes: str, **options: Any) -> dict[str, Any]:
        """Those of the field's one input; None is left out. `kind` is its class in GOV.UK's markup.

        `attributes` of the page are added to the field's own.
        """
        return {
            **self.part_attributes(kind, "", *classes),
            "autocomplete": self.autocomplete,
            **(self.render_kw or {}),
            **options.get("attributes", {}),
            "aria-required": "true" if self.required else None,
            "aria-describedby": self.described_by(),
        }

    def input_attributes(self, **options: Any) -> dict[str, Any]:
        """The same of an <input>, with its value."""
        attributes = self.attributes("govuk-input", width_class(self.width), **options)
        return {**attributes, "type": "text", "value": self.shown}

    def part_attributes(self, kind: str, part: str, *classes: str) -> dict[str, Any]:
        """What any input of the field has; `part` is its suffix, where there are several."""
        error = f"{kind}--error" if self.errors else ""
        return {
            "class": " ".join(filter(None, (kind, *classes, error))),
            "id": f"{self.id}{part}",
            "name": f"{self.name}{part}",
        }


def label_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """How the label stands, of the options with which a page renders a field."""
    return {"size": options.get("legend") or "", "heading": bool(options.get("heading"))}


def as_text(value: Any) -> str:
    """A form value that ought to be text; a file sent in its place is no answer."""
    return value if isinstance(value, str) else ""


def width_class(width: int | str | None) -> str:
    """GOV.UK's class for a width in characters, or the class itself."""
    if width is None:
        return ""
    return f"govuk-input--width-{width}" if isinstance(width, int) else width


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Every form. `draft=True` saves what is there: what is missing or too long is only a warning.

    `validate_on_submit()` is Flask-WTF's; `status` is the status code to render the page with.
    """

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # as above
        """Forms are read from forms and files, never from JSON."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            if isinstance(formdata, MultiDict | CombinedMultiDict) or formdata is None:
                return formdata
            if request.method in ("POST", "PUT", "PATCH", "DELETE"):
                return CombinedMultiDict((request.files, request.form))
            return None

        def render_field(self, field: WTField, render_kw: dict[str, Any]) -> Markup:
            """Hidden inputs carry no id: several forms may stand on one page."""
            if isinstance(field.widget, HiddenInput):
                value = field._value()  # type: ignore[attr-defined]  # of WTForms' StringField
                return hidden_input(field.name, value)
            return Markup(super().render_field(field, render_kw))  # noqa: S704  # WTForms escapes

    form_errors: list[str]

    def __init__(self, *args: Any, draft: bool = False, **kwargs: Any) -> None:
        self.draft = draft
        self.refusal: DomainError | None = None
        super().__init__(*args, **kwargs)

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether the form can be taken. One whose rows were just added or removed cannot yet."""
        fine = super().validate(extra_validators)
        return bool(fine and not self.rearranged and not self.form_errors)

    @property
    def rearranged(self) -> bool:
        """Whether a button of this form only added or removed a row."""
        return any(getattr(field, "rearranged", False) for field in self)

    @property
    def overtaken(self) -> bool:
        """Whether the verb was refused for how things stand by now, whatever is typed."""
        return isinstance(self.refusal, StateConflict) and not self.refusal.field

    @property
    def too_often(self) -> bool:
        """Whether the verb was refused for having been tried too often: only waiting helps."""
        return isinstance(self.refusal, TooMany)

    @property
    def status(self) -> HTTPStatus:
        """That of a verb's refusal, 422 for what cannot be taken, 200 while it is filled in."""
        if self.refusal is not None:
            return self.refusal.status
        return HTTPStatus.UNPROCESSABLE_ENTITY if self.problems else HTTPStatus.OK

    @property
    def problems(self) -> list[tuple[str, str]]:
        """Every error with the id it leads to, in the order of the fields; "" for those of none."""
        if self.rearranged:
            return []
        found = [(str(error), "") for error in self.form_errors]
        for field in self:
            if isinstance(field, Field):
                found += field.problems
            else:
                found += [(str(error), "") for error in field.errors]
        return found

    @property
    def given(self) -> dict[str, Any]:
        """What was typed and chosen, by the names of the fields; hidden ones are not among it."""
        return {
            field.short_name: field.data
            for field in self
            if isinstance(field, Field) and not isinstance(field.widget, HiddenInput)
        }

    @property
    def warnings(self) -> dict[str, list[str]]:
        """What a saved draft still lacks, by field."""
        return {
            field.short_name: field.warnings
            for field in self
            if isinstance(field, Field) and field.warnings
        }

    def refuse(self, refusal: DomainError) -> None:
        """Show a verb's refusal beside the fields that it names, or at the head of the form."""
        self.refusal = refusal
        problems: Iterable[Problem]
        if isinstance(refusal, InvalidFields):
            problems = refusal.problems
        else:
            lines = (refusal.message, *getattr(refusal, "missing", ()))
            problems = [Problem(refusal.field or "", line) for line in lines]
        for one in problems:
            if one.field in self:
                field = self[one.field]
                field.errors = [*field.errors, str(one.message)]
            else:
                self.form_errors = [*self.form_errors, str(one.message)]


def hidden_input(name: str, value: str) -> Markup:
    """A hidden input without an id."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(name, value)
