"""Labels of the journal: events, tables, columns, facts, and formats of values.

Each stage contributes its own (the `journal.py` of its folder); a code without a label is shown
itself.
"""

import re
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from portal.core import formats, languages
from portal.core.db import Words
from portal.core.stages import vocabulary
from portal.core.translated import by_language
from portal.site.journal.rules import NOTHING, Change

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
LONG = 400  # characters; longer texts are cut here


def event(code: str) -> str:
    """The label of an event's code; the code itself if it has none."""
    return str(vocabulary().events.get(code, code))


def table(code: str) -> str:
    """The label of a table."""
    known = vocabulary()
    return str(known.tables.get(code) or known.things.get(code, code))


def column(code: str) -> str:
    """The label of a column."""
    return str(vocabulary().columns.get(code, code))


def fact(code: str) -> str:
    """The label of a fact."""
    return str(vocabulary().facts.get(code, code))


def value(plain: Any, code: str = "", table: str = "") -> str:
    """A value of the journal's JSON as text: of a fact, of a table's column, or of a key within
    one."""
    known = vocabulary()
    if plain in NOTHING:
        return str(known.absent.get(code, "–"))
    names = known.codes.get(f"{table}.{code}") or known.codes.get(code)
    if names is not None:
        stored = plain if isinstance(plain, list) else [plain]
        return ", ".join(str(names.get(one, one)) for one in stored)
    if code in known.values:
        return known.values[code](plain)
    text = _plain(plain)
    return text if len(text) <= LONG else f"{text[:LONG]}…"


def changes(table: str, key: str, code: str, before: Any, after: Any) -> list[Change]:
    """A changed column as text; of texts each language in which they changed."""
    if code in vocabulary().whole:
        return [Change(table, key, column(code), code, before, after)]
    told = by_language(column(code), before, after)
    return [Change(table, key, name, code, *values) for name, *values in told]


def _plain(plain: Any) -> str:
    match plain:
        case bool():
            return str(_("yes") if plain else _("no"))
        case dict():
            return _mapping(plain)
        case list():
            return ", ".join(_plain(item) for item in plain)
    return _text(str(plain))


def _mapping(plain: dict[str, Any]) -> str:
    if languages.is_text(plain):
        return str(Words.of(plain))
    keys = vocabulary().keys
    return "; ".join(f"{keys.get(name, name)}: {value(item, name)}" for name, item in plain.items())


def _text(text: str) -> str:
    # Typed text may look like a date that does not exist: it is shown as typed.
    with suppress(ValueError, OverflowError):
        if _INSTANT.fullmatch(text):
            return formats.exact_instant(datetime.fromisoformat(text))
        if _DATE.fullmatch(text):
            return formats.short_date(date.fromisoformat(text))
    return text
