"""The ranking made ready for its page: a thousand lines, so every cell is a text already."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from flask_babel import get_locale

from portal.core import formats
from portal.grants.competitions.models import Criterion
from portal.grants.evaluation.ranking.queries import Entry, Ranking
from portal.grants.evaluation.ranking.words import tie_broken

WIDTH, MARGIN = 110, 5  # of the spread plot, in units of its view box


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table."""

    entry: Entry
    place: str
    total: str
    n: int
    means: list[tuple[str, bool]]  # per criterion: the mean, and whether it is below its minimum
    dots: list[str]  # x of each member's total
    bar: str  # x of the mean
    spread: str  # from … to …
    below: list[str]  # titles of the criteria below their minimum
    tie: str  # what set it apart from others with as many points


@dataclass(frozen=True, slots=True)
class Whatif:
    """Where the money ends: as the terms say, or as somebody tries out."""

    grants: int
    tried: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """The ranking as its page shows it."""

    criteria: list[Criterion]
    lines: list[Line]
    low: str
    high: str
    cut: int | None  # index of the first line that gets nothing; None: no line is drawn
    whatif: Whatif


def table_of(ranking: Ranking, whatif: Whatif, *, cut: bool) -> Table:
    """The table; `cut` is whether the reader may see where the money ends: whoever lacks lines must
    not learn from it what they hide.
    """
    scale = ranking.rubric.scale
    units = [u for entry in ranking.entries for u in entry.tally.units]
    low = min(units, default=0)
    width = int(ranking.rubric.maximum * scale) - low or 1
    titles = {criterion.key: str(criterion.title) for criterion, _index in ranking.criteria}
    order = [(criterion.key, index) for criterion, index in ranking.criteria]
    language = str(get_locale() or "lv")[:2]
    placed = sum(entry.place is not None for entry in ranking.entries)
    lines = [_line(entry, order, titles, (low, width), language) for entry in ranking.entries]
    return Table(
        [criterion for criterion, _index in ranking.criteria],
        lines,
        formats.number(Fraction(low, scale)),
        formats.number(ranking.rubric.maximum),
        whatif.grants if cut and 0 <= whatif.grants < placed else None,
        whatif,
    )


def _line(
    entry: Entry,
    order: Sequence[tuple[str, int]],
    titles: dict[str, str],
    plot: tuple[int, int],
    language: str,
) -> Line:
    tally = entry.tally
    below = tally.below
    n, scale = tally.n, tally.rubric.scale
    return Line(
        entry,
        f"{entry.place}." if entry.place else "–",
        _points(sum(tally.units), n * scale, language),
        n,
        [(_points(tally.sums[i] if n else 0, 2 * n, language), key in below) for key, i in order],
        [_x(units - plot[0], plot[1]) for units in tally.units],
        _x(sum(tally.units) - plot[0] * n, plot[1] * n) if n else "",
        _range(min(tally.units), max(tally.units), scale, language) if n else "",
        [titles[key] for key in below],
        tie_broken([titles[key] for key in entry.placed.by_criteria], entry.placed.by_vote),
    )


@lru_cache(maxsize=20_000)
def _points(numerator: int, denominator: int, language: str) -> str:
    """Two decimals. Cached: among a thousand lines few means are different ones."""
    return formats.points(Fraction(numerator, denominator) if denominator else None)


@lru_cache(maxsize=20_000)
def _range(low: int, high: int, scale: int, language: str) -> str:
    return f"{formats.number(Fraction(low, scale))}–{formats.number(Fraction(high, scale))}"


@lru_cache(maxsize=20_000)
def _x(position: int, width: int) -> str:
    """A place on the plot, to a tenth, in whole numbers."""
    tenths = MARGIN * 10 + (WIDTH * 10 * position) // width
    return f"{tenths // 10}.{tenths % 10}"
