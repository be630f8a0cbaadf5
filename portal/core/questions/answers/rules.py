"""What is kept of what a page sends, question by question, and in what two versions differ.

A page carries a print of each answer that it was filled with. So of what it sends it can be told
what somebody typed there, and what only stood there while somebody else changed it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from portal.core.versions import print_of, read_prints, written_prints

LONGEST = 20_000  # characters of what a page carries; beyond it, it carries nothing


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page was filled with: a print for each question.

    `page` is the page's own name, and `answer_set` the key of the set that it shows: another one
    may stand at the same address by now. `turn` counts what the page sends: what it has sent
    earlier may arrive later.
    """

    page: str = ""
    prints: Mapping[str, str] = field(default_factory=dict)
    answer_set: str = ""
    turn: int = 0

    @classmethod
    def read(cls, line: str, turn: str = "") -> "Seen":
        """From two hidden fields; whatever is malformed in them is left out."""
        if len(line) > LONGEST:
            return cls()
        page, _sep, rest = line.partition(";")
        answer_set, _sep, prints = rest.partition(";")
        counted = turn.isascii() and turn.isdigit() and len(turn) < 10
        return cls(
            page[:16] if page.isalnum() else "",
            read_prints(prints),
            answer_set,
            int(turn) if counted else 0,
        )

    @property
    def line(self) -> str:
        """As a hidden field carries it."""
        return f"{self.page};{self.answer_set};{written_prints(self.prints)}"

    def after(self, values: Mapping[str, Any]) -> "Seen":
        """The same page once these answers of it are kept; all others it shows as before."""
        kept = {key: print_of(value) for key, value in values.items()}
        return replace(self, prints={**self.prints, **kept})


class MergeOutcome(StrEnum):
    """What comes of the answer that a page sends."""

    SAME = "same"  # it stands there already
    KEPT = "kept"
    THEIRS = "theirs"  # nobody touched it here, and somebody has changed it meanwhile
    CONFLICT = "conflict"  # changed here and by somebody else


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """The answer that stands; `page` has saved it, at its `turn`."""

    value: Any
    page: str
    turn: int


def outcome(key: str, mine: Any, stored: StoredAnswer | None, seen: Seen) -> MergeOutcome:
    """What comes of `mine`. What the page itself has saved, it may always change, but not by what
    it has sent before that.

    Without a print of an answer nobody can tell who changed it, so it is a conflict.
    """
    if stored is None:
        return MergeOutcome.KEPT
    if stored.value == mine:
        return MergeOutcome.SAME
    if seen.page and stored.page == seen.page:
        return MergeOutcome.KEPT if stored.turn <= seen.turn else MergeOutcome.THEIRS
    printed = seen.prints.get(key)
    if printed == print_of(stored.value):
        return MergeOutcome.KEPT
    return MergeOutcome.THEIRS if printed == print_of(mine) else MergeOutcome.CONFLICT


@dataclass(frozen=True, slots=True)
class Difference:
    """An answer that is another one in a later version; None where there is none."""

    key: str
    before: Any
    after: Any


def differences(
    keys: Iterable[str], before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[Difference]:
    """In what two versions of answers differ, in the order of `keys`."""
    return [
        Difference(key, before.get(key), after.get(key))
        for key in keys
        if before.get(key) != after.get(key)
    ]
