"""The ranking, as a pure function of submitted sheets and recorded votes.

Points come in halves (every scale steps by 0.5 or 1), so a sheet is a tuple of whole halves in the
order of the criteria, and everything is exact: integers inside, fractions at the edge, never a
float. Every criterion is required, so a zero counts like any other points.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from itertools import groupby
from math import lcm
from operator import mul

from portal.grants.evaluation.scoring.rules import median

Sheet = tuple[int, ...]
"""One member's points in halves, in the order of the rubric's criteria."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A quality criterion for the ranking; `minimum` applies to the mean."""

    key: str
    maximum: Fraction
    weight: Fraction = Fraction(1)
    minimum: Fraction | None = None
    tie_break: int | None = None  # 1 is compared first


@dataclass(frozen=True)
class Rubric:
    """The criteria and thresholds of a ranking. Made once per ranking, as it caches its integer
    scales."""

    measures: tuple[Measure, ...]
    total_minimum: Fraction = Fraction(0)
    spread_flag: Fraction | None = None  # max − min of members' totals that is flagged

    @cached_property
    def scale(self) -> int:
        """The units per point of a total, such that every weighted half is an integer."""
        return 2 * lcm(*(m.weight.denominator for m in self.measures))

    @cached_property
    def weights(self) -> tuple[int, ...]:
        """Units for one half point of each criterion."""
        return tuple(int(m.weight * self.scale / 2) for m in self.measures)

    @cached_property
    def minimums(self) -> tuple[tuple[int, str, int, int], ...]:
        """(index, key, numerator, denominator of the minimum in halves) of each with a minimum."""
        return tuple(
            (index, m.key, *(m.minimum * 2).as_integer_ratio())
            for index, m in enumerate(self.measures)
            if m.minimum is not None
        )

    @cached_property
    def total_minimum_units(self) -> tuple[int, int]:
        """Numerator and denominator of the minimum for totals, in units."""
        return (self.total_minimum * self.scale).as_integer_ratio()

    @cached_property
    def tie_breaks(self) -> tuple[int, ...]:
        """Indexes of the criteria that break ties, in order."""
        named = [(m.tie_break, i) for i, m in enumerate(self.measures) if m.tie_break is not None]
        return tuple(index for _, index in sorted(named))

    @property
    def maximum(self) -> Fraction:
        """The maximal total of an application."""
        return sum((m.weight * m.maximum for m in self.measures), Fraction(0))


class Tally:
    """The sum of an application's submitted sheets. `n` is their number."""

    __slots__ = ("below", "n", "number", "rubric", "sheets", "sums", "units")

    def __init__(self, number: str, sheets: Sequence[Sheet], rubric: Rubric) -> None:
        if any(len(sheet) != len(rubric.measures) for sheet in sheets):
            raise ValueError(f"a sheet of {number} does not have every criterion")
        self.number = number
        self.rubric = rubric
        self.sheets = tuple(sheets)
        self.n = len(self.sheets)
        self.sums = tuple(map(sum, zip(*self.sheets, strict=True)))
        # Each member's total, in units of the rubric's scale.
        self.units = [sum(map(mul, sheet, rubric.weights)) for sheet in self.sheets]
        # Keys of the criteria whose mean is below their minimum.
        self.below: tuple[str, ...] = tuple(
            key
            for index, key, minimum, denominator in rubric.minimums
            if self.n and self.sums[index] * denominator < minimum * self.n
        )

    @property
    def total(self) -> Fraction | None:
        """Σ weight × mean; None before the first sheet."""
        return Fraction(sum(self.units), self.n * self.rubric.scale) if self.n else None

    @property
    def totals(self) -> list[Fraction]:
        """Each member's total, in the order of the sheets."""
        return [Fraction(units, self.rubric.scale) for units in self.units]

    @property
    def median_total(self) -> Fraction | None:
        """The median of the members' totals."""
        return median(self.totals)

    @property
    def spread(self) -> Fraction:
        """The highest of the members' totals less the lowest."""
        return Fraction(max(self.units) - min(self.units), self.rubric.scale) if self.n else ZERO

    def mean(self, index: int) -> Fraction | None:
        """The mean on one criterion; None before the first sheet."""
        return Fraction(self.sums[index], 2 * self.n) if self.n else None

    @property
    def below_total(self) -> bool:
        """Whether the total is below the minimum for totals."""
        minimum, denominator = self.rubric.total_minimum_units
        return bool(self.n) and sum(self.units) * denominator < minimum * self.n

    @property
    def clears_minimums(self) -> bool:
        """Whether an award is possible: scored, and nothing below its minimum."""
        return bool(self.n) and not self.below and not self.below_total

    @property
    def is_wide(self) -> bool:
        """Whether the spread of the members' totals is flagged."""
        flag = self.rubric.spread_flag
        return self.n > 1 and flag is not None and self.spread >= flag


ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Placed:
    """An application in the ranking. Without a place: not scored, or below a minimum."""

    tally: Tally
    place: int | None
    tied: bool = False  # shares its place with others: a vote is needed
    by_vote: bool = False  # only a recorded vote separates it from its neighbours
    # Keys of the criteria that separate it from neighbours with as many points.
    by_criteria: tuple[str, ...] = ()

    @property
    def number(self) -> str:
        return self.tally.number


def rank(
    tallies: Iterable[Tally], rubric: Rubric, votes: Sequence[Sequence[str]] = ()
) -> list[Placed]:
    """Place the applications that clear every minimum: 1 is best, equal places are unbroken ties.

    Equal totals are separated by the tie-break criteria in order, then by the last recorded vote
    (numbers, best first) that orders all who are still tied. After the placed come those below a
    minimum, the higher total first, and last those without a sheet.
    """
    tallies = list(tallies)
    common = lcm(*{t.n for t in tallies if t.n})

    def key(tally: Tally) -> tuple[int, ...]:
        each = common // tally.n
        return (sum(tally.units) * each, *(tally.sums[i] * each for i in rubric.tie_breaks))

    scored = sorted((s for s in tallies if s.n), key=lambda s: s.number)
    scored.sort(key=key, reverse=True)
    eligible = [s for s in scored if s.clears_minimums]
    ranking: list[Placed] = []
    groups = [(points, list(group)) for points, group in groupby(eligible, key)]
    for n, (points, group) in enumerate(groups):
        neighbours = [other for other, _ in groups[max(n - 1, 0) : n] + groups[n + 1 : n + 2]]
        by = _decisive(rubric, points, neighbours)
        ranking.extend(_place(group, len(ranking) + 1, votes, by))
    ranking += [Placed(s, None) for s in scored if not s.clears_minimums]
    ranking += [Placed(s, None) for s in sorted(tallies, key=lambda s: s.number) if not s.n]
    return ranking


def _decisive(
    rubric: Rubric, points: tuple[int, ...], neighbours: Iterable[tuple[int, ...]]
) -> tuple[str, ...]:
    """The tie-break criteria that separate `points` (a total, then one for each of them) from
    neighbours with the same total."""
    found = {
        next(n for n, pair in enumerate(zip(points, other, strict=True)) if pair[0] != pair[1])
        for other in neighbours
        if other[0] == points[0]
    }
    return tuple(rubric.measures[rubric.tie_breaks[n - 1]].key for n in sorted(found))


def _place(
    group: list[Tally], first: int, votes: Sequence[Sequence[str]], by: tuple[str, ...]
) -> Iterator[Placed]:
    """Places from `first` for applications with equal points; `by` are the criteria that separate
    them from others."""
    if len(group) == 1:
        yield Placed(group[0], first, by_criteria=by)
        return
    numbers = {tally.number for tally in group}
    vote = next((list(vote) for vote in reversed(votes) if numbers <= set(vote)), None)
    if vote is None:
        yield from (Placed(tally, first, tied=True, by_criteria=by) for tally in group)
        return
    group.sort(key=lambda tally: vote.index(tally.number))
    for place, tally in enumerate(group, first):
        yield Placed(tally, place, by_vote=True, by_criteria=by)


def deciding_ties(ranking: Sequence[Placed], grants: int) -> list[list[str]]:
    """The unbroken ties that need a vote, as numbers.

    All that share a place above the cut get a grant, so only ties at the cut or below it, in the
    reserve, need a vote.
    """
    tied = [placed for placed in ranking if placed.tied]
    groups = [list(group) for _, group in groupby(tied, lambda placed: placed.place)]
    return [
        [placed.number for placed in group]
        for group in groups
        if (group[0].place or 0) + len(group) - 1 > grants
    ]


class Proposal(StrEnum):
    """The proposed outcome of a place in the ranking."""

    APPROVE = "approve"
    RESERVE = "reserve"
    REJECT = "reject"


def proposals(ranking: Sequence[Placed], grants: int) -> list[Proposal]:
    """For each line of the ranking: the first `grants` places, the reserve, or below a minimum."""
    return [
        Proposal.REJECT
        if placed.place is None
        else Proposal.APPROVE
        if index < grants
        else Proposal.RESERVE
        for index, placed in enumerate(ranking)
    ]
