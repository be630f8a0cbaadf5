"""Fields for choosing: one of few, one of many, several, and agreeing to a statement."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from portal.core.errors import Message
from portal.core.fields.base import Field, as_text, component, label_options

# A code, its label, and where it helps a hint. Codes are compared and stored, labels only shown.
Option = tuple[str, Message] | tuple[str, Message, Message]
CHOOSE = _l("Choose…")
Options = Mapping[str, Message] | Iterable[Option] | Callable[[], Iterable[Option]]


def _listed(choices: Options) -> list[tuple[str, str, str]]:
    if callable(choices):
        choices = choices()
    pairs = choices.items() if isinstance(choices, Mapping) else choices
    return [(str(pair[0]), str(pair[1]), str(pair[2]) if len(pair) > 2 else "") for pair in pairs]


class Choice(Field):
    """One of a few, as radio buttons. `coerce` makes the value of the code, such as an Enum's.

    `choices` is {code: label}, [(code, label[, hint])], or a function that returns either; the
    form's field may be given others until it is validated.
    """

    missing = _l("Choose one")
    several = False

    def __init__(
        self,
        label: Message = "",
        hint: Message = "",
        *,
        choices: Options = (),
        coerce: Callable[[str], Any] = str,
        inline: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(label, hint, **options)
        self.choices = choices
        self.coerce = coerce
        self.inline = inline

    def parse(self, typed: str) -> Any:
        return typed.strip() or None

    def pre_validate(self, form: Any) -> None:
        """Only now are the choices final: take the code's value, or refuse one not offered."""
        offered = [code for code, _label, _hint in _listed(self.choices)]
        chosen = set(self.chosen)
        if not chosen <= set(offered):
            self.errors = [*self.errors, str(_("Choose from the list."))]
            self.data = [] if self.several else None
        elif self.typed is not None:
            values = [self.coerce(code) for code in offered if code in chosen]
            self.data = values if self.several else (values[0] if values else None)
        super().pre_validate(form)

    @property
    def chosen(self) -> list[str]:
        """The codes that are chosen now."""
        value = self.typed if self.typed is not None else self.data
        values = value if isinstance(value, list | tuple | set | frozenset) else [value]
        return [str(code) for code in values if code not in (None, "")]

    def label_of(self, value: Any) -> str:
        """How a value reads: the label of its code, of several with commas between."""
        labels = {code: label for code, label, _hint in _listed(self.choices)}
        values = value if isinstance(value, list | tuple) else [value]
        return ", ".join(labels.get(str(code), str(code)) for code in values if code is not None)

    def items(self) -> list[dict[str, Any]]:
        """The choices: value, text, hint, whether it is checked."""
        chosen = set(self.chosen)
        return [
            {"value": code, "text": label, "hint": hint, "checked": code in chosen}
            for code, label, hint in _listed(self.choices)
        ]

    def render(self, **options: Any) -> Markup:
        given = {"inline": self.inline, **label_options(options)}
        return component("choices", self, "radio", self.items(), **given)


class Select(Choice):
    """One of many, as a list that drops down. `blank` is what stands there before a choice."""

    def __init__(
        self,
        label: Message = "",
        hint: Message = "",
        *,
        blank: Message = CHOOSE,
        **options: Any,
    ) -> None:
        super().__init__(label, hint, **options)
        self.blank = blank

    def render(self, **options: Any) -> Markup:
        offered = [
            ("", str(self.blank), not self.chosen),
            *((item["value"], item["text"], item["checked"]) for item in self.items()),
        ]
        attributes = self.attributes("govuk-select", **options)
        return component("select", self, attributes, offered, **label_options(options))


class Choices(Choice):
    """Several, as checkboxes. The value is a list, in the order of the choices."""

    missing = _l("Choose at least one")
    several = True

    def collect(self, formdata: Any) -> list[str]:
        sent = [as_text(value).strip() for value in formdata.getlist(self.name)]
        return list(dict.fromkeys(code for code in sent if code))

    def parse(self, typed: Any) -> list[str]:
        return list(typed)

    def render(self, **options: Any) -> Markup:
        return component("choices", self, "checkbox", self.items(), **label_options(options))


class Statement(Field):
    """A statement to confirm, as one checkbox; the value is a bool. Required: it must be ticked."""

    missing = _l("Confirm this to continue")

    def parse(self, typed: str) -> bool:
        return typed not in ("", "0", "false")

    @property
    def empty(self) -> bool:
        return not self.data

    def render(self, **options: Any) -> Markup:
        item = {
            "value": "1",
            "text": str(self.label.text),  # that a box may stay empty goes without saying
            "hint": self.hint_text,
            "checked": bool(self.typed if self.typed is not None else self.data),
        }
        return component("statement", self, item)
