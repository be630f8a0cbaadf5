"""The base of all fields and forms: parsing, validation and rendering."""

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
    """The input is refused; the message says why."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))


def too_long(limit: int) -> str:
    """The message for a text beyond its limit."""
    return parse_errors.words(Code.TOO_LONG, {"limit": limit})


def component(name: str, *given: Any, **options: Any) -> Markup:
    """The output of a macro of components/fields.html."""
    macros = current_app.jinja_env.get_template("components/fields.html").module
    render: Callable[..., str] = getattr(macros, name)
    # Refused input is shown again, with invisible and control characters marked.
    html = parsing.marked(render(*given, **options))
    return Markup(html)  # noqa: S704  # the macro escapes what it is given


class Field(WTField):
    """A field with its own markup.

    `label` and `hint` are shown. A field is required unless `required=False`; its label then says
    "optional", unless `marked=False`. `width` is in characters (2, 3, 4, 5, 10, 20) or a GOV.UK
    class; `missing` is the message for an empty value.
    """

    missing: Message = _l("Fill this in")
    # : whether the label may say that the field is optional
    marked = True
    # : the suffixes of this field's inputs; most fields have one input, without a suffix
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
        """Take the value from the object, then from the form if one was sent."""
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
        """The raw input: one text, or one for each part."""
        return as_text(formdata.get(self.name, ""))

    def parse(self, typed: Any) -> Any:
        """The value of the input; raises Refused or Unreadable. The empty value for empty input."""
        return parsing.text(typed)

    def complain(self, message: Message) -> None:
        """Add an error on submission; for a draft only a warning."""
        self._soft.append(str(message))

    @property
    def empty(self) -> bool:
        """Whether the value is empty."""
        return self.data is None or self.data in ("", [], ())

    def pre_validate(self, form: Any) -> None:
        """Before the validators: refuse unreadable input, missing values, and what is too long."""
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
        """The value as text for the input."""
        return "" if value is None else str(value)

    @property
    def shown(self) -> str:
        """The text in the input: what was typed, or else the value."""
        return str(self.typed) if self.typed is not None else self.text(self.data)

    @property
    def focus_id(self) -> str:
        """The id of the input to which the error summary links."""
        return self.id

    @property
    def problems(self) -> list[tuple[str, str]]:
        """Message and target for each error, for the error summary."""
        label = str(self.label.text)
        if label:
            label += " " if label.endswith((".", "?", "!", "…", ":")) else ": "
        return [(f"{label}{error}", self.focus_id) for error in self.errors]

    def __call__(self, **options: Any) -> Markup:
        """Render the field. `legend` sizes its label (s, m, l); `heading` makes it the h1."""
        return self.render(**options)

    def render(self, **options: Any) -> Markup:
        """The field in GOV.UK's markup."""
        return component("input", self, self.input_attributes(**options), **label_options(options))

    def label_html(self) -> Markup:
        """The label, marked if the field is optional."""
        text = escape(str(self.label.text))
        if self.required or not self.marked:
            return text
        return text + Markup(' <span class="asns-optional">{}</span>').format(_("(not required)"))

    @property
    def hint_text(self) -> str:
        """The hint in the language of the page."""
        return str(self.hint)

    def described_by(self, *others: str) -> str | None:
        """The ids for aria-describedby: `others`, the hint, the error."""
        hint = [f"{self.id}-hint"] if self.hint else []
        error = [f"{self.id}-error"] if self.errors else []
        return " ".join([*others, *hint, *error]) or None

    def attributes(self, kind: str, *classes: str, **options: Any) -> dict[str, Any]:
        """The attributes of a field with one input; None is left out. `kind` is GOV.UK's class.

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
        """The same for an <input>, with its value."""
        attributes = self.attributes("govuk-input", width_class(self.width), **options)
        return {**attributes, "type": "text", "value": self.shown}

    def part_attributes(self, kind: str, part: str, *classes: str) -> dict[str, Any]:
        """The attributes of each input; `part` is its suffix if there are several."""
        error = f"{kind}--error" if self.errors else ""
        return {
            "class": " ".join(filter(None, (kind, *classes, error))),
            "id": f"{self.id}{part}",
            "name": f"{self.name}{part}",
        }


def label_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options for the label among those with which a page renders a field."""
    return {"size": options.get("legend") or "", "heading": bool(options.get("heading"))}


def as_text(value: Any) -> str:
    """A form value as text; "" for a file."""
    return value if isinstance(value, str) else ""


def width_class(width: int | str | None) -> str:
    """GOV.UK's class for a width in characters, or the class itself."""
    if width is None:
        return ""
    return f"govuk-input--width-{width}" if isinstance(width, int) else width


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The base of forms. With `draft=True`, missing or too long values are only warnings.

    `validate_on_submit()` is Flask-WTF's; `status` is the status code of the rendered page.
    """

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # as above
        """Forms are read from form data and files, never from JSON."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            if isinstance(formdata, MultiDict | CombinedMultiDict) or formdata is None:
                return formdata
            if request.method in ("POST", "PUT", "PATCH", "DELETE"):
                return CombinedMultiDict((request.files, request.form))
            return None

        def render_field(self, field: WTField, render_kw: dict[str, Any]) -> Markup:
            """Hidden inputs have no id, since a page may contain several forms."""
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
        """Run all validators; False also if a row was just added or removed."""
        fine = super().validate(extra_validators)
        return bool(fine and not self.rearranged and not self.form_errors)

    @property
    def rearranged(self) -> bool:
        """Whether the pressed button only changed the rows."""
        return any(getattr(field, "rearranged", False) for field in self)

    @property
    def overtaken(self) -> bool:
        """Whether the verb was refused because of the present state, not the input."""
        return isinstance(self.refusal, StateConflict) and not self.refusal.field

    @property
    def too_often(self) -> bool:
        """Whether the verb was refused after too many tries."""
        return isinstance(self.refusal, TooMany)

    @property
    def status(self) -> HTTPStatus:
        """The status of a verb's refusal, 422 for invalid input, else 200."""
        if self.refusal is not None:
            return self.refusal.status
        return HTTPStatus.UNPROCESSABLE_ENTITY if self.problems else HTTPStatus.OK

    @property
    def problems(self) -> list[tuple[str, str]]:
        """Every error with the id of its input, in the order of the fields; "" if it has none."""
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
        """The values by field name, without hidden fields."""
        return {
            field.short_name: field.data
            for field in self
            if isinstance(field, Field) and not isinstance(field.widget, HiddenInput)
        }

    @property
    def warnings(self) -> dict[str, list[str]]:
        """What a saved draft lacks, by field."""
        return {
            field.short_name: field.warnings
            for field in self
            if isinstance(field, Field) and field.warnings
        }

    def refuse(self, refusal: DomainError) -> None:
        """Show a verb's refusal beside its fields, or at the top of the form."""
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
