"""Votes by rule: who may vote, what a vote decides. Pure."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import TypeVar

from portal.grants.evaluation.meeting.models import BallotChoice

Who = TypeVar("Who")


def voters(
    entitled: Collection[Who],
    present: Collection[Who],
    recused: Mapping[str, Collection[Who]],
    numbers: Collection[str],
) -> set[Who]:
    """Who votes between applications: those who are there and recused from none of them."""
    out = {who for number in numbers for who in recused.get(number, ())}
    return (set(entitled) & set(present)) - out


def order_by_votes(
    numbers: Sequence[str], ballots: Mapping[Who, str | None], chair: Who | None
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


def is_carried(ballots: Mapping[Who, BallotChoice], chair: Who | None) -> bool:
    """Whether more voted for than against; where as many did, whether the chair voted for."""
    count = Counter(ballots.values())
    in_favour, against = count[BallotChoice.FOR], count[BallotChoice.AGAINST]
    if in_favour == against:
        return chair is not None and ballots.get(chair) is BallotChoice.FOR
    return in_favour > against
