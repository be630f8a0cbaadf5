"""Fields for choices: radio buttons, a list, checkboxes, and a statement to confirm."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from portal.core.errors import Message
from portal.core.fields.base import Field, as_text, component, label_options

# A code, its label, and optionally a hint. Codes are stored, labels shown.
Option = tuple[str, Message] | tuple[str, Message, Message]
CHOOSE = _l("Choose…")
Options = Mapping[str, Message] | Iterable[Option] | Callable[[], Iterable[Option]]


def _listed(choices: Options) -> list[tuple[str, str, str]]:
    if callable(choices):
        choices = choices()
    pairs = choices.items() if isinstance(choices, Mapping) else choices
    return [(str(pair[0]), str(pair[1]), str(pair[2]) if len(pair) > 2 else "") for pair in pairs]


class Choice(Field):
    """One of a few choices, as radio buttons. `coerce` makes the value from the code, e.g. an Enum.

    `choices` is {code: label}, [(code, label[, hint])], or a function that returns either; they may
    be replaced on the form's field until it is validated.
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
        """Convert the code, or refuse one not offered; the choices are final only now."""
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
        """The selected codes."""
        value = self.typed if self.typed is not None else self.data
        values = value if isinstance(value, list | tuple | set | frozenset) else [value]
        return [str(code) for code in values if code not in (None, "")]

    def label_of(self, value: Any) -> str:
        """The label of a value's code; of several, separated by commas."""
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
    """One of many, as a drop-down list. `blank` is the text before a choice is made."""

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
    """Several choices, as checkboxes. The value is a list, in the order of the choices."""

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
    """A statement to confirm, as one checkbox; the value is a bool. If required, it must be
    ticked."""

    missing = _l("Confirm this to continue")

    def parse(self, typed: str) -> bool:
        return typed not in ("", "0", "false")

    @property
    def empty(self) -> bool:
        return not self.data

    def render(self, **options: Any) -> Markup:
        item = {
            "value": "1",
            "text": str(self.label.text),  # an unticked box needs no "optional"
            "hint": self.hint_text,
            "checked": bool(self.typed if self.typed is not None else self.data),
        }
        return component("statement", self, item)
