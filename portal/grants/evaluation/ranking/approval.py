"""What a meeting approves: the facts of the ranking, their digest, and later differences.

Facts are plain JSON without texts of any language, as minutes are. They are equal exactly if their
digests are, which users of an approval compare.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import rfc8785

Facts = dict[str, Any]

FORM = "asns/approval/1"


def digest(approved: Facts) -> str:
    """The hexadecimal SHA-256 over the canonical JSON (RFC 8785) of facts."""
    return hashlib.sha256(rfc8785.dumps(approved)).hexdigest()


def proposed(approved: Facts) -> dict[str, str]:
    """The ranking.rules.Proposal of each ranked application, by number."""
    return {one["number"]: one["proposal"] for one in approved["applications"]}


def ties_broken(approved: Facts) -> dict[str, tuple[list[str], bool]]:
    """What broke ties of each ranked application, by number: keys of criteria, and whether a vote
    did."""
    return {one["number"]: (one["by_criteria"], one["by_vote"]) for one in approved["applications"]}


class ChangeKind(StrEnum):
    """A kind of difference from what was approved."""

    TERMS = "terms"
    ELIGIBLE = "eligible"  # found eligible since
    NOT_ELIGIBLE = "not_eligible"  # found ineligible since, or its check was opened again
    REASONS = "reasons"  # of an ineligible application
    CONTENT = "content"  # the applicant has replied to a clarification
    RECUSALS = "recusals"
    SHEETS = "sheets"
    VOTES = "votes"
    ORDER = "order"


@dataclass(frozen=True, slots=True)
class Difference:
    """A change since an approval, and the numbers of the applications concerned."""

    change: ChangeKind
    numbers: tuple[str, ...] = ()

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Difference":
        """From the JSON of minutes."""
        return cls(ChangeKind(kept["change"]), tuple(kept["numbers"]))

    def without(self, hidden: Collection[str]) -> "Difference | None":
        """Without `hidden` numbers; None if nothing is left."""
        left = tuple(number for number in self.numbers if number not in hidden)
        return Difference(self.change, left) if left or not self.numbers else None

    def to_json(self) -> dict[str, Any]:
        """The JSON for minutes."""
        return {"change": self.change.value, "numbers": list(self.numbers)}


# The facts of an application by kind of change.
_TOLD = {"seals": ChangeKind.CONTENT, "recused": ChangeKind.RECUSALS, "sheets": ChangeKind.SHEETS}


def differences(approved: Facts, now: Facts) -> list[Difference]:
    """The differences of `now` from `approved`: none exactly if their digests agree."""
    before, after = _ranked(approved), _ranked(now)
    rejected, rejected_now = approved["ineligible"], now["ineligible"]
    joined, left = after.keys() - before.keys(), before.keys() - after.keys()
    concerned = {
        ChangeKind.ELIGIBLE: joined,
        ChangeKind.NOT_ELIGIBLE: (left | (rejected.keys() ^ rejected_now.keys())) - joined,
        ChangeKind.REASONS: {
            number
            for number in rejected.keys() & rejected_now.keys()
            if rejected[number] != rejected_now[number]
        },
    }
    for part, change in _TOLD.items():
        concerned[change] = {
            number
            for number in before.keys() & after.keys()
            if before[number][part] != after[number][part]
        }
    of_the_whole = {
        ChangeKind.TERMS: approved["terms"] != now["terms"],
        ChangeKind.VOTES: approved["votes"] != now["votes"],
        ChangeKind.ORDER: _order(approved) != _order(now),
    }
    return [
        Difference(change, tuple(sorted(concerned.get(change, ()))))
        for change in ChangeKind
        if concerned.get(change) or of_the_whole.get(change)
    ]


def _ranked(of: Facts) -> dict[str, dict[str, Any]]:
    return {one["number"]: one for one in of["applications"]}


def _order(of: Facts) -> list[Any]:
    told = ("number", "place", "total", "proposal")
    return [[one[part] for part in told] for one in of["applications"]]
