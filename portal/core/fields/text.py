"""Fields for text: one line, several, in several languages, secret, hidden."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from wtforms.widgets import HiddenInput

from portal.core import languages, parsing
from portal.core.db import Words
from portal.core.errors import Message
from portal.core.fields.base import (
    Field,
    as_text,
    component,
    hidden_input,
    label_options,
    too_long,
    width_class,
)


class Text(Field):
    """One line of text, up to `limit` characters; the empty value is ""."""

    kind = "text"

    def __init__(
        self,
        label: Message = "",
        hint: Message = "",
        *,
        limit: int = 300,
        prefix: Message = "",
        suffix: Message = "",
        inputmode: str | None = None,
        spellcheck: bool | None = None,
        **options: Any,
    ) -> None:
        super().__init__(label, hint, **options)
        self.limit = limit
        self.prefix = prefix
        self.suffix = suffix
        self.inputmode = inputmode
        self.spellcheck = spellcheck

    def parse(self, typed: str) -> Any:
        text = parsing.line(typed)
        if len(text) > self.limit:
            self.complain(too_long(self.limit))
        return text

    def render(self, **options: Any) -> Markup:
        affixes = {"prefix": str(self.prefix), "suffix": str(self.suffix)}
        attributes = self.input_attributes(**options)
        return component("input", self, attributes, **affixes, **label_options(options))

    def input_attributes(self, **options: Any) -> dict[str, Any]:
        spellcheck = None if self.spellcheck is None else str(self.spellcheck).lower()
        return {
            **super().input_attributes(**options),
            "type": self.kind,
            "inputmode": self.inputmode,
            "spellcheck": spellcheck,
        }


class TextArea(Field):
    """Several lines, up to `limit` characters; a line break counts as one.

    With `quiet`, the count is only shown near the limit.
    """

    def __init__(
        self,
        label: Message = "",
        hint: Message = "",
        *,
        limit: int | None = None,
        rows: int = 6,
        quiet: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(label, hint, **options)
        self.limit = limit
        self.quiet = quiet
        self.rows = rows

    def parse(self, typed: str) -> str:
        text = parsing.text(typed)
        if self.limit is not None and len(text) > self.limit:
            self.complain(too_long(self.limit))
        return text

    def render(self, **options: Any) -> Markup:
        attributes = self.attributes("govuk-textarea", width_class(self.width), **options)
        attributes["rows"] = options.get("rows", self.rows)
        if self.limit is not None:
            attributes |= {
                "aria-describedby": self.described_by(f"{self.id}-count"),
                "data-count": self.limit,
                "data-quiet": "true" if self.quiet else None,
            }
        given = {"value": self.shown, "count": self.limit, **label_options(options)}
        return component("textarea", self, attributes, **given)


class Password(Field):
    """A password, normalised as for hashing: never shown again, never stripped."""

    missing = _l("Enter the password")

    def __init__(
        self, label: Message = "", hint: Message = "", *, new: bool = False, **options: Any
    ) -> None:
        autocomplete = "new-password" if new else "current-password"
        super().__init__(label, hint, **{"autocomplete": autocomplete, "width": 20, **options})

    def parse(self, typed: str) -> str:
        return parsing.password(typed)

    def render(self, **options: Any) -> Markup:
        return component(
            "password", self, self.input_attributes(**options), **label_options(options)
        )

    def input_attributes(self, **options: Any) -> dict[str, Any]:
        classes = ("govuk-password-input__input", "govuk-js-password-input-input")
        return {
            **self.attributes("govuk-input", *classes, width_class(self.width), **options),
            "type": "password",
            "spellcheck": "false",
            "autocapitalize": "none",
            "value": "",
        }


class Hidden(Field):
    """A hidden value, such as a version; validated like any other."""

    widget = HiddenInput()  # so that hidden_tag() finds it

    def __init__(self, *, required: bool = False, **options: Any) -> None:
        super().__init__("", required=required, **options)

    def parse(self, typed: str) -> str:
        return parsing.line(typed)

    def render(self, **options: Any) -> Markup:
        return hidden_input(self.name, self.shown)

    @property
    def focus_id(self) -> str:
        return ""


class WordsField(Field):
    """A text in Latvian and optionally in other languages. The value is a Words."""

    def __init__(
        self,
        label: Message = "",
        hint: Message = "",
        *,
        limit: int = 300,
        long: bool = False,
        rows: int = 4,
        **options: Any,
    ) -> None:
        super().__init__(label, hint, **options)
        self.limit = limit
        self.long = long
        self.rows = rows

    def collect(self, formdata: Any) -> dict[str, str]:
        return {
            key: as_text(formdata.get(f"{self.name}-{key}", "")) for key in languages.of_texts()
        }

    def parse(self, typed: dict[str, str]) -> Words:
        read = parsing.text if self.long else parsing.line
        # What is stored in a language that is no longer asked for stays.
        stored = self.object_data.to_json() if isinstance(self.object_data, Words) else {}
        words = Words.of({**stored, **{key: read(text) for key, text in typed.items()}})
        if max(map(len, words.to_json().values())) > self.limit:
            self.complain(too_long(self.limit))
        if words and not words.lv:
            self.complain(_("Write it in Latvian too."))
        return words

    @property
    def empty(self) -> bool:
        return not self.data

    @property
    def focus_id(self) -> str:
        return f"{self.id}-lv"

    def render(self, **options: Any) -> Markup:
        typed = self.typed if self.typed is not None else (self.data or Words()).to_json()
        inner = Markup("").join(
            self._input(key, typed.get(key, ""), label) for key, label in labels_of_languages()
        )
        return group(self, Markup('<div class="asns-languages">{}</div>').format(inner), **options)

    def _input(self, key: str, value: str, label: str) -> Markup:
        kind = "govuk-textarea" if self.long else "govuk-input"
        if key != languages.OWED:
            label = f"{label} {_('(not required)')}"
        attributes = {
            **self.part_attributes(kind, f"-{key}", width_class(self.width)),
            "lang": key,
        }
        if self.long:
            return component("part", label, {**attributes, "rows": self.rows}, value=value)
        return component("part", label, {**attributes, "type": "text", "value": value})


def labels_of_languages() -> list[tuple[str, str]]:
    """The languages of a text with the labels of their inputs, the required one first."""
    known = {languages.OWED: _("In Latvian"), "en": _("In English")}
    return [(code, known.get(code) or languages.name(code)) for code in languages.of_texts()]


def group(field: Field, inner: Markup, **options: Any) -> Markup:
    """A fieldset with the field's label, hint and error around several inputs."""
    return component("group", field, inner, **label_options(options))
