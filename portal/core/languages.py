"""The languages of the portal, from the setting LANGUAGES, with their names."""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

from babel import Locale, localedata
from flask import current_app
from flask_babel import get_locale

OWED = "lv"  # texts of the board are required in it by law, and by the database
ALWAYS = (OWED, "en")  # every stored or sealed text has both, be it empty


def codes() -> Sequence[str]:
    """The codes of all languages, the default first."""
    settings = current_app.extensions.get("settings") if current_app else None
    return settings.languages if settings else ALWAYS  # the bare frame of a page


def of_texts() -> Sequence[str]:
    """The codes of the languages in which a text is asked for, the required one first."""
    return [OWED, *(code for code in codes() if code != OWED)]


def current() -> str:
    """The language code of this page, or of the letter being written."""
    locale = get_locale()
    return locale.language if locale else OWED


def name(code: str) -> str:
    """A language's name in the language of the page: "Latviešu", "Latvian"."""
    return capital(Locale(code).get_display_name(current()) or code)


@cache
def own_name(code: str) -> str:
    """A language's name in itself, for the link to it."""
    return "Latviski" if code == OWED else capital(Locale(code).display_name or code)


@lru_cache(maxsize=256)
def is_code(key: str) -> bool:
    """Whether the key is the code of a language, of the portal or not."""
    return localedata.exists(key)


def is_text(plain: Any) -> bool:
    """Whether this plain JSON is a text in several languages."""
    return isinstance(plain, dict) and all(code in plain for code in ALWAYS)


def choices() -> list[tuple[str, str]]:
    """Every language with its name."""
    return [(code, name(code)) for code in codes()]


def capital(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]
