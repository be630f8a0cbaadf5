"""Pure rules of votes: voters, quorum, counts and results."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from portal.grants.evaluation.committee.rules import Quorum, quorum
from portal.grants.evaluation.meeting.models import BallotChoice


@dataclass(frozen=True, slots=True)
class Electorate:
    """The possible voters at one moment of a meeting, for all quorums and counts."""

    seats: frozenset[UUID]  # members appointed on the day of the meeting
    present: frozenset[UUID]  # all who are present, members or not
    out: Mapping[str, frozenset[UUID]]  # by number, whom a conflict of interest excludes

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Electorate":
        """From the JSON of a vote."""
        seats, present = (frozenset(map(UUID, kept.get(key, ()))) for key in ("seats", "present"))
        out = {n: frozenset(map(UUID, who)) for n, who in kept.get("out", {}).items()}
        return cls(seats, present, out)

    def to_json(self, numbers: Iterable[str]) -> dict[str, Any]:
        """The JSON for a vote on these applications."""
        return {
            "seats": sorted(map(str, self.seats)),
            "present": sorted(map(str, self.present)),
            "out": {n: sorted(map(str, self.kept_from(n))) for n in numbers},
        }

    def kept_from(self, *numbers: str) -> frozenset[UUID]:
        """Whom a conflict of interest excludes from any of these applications."""
        return frozenset().union(*(self.out.get(number, frozenset()) for number in numbers))

    def quorum(self, *numbers: str) -> Quorum:
        """The quorum of a vote on all of these applications."""
        return quorum(self.seats, self.kept_from(*numbers), self.present)

    def between(self, numbers: Collection[str]) -> frozenset[UUID]:
        """The voters between tied applications: present, and excluded from none."""
        return (self.seats & self.present) - self.kept_from(*numbers)

    def on_all(self, numbers: Collection[str]) -> frozenset[UUID]:
        """The voters on a ranking of these: one ballot each, counted where it may."""
        there = self.seats & self.present
        return frozenset(
            who
            for who in there
            if not numbers or any(who not in self.kept_from(n) for n in numbers)
        )


@dataclass(frozen=True, slots=True)
class Count:
    """The count of a vote on the ranking for one application, without those excluded from it."""

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
    """The ballots counted for each application without those excluded from it."""
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
    """The tied applications as ordered by the vote, best first; None if it leaves a tie.

    A ballot names the application that a member puts first, or None for an abstention. Even counts
    are decided by the chair's vote.
    """
    votes = Counter(choice for choice in ballots.values() if choice is not None)
    casting = ballots.get(chair) if chair is not None else None
    keys = {number: (votes[number], number == casting) for number in numbers}
    if len(set(keys.values())) < len(numbers):
        return None
    return sorted(numbers, key=lambda number: keys[number], reverse=True)


def is_carried(ballots: Mapping[UUID, BallotChoice], chair: UUID | None) -> bool:
    """Whether more voted for than against; if even, whether the chair voted for."""
    count = Counter(ballots.values())
    in_favour, against = count[BallotChoice.FOR], count[BallotChoice.AGAINST]
    if in_favour == against:
        return chair is not None and ballots.get(chair) is BallotChoice.FOR
    return in_favour > against
