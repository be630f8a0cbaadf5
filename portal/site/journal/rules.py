"""The journal's changes for display."""

from dataclasses import dataclass
from typing import Any

NOTHING: tuple[Any, ...] = (None, "", [], {}, {"lv": "", "en": ""})


@dataclass(frozen=True, slots=True)
class Change:
    """One column of one row, before and after; of a translated text one language."""

    table: str
    key: str
    column: str  # as text
    code: str
    before: Any
    after: Any
