"""Changes of texts in several languages."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.core import languages
from portal.core.errors import Message

_IN: Mapping[str, Message] = {"lv": _l("in Latvian"), "en": _l("in English")}


def by_language(name: Message, before: Any, after: Any) -> list[tuple[str, Any, Any]]:
    """A change, once per language in which a text changed; `name` then includes the language.

    `before` and `after` are plain JSON, in which a text is {"lv": …, "en": …}, at any depth.
    """
    changed = [one for one in languages.codes() if _texts(before, one) != _texts(after, one)]
    others = [one for one in languages.codes() if one != languages.OWED]
    if changed == [languages.OWED] and not any(
        text for one in others for text in _texts(before, one) + _texts(after, one)
    ):
        changed = []  # a single language needs no name
    if not changed:
        return [(str(name), before, after)]
    return [
        (f"{name} ({_IN.get(one) or languages.name(one)})", _in(before, one), _in(after, one))
        for one in changed
    ]


def _texts(plain: Any, language: str) -> list[str]:
    match plain:
        case dict() if languages.is_text(plain):
            return [plain.get(language, "")]
        case dict():
            return [text for one in plain.values() for text in _texts(one, language)]
        case list():
            return [text for one in plain for text in _texts(one, language)]
        case _:
            return []


def _in(plain: Any, language: str) -> Any:
    """The JSON, with each text in this language only."""
    match plain:
        case dict() if languages.is_text(plain):
            return {**plain, **dict.fromkeys(languages.codes(), plain.get(language, ""))}
        case dict():
            return {name: _in(one, language) for name, one in plain.items()}
        case list():
            return [_in(one, language) for one in plain]
        case _:
            return plain
