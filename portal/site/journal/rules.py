"""The journal's changes, as they are shown."""

from dataclasses import dataclass
from typing import Any

NOTHING: tuple[Any, ...] = (None, "", [], {}, {"lv": "", "en": ""})


@dataclass(frozen=True, slots=True)
class Change:
    """One column of one row, before and after; of a text in both languages one of them."""

    table: str
    key: str
    column: str  # in words
    code: str
    before: Any
    after: Any
