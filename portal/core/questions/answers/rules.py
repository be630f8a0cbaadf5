"""What is saved of a page's answers, question by question, and differences of versions.

A page carries a print of each answer that it was filled with. So answers typed there can be told
from those that somebody else has changed since.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from portal.core.versions import print_of, read_prints, written_prints

LONGEST = 20_000  # characters of the prints carried by a page; beyond it, none are carried


@dataclass(frozen=True, slots=True)
class SeenAnswers:
    """A print of each answer that a page was filled with.

    `page` identifies the page, and `answer_set` the set that it shows: another may be at the same
    URL by now. `turn` numbers the page's requests, as an earlier one may arrive later.
    """

    page: str = ""
    prints: Mapping[str, str] = field(default_factory=dict)
    answer_set: str = ""
    turn: int = 0

    @classmethod
    def read(cls, line: str, turn: str = "") -> "SeenAnswers":
        """From two hidden fields; malformed parts are ignored."""
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
        """The value of the hidden field."""
        return f"{self.page};{self.answer_set};{written_prints(self.prints)}"

    def after(self, values: Mapping[str, Any]) -> "SeenAnswers":
        """The same page after saving these answers; others unchanged."""
        kept = {key: print_of(value) for key, value in values.items()}
        return replace(self, prints={**self.prints, **kept})


class MergeOutcome(StrEnum):
    """What becomes of an answer that a page sends."""

    SAME = "same"  # equal to the stored one
    KEPT = "kept"
    THEIRS = "theirs"  # unchanged here, changed by somebody else
    CONFLICT = "conflict"  # changed here and by somebody else


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """The stored answer; `page` saved it, at its `turn`."""

    value: Any
    page: str
    turn: int


def outcome(key: str, mine: Any, stored: StoredAnswer | None, seen: SeenAnswers) -> MergeOutcome:
    """What becomes of `mine`. A page may always change what it has saved itself, but not by an
    earlier request.

    Without a print it is unknown who changed an answer, so it is a conflict.
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
class AnswerDifference:
    """An answer that differs in a later version; None for a missing one."""

    key: str
    before: Any
    after: Any


def differences(
    keys: Iterable[str], before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[AnswerDifference]:
    """The differences of two versions of answers, in the order of `keys`."""
    return [
        AnswerDifference(key, before.get(key), after.get(key))
        for key in keys
        if before.get(key) != after.get(key)
    ]
