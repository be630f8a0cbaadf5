"""Who gets a grant: pure functions of the ranking and the number of grants."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction


class Outcome(StrEnum):
    """What is decided about an application."""

    APPROVE = "approve"
    CONDITIONS = "conditions"  # approved with conditions
    RESERVE = "reserve"
    REJECT = "reject"


GRANTED = (Outcome.APPROVE, Outcome.CONDITIONS)


def may_become(proposed: Outcome, chosen: Outcome) -> bool:
    """Whether the board may decide `chosen` where the allocation proposes `proposed`.

    The committee's order stands: the board may add conditions to an award, nothing else.
    """
    return chosen == proposed or {proposed, chosen} == set(GRANTED)


def keeps_words(
    former: tuple[Outcome | None, Decimal | None], now: tuple[Outcome, Decimal | None]
) -> bool:
    """Whether what was written for a draft, (outcome, points), still fits it as it is drafted now.

    The reasons of a rejection name points, or what an officer has found out; a grant stays a grant.
    """
    (was, points), (becomes, points_now) = former, now
    if becomes is Outcome.REJECT:
        return was is Outcome.REJECT and points is not None and points == points_now
    return was is not None and may_become(becomes, was)


def next_in_reserve(current: Mapping[str, tuple[Outcome, int | None]]) -> str | None:
    """The application that a declined grant goes to, by number: the best in reserve, or None."""
    reserve = [
        (place, number)
        for number, (outcome, place) in current.items()
        if outcome is Outcome.RESERVE and place is not None
    ]
    return min(reserve)[1] if reserve else None


def published_points(total: Fraction | None) -> Decimal | None:
    """A total as it is published: two decimals, halves up. The ranking itself stays exact."""
    if total is None:
        return None
    exact = Decimal(total.numerator) / Decimal(total.denominator)
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


def decision_number(code: str, ordinal: int) -> str:
    """The number of a competition's nth decision, such as LIE-2020-1-L-003 (lēmums)."""
    return f"{code}-L-{ordinal:03d}"


@dataclass(frozen=True, slots=True)
class Award:
    """One application, as the results page and the open data name it."""

    number: str  # of the application
    decision: str
    project: str
    organisation: str
    registration_number: str | None
    place: int | None
    points: Decimal | None  # two decimals
    outcome: Outcome
    declined: bool = False
    by_criteria: Sequence[str] = ()  # keys of what set it apart from others with as many points
    by_vote: bool = False


@dataclass(frozen=True, slots=True)
class Results:
    """What was published: awards and reserve by name, in ranking order, and counts of the rest."""

    published_at: datetime
    awards: tuple[Award, ...]
    declined: tuple[Award, ...]
    reserve: tuple[Award, ...]  # empty where the terms keep it private
    reserved: int
    rejected: int

    @property
    def decided(self) -> int:
        """How many applications were decided on."""
        return len(self.awards) + len(self.declined) + self.reserved + self.rejected


def results_of(lines: Sequence[Award], published_at: datetime, *, reserve_public: bool) -> Results:
    """Sort published decisions into results. Rejected applications are counted and never named."""
    reserve = tuple(line for line in lines if line.outcome is Outcome.RESERVE)
    return Results(
        published_at=published_at,
        awards=tuple(a for a in lines if a.outcome in GRANTED and not a.declined),
        declined=tuple(a for a in lines if a.outcome in GRANTED and a.declined),
        reserve=reserve if reserve_public else (),
        reserved=len(reserve),
        rejected=sum(line.outcome is Outcome.REJECT for line in lines),
    )
