"""The languages of the portal: those of the setting LANGUAGES, with their names."""

from collections.abc import Sequence
from functools import cache

from babel import Locale
from flask import current_app
from flask_babel import get_locale

OWED = "lv"  # texts of the board are owed in it: the law asks for that, and so does the database
_DEFAULT = (OWED, "en")  # where there are no settings: the bare frame of a page


def codes() -> Sequence[str]:
    """The codes of all languages, that of whoever has chosen none first."""
    settings = current_app.extensions.get("settings") if current_app else None
    return settings.languages if settings else _DEFAULT


def current() -> str:
    """The code of this page's language, or of the letter that is being written."""
    locale = get_locale()
    return locale.language if locale else OWED


def name(code: str) -> str:
    """A language as the page's own language calls it: "Latviešu", "Latvian"."""
    return _capital(Locale(code).get_display_name(current()) or code)


@cache
def own_name(code: str) -> str:
    """A language as it calls itself, for the link that leads to it."""
    return "Latviski" if code == OWED else _capital(Locale(code).display_name or code)


def choices() -> list[tuple[str, str]]:
    """Every language with its name."""
    return [(code, name(code)) for code in codes()]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
