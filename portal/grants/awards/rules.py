"""Pure rules of the allocation of grants to the ranking."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from portal.grants.awards.models import Outcome

GRANTED = (Outcome.APPROVE, Outcome.CONDITIONS)


def may_become(proposed: Outcome, chosen: Outcome) -> bool:
    """Whether the board may decide `chosen` if the allocation proposes `proposed`.

    The committee's order is binding: the board may only add conditions to an award.
    """
    return chosen == proposed or {proposed, chosen} == set(GRANTED)


def keeps_words(
    former: tuple[Outcome | None, Decimal | None], now: tuple[Outcome, Decimal | None]
) -> bool:
    """Whether a draft's texts, written for (outcome, points), still fit the new values.

    The reasons of a rejection mention points, or findings of an officer; those of a grant do not.
    """
    (was, points), (becomes, points_now) = former, now
    if becomes is Outcome.REJECT:
        return was is Outcome.REJECT and points is not None and points == points_now
    return was is not None and may_become(becomes, was)


def next_in_reserve(current: Mapping[str, tuple[Outcome, int | None]]) -> str | None:
    """The number of the best application in reserve, or None."""
    reserve = [
        (place, number)
        for number, (outcome, place) in current.items()
        if outcome is Outcome.RESERVE and place is not None
    ]
    return min(reserve)[1] if reserve else None


def published_points(total: Fraction | None) -> Decimal | None:
    """A total as it is published: two decimals, rounded half up. The ranking itself is exact."""
    if total is None:
        return None
    exact = Decimal(total.numerator) / Decimal(total.denominator)
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


def decision_number(code: str, ordinal: int) -> str:
    """The number of a competition's nth decision, such as LIE-2020-1-L-003 (lēmums)."""
    return f"{code}-L-{ordinal:03d}"


@dataclass(frozen=True, slots=True)
class Award:
    """An application as named on the results page and in open data."""

    number: str  # of the application
    decision: str
    project: str
    organisation: str
    registration_number: str | None
    place: int | None
    points: Decimal | None  # two decimals
    outcome: Outcome
    declined: bool = False
    by_criteria: Sequence[str] = ()  # keys of the criteria that broke a tie
    by_vote: bool = False


@dataclass(frozen=True, slots=True)
class Results:
    """The published results: awards and reserve by name, in ranking order, and counts of the
    others."""

    published_at: datetime
    awards: tuple[Award, ...]
    declined: tuple[Award, ...]
    reserve: tuple[Award, ...]  # empty if the terms keep it private
    reserved: int
    rejected: int

    @property
    def decided(self) -> int:
        """The number of applications decided on."""
        return len(self.awards) + len(self.declined) + self.reserved + self.rejected


def results_of(lines: Sequence[Award], published_at: datetime, *, reserve_public: bool) -> Results:
    """Results from published decisions. Rejected applications are counted and never named."""
    reserve = tuple(line for line in lines if line.outcome is Outcome.RESERVE)
    return Results(
        published_at=published_at,
        awards=tuple(a for a in lines if a.outcome in GRANTED and not a.declined),
        declined=tuple(a for a in lines if a.outcome in GRANTED and a.declined),
        reserve=reserve if reserve_public else (),
        reserved=len(reserve),
        rejected=sum(line.outcome is Outcome.REJECT for line in lines),
    )
