"""Votes by rule: who may vote, whether enough are there, what a vote decides. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from portal.grants.evaluation.committee.rules import Quorum, quorum
from portal.grants.evaluation.meeting.models import BallotChoice


@dataclass(frozen=True, slots=True)
class Electorate:
    """Who could vote at one moment of a meeting. Every quorum and every count is asked here."""

    seats: frozenset[UUID]  # members whose seat lives on the day of the meeting
    present: frozenset[UUID]  # whoever is there, members or not
    out: Mapping[str, frozenset[UUID]]  # by number, whom a conflict of interest keeps from it

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Electorate":
        """From what a vote keeps of it."""
        seats, present = (frozenset(map(UUID, kept.get(key, ()))) for key in ("seats", "present"))
        out = {n: frozenset(map(UUID, who)) for n, who in kept.get("out", {}).items()}
        return cls(seats, present, out)

    def to_json(self, numbers: Iterable[str]) -> dict[str, Any]:
        """As a vote on these applications keeps it."""
        return {
            "seats": sorted(map(str, self.seats)),
            "present": sorted(map(str, self.present)),
            "out": {n: sorted(map(str, self.kept_from(n))) for n in numbers},
        }

    def kept_from(self, *numbers: str) -> frozenset[UUID]:
        """Whom a conflict of interest keeps from any of these applications."""
        return frozenset().union(*(self.out.get(number, frozenset()) for number in numbers))

    def quorum(self, *numbers: str) -> Quorum:
        """Of those who may vote where all of these applications are at stake, who is there."""
        return quorum(self.seats, self.kept_from(*numbers), self.present)

    def between(self, numbers: Collection[str]) -> frozenset[UUID]:
        """Who votes between tied applications: kept from none of them, and there."""
        return (self.seats & self.present) - self.kept_from(*numbers)

    def on_all(self, numbers: Collection[str]) -> frozenset[UUID]:
        """Who votes on the ranking of these: one ballot each, wherever it counts."""
        there = self.seats & self.present
        return frozenset(
            who
            for who in there
            if not numbers or any(who not in self.kept_from(n) for n in numbers)
        )


@dataclass(frozen=True, slots=True)
class Count:
    """How the ballots on a ranking fell for one application, among those who may vote on it."""

    number: str
    quorum: Quorum
    in_favour: int
    against: int
    abstained: int
    carried: bool


def counts(
    asked: Electorate,
    numbers: Iterable[str],
    ballots: Mapping[UUID, BallotChoice],
    chair: UUID | None,
) -> list[Count]:
    """The same ballots counted for each application without those whom a conflict keeps from it."""
    found = []
    for number in numbers:
        out, reached = asked.kept_from(number), asked.quorum(number)
        counted = {who: choice for who, choice in ballots.items() if who not in out}
        tally = Counter(counted.values())
        found.append(
            Count(
                number,
                reached,
                tally[BallotChoice.FOR],
                tally[BallotChoice.AGAINST],
                tally[BallotChoice.ABSTAIN],
                reached.reached and is_carried(counted, chair),
            )
        )
    return found


def order_by_votes(
    numbers: Sequence[str], ballots: Mapping[UUID, str | None], chair: UUID | None
) -> list[str] | None:
    """The tied applications as the vote orders them, best first; None where it leaves a tie.

    A ballot names the application that a member puts first, or None for an abstention. Where two
    have as many votes, the one for which the chair voted goes first.
    """
    votes = Counter(choice for choice in ballots.values() if choice is not None)
    casting = ballots.get(chair) if chair is not None else None
    keys = {number: (votes[number], number == casting) for number in numbers}
    if len(set(keys.values())) < len(numbers):
        return None
    return sorted(numbers, key=lambda number: keys[number], reverse=True)


def is_carried(ballots: Mapping[UUID, BallotChoice], chair: UUID | None) -> bool:
    """Whether more voted for than against; where as many did, whether the chair voted for."""
    count = Counter(ballots.values())
    in_favour, against = count[BallotChoice.FOR], count[BallotChoice.AGAINST]
    if in_favour == against:
        return chair is not None and ballots.get(chair) is BallotChoice.FOR
    return in_favour > against
