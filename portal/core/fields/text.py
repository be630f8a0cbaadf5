"""Fields for text: one line, several, in two languages, secret, hidden."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from wtforms.widgets import HiddenInput

from portal.core import parsing
from portal.core.db import Words
from portal.core.errors import Message
from portal.core.fields.base import (
    Field,
    as_text,
    hidden_input,
    macro,
    too_long,
    width_class,
)
from portal.core.formats import number


class Text(Field):
    """One line of text, up to `limit` characters; the value is "" where nothing was typed."""

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

    def input_params(self, **options: Any) -> dict[str, Any]:
        params = super().input_params(**options)
        params["type"] = self.kind
        for name in ("inputmode", "spellcheck"):
            if getattr(self, name) is not None:
                params[name] = getattr(self, name)
        for name in ("prefix", "suffix"):
            if getattr(self, name):
                params[name] = {"text": str(getattr(self, name))}
        return params


class TextArea(Field):
    """Several lines, up to `limit` characters. A line break is one, here and on the page.

    A `quiet` one speaks of its limit only when it comes near.
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
        params = self.input_params(**options)
        params["rows"] = str(options.get("rows", self.rows))
        if self.limit is not None:
            params["describedBy"] = f"{self.id}-count"
            params["attributes"]["data-count"] = str(self.limit)
            if self.quiet:
                params["attributes"]["data-quiet"] = "true"
            params["formGroup"] = {"classes": "asns-counted", "afterInput": {"html": self._count()}}
        # The parser drops a line break that begins a textarea: give it one to drop.
        if params["value"].startswith(("\n", "\r")):
            params["value"] = "\n" + params["value"]
        return macro("textarea", "govukTextarea", params)

    def _count(self) -> Markup:
        return Markup(
            '<div id="{id}-count" class="govuk-hint asns-count" data-left="{left}"'
            ' data-over="{over}">{text}</div>'
        ).format(
            id=self.id,
            left=_("Characters left: {count}"),
            over=_("Too many characters by {count}"),
            text=_("Up to %(limit)s characters", limit=number(self.limit)),
        )


class Password(Field):
    """A password, as it is hashed: never shown again, never stripped."""

    missing = _l("Enter the password")

    def __init__(
        self, label: Message = "", hint: Message = "", *, new: bool = False, **options: Any
    ) -> None:
        autocomplete = "new-password" if new else "current-password"
        super().__init__(label, hint, **{"autocomplete": autocomplete, "width": 20, **options})

    def parse(self, typed: str) -> str:
        return parsing.password(typed)

    def render(self, **options: Any) -> Markup:
        params = self.input_params(**options)
        params["value"] = ""
        params |= {
            "showPasswordText": _("Show"),
            "hidePasswordText": _("Hide"),
            "showPasswordAriaLabelText": _("Show the password"),
            "hidePasswordAriaLabelText": _("Hide the password"),
            "passwordShownAnnouncementText": _("The password is visible"),
            "passwordHiddenAnnouncementText": _("The password is hidden"),
        }
        return macro("password-input", "govukPasswordInput", params)


class Hidden(Field):
    """A value that the page carries, such as a version; it is checked like any other."""

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
    """A text in Latvian and, if one wants, in English. The value is a Words."""

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
        return {key: as_text(formdata.get(f"{self.name}-{key}", "")) for key in ("lv", "en")}

    def parse(self, typed: dict[str, str]) -> Words:
        read = parsing.text if self.long else parsing.line
        words = Words(lv=read(typed["lv"]), en=read(typed["en"]))
        if max(len(words.lv), len(words.en)) > self.limit:
            self.complain(too_long(self.limit))
        if words.en and not words.lv:
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
            self._input(key, typed[key], label)
            for key, label in (("lv", _("In Latvian")), ("en", _("In English (not required)")))
        )
        return group(self, Markup('<div class="asns-languages">{}</div>').format(inner), **options)

    def _input(self, key: str, value: str, label: str) -> Markup:
        params: dict[str, Any] = {
            "id": f"{self.id}-{key}",
            "name": f"{self.name}-{key}",
            "label": {"text": label},
            "value": value,
            "classes": width_class(self.width) + (" govuk-input--error" if self.errors else ""),
            "attributes": {"lang": key},
        }
        if self.long:
            params["rows"] = str(self.rows)
            return macro("textarea", "govukTextarea", params)
        return macro("input", "govukInput", params)


def group(field: Field, inner: Markup, **options: Any) -> Markup:
    """A fieldset with the field's label, hint and error around several inputs."""
    params = field.common_params(**options)
    parts, described = [], []
    if field.hint:
        described.append(f"{field.id}-hint")
        parts.append(macro("hint", "govukHint", {"id": described[-1], **params["hint"]}))
    if field.errors:
        described.append(f"{field.id}-error")
        parts.append(
            macro(
                "error-message",
                "govukErrorMessage",
                {"id": described[-1], **params["errorMessage"]},
            )
        )
    fieldset = {
        **field.fieldset(**options),
        "describedBy": " ".join(described),
        "html": Markup("").join([*parts, inner]),
    }
    return Markup('<div class="govuk-form-group{}">{}</div>').format(
        " govuk-form-group--error" if field.errors else "",
        macro("fieldset", "govukFieldset", fieldset),
    )
