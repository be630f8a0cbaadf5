"""What is kept of what a page sends, question by question, and in what two versions differ.

A page carries a print of each answer that it was filled with. So of what it sends it can be told
what somebody typed there, and what only stood there while somebody else changed it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from portal.core.versions import print_of

LONGEST = 20_000  # characters of what a page carries; beyond it, it carries nothing


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page was filled with: a print for each question.

    `page` is the page's own name, and `answer_set` the key of the set that it shows: another one
    may stand at the same address by now.
    """

    page: str = ""
    prints: Mapping[str, str] | None = None
    answer_set: str = ""

    @classmethod
    def read(cls, line: str) -> "Seen":
        """From a hidden field; whatever is malformed in it is left out."""
        if len(line) > LONGEST:
            return cls()
        page, _sep, rest = line.partition(";")
        answer_set, _sep, rest = rest.partition(";")
        pairs = (item.split("=", 1) for item in rest.split() if "=" in item)
        prints = {pair[0]: pair[1] for pair in pairs}
        return cls(page[:16] if page.isalnum() else "", prints, answer_set)

    @property
    def line(self) -> str:
        """As a hidden field carries it."""
        prints = self.prints or {}
        said = " ".join(f"{key}={value}" for key, value in prints.items())
        return f"{self.page};{self.answer_set};{said}"

    def after(self, values: Mapping[str, Any]) -> "Seen":
        """The same page once these answers of it are kept; all others it shows as before."""
        kept = {key: print_of(value) for key, value in values.items()}
        return Seen(self.page, {**(self.prints or {}), **kept}, self.answer_set)


class Outcome(StrEnum):
    """What comes of the answer that a page sends."""

    SAME = "same"  # it stands there already
    KEPT = "kept"
    THEIRS = "theirs"  # nobody touched it here, and somebody has changed it meanwhile
    CONFLICT = "conflict"  # changed here and by somebody else


@dataclass(frozen=True, slots=True)
class Standing:
    """The answer that stands; `saved_from` is the page that saved it."""

    value: Any
    saved_from: str


def outcome(key: str, mine: Any, standing: Standing | None, seen: Seen) -> Outcome:
    """What comes of `mine`. What the page itself has saved, it may always change.

    Without a print of an answer nobody can tell who changed it, so it is a conflict.
    """
    if standing is None:
        return Outcome.KEPT
    if standing.value == mine:
        return Outcome.SAME
    printed = (seen.prints or {}).get(key)
    if printed == print_of(standing.value) or (seen.page and standing.saved_from == seen.page):
        return Outcome.KEPT
    return Outcome.THEIRS if printed == print_of(mine) else Outcome.CONFLICT


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
