"""The ranking prepared for its page, with up to a thousand lines.

Templates escape each value and pass it up through all templates that they extend. What repeats in
many lines (cells, dots, tags) is therefore HTML already.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache, partial
from typing import Any

from flask import get_template_attribute
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup, escape

from portal.core import formats, languages
from portal.grants.competitions.models import Criterion
from portal.grants.evaluation.ranking.labels import tie_broken
from portal.grants.evaluation.ranking.queries import Entry, Ranking

WIDTH, MARGIN = 110, 5  # of the spread plot, in units of its view box


@dataclass(frozen=True, slots=True)
class RankingLine:
    """One line of the table."""

    number: str
    title: str
    applicant: str
    place: str
    total: str
    n: int
    means: Markup  # a cell per criterion: the mean, and whether it is below its minimum
    dots: Markup  # a circle for each member's total
    bar: str  # x of the mean
    spread: str  # from … to …
    tags: Markup


@dataclass(frozen=True, slots=True)
class Whatif:
    """The budget of the cut: the terms', or one to try out."""

    grants: int
    tried: bool = False


@dataclass(frozen=True, slots=True)
class RankingTable:
    """The ranking for its page."""

    criteria: list[Criterion]
    lines: list[RankingLine]
    low: str
    high: str
    cut: int | None  # index of the first line without a grant; None: no line is drawn
    whatif: Whatif


def table_of(ranking: Ranking, whatif: Whatif, *, cut: bool) -> RankingTable:
    """The ranking's table; with `cut`, the line of the budget. Leave it out for readers who do not
    see all rows: it would reveal them."""
    scale = ranking.rubric.scale
    units = [u for entry in ranking.entries for u in entry.tally.units]
    low = min(units, default=0)
    width = int(ranking.rubric.maximum * scale) - low or 1
    titles = {criterion.key: str(criterion.title) for criterion, _index in ranking.criteria}
    placed = sum(entry.place is not None for entry in ranking.entries)
    line = _Liner(
        [
            (
                criterion.key,
                index,
                f'<td class="num" data-label="{escape(titles[criterion.key])}">',
                f'<td class="num below" data-label="{escape(titles[criterion.key])}">',
            )
            for criterion, index in ranking.criteria
        ],
        low,
        width,
        languages.current(),
        cache(partial(_tag, titles, get_template_attribute("components/parts.html", "tag"))),
    )
    return RankingTable(
        [criterion for criterion, _index in ranking.criteria],
        [line.of(entry) for entry in ranking.entries],
        formats.number(Fraction(low, scale)),
        formats.number(ranking.rubric.maximum),
        whatif.grants if cut and 0 <= whatif.grants < placed else None,
        whatif,
    )


@dataclass(frozen=True, slots=True)
class _Liner:
    """Draws the lines of one table."""

    # Key, index in sheets, and the beginning of a cell: with the minimum met, and not.
    criteria: Sequence[tuple[str, int, str, str]]
    low: int  # the left end of the plot, in units of the rubric's scale
    width: int  # width of the plot, in the same
    language: str
    tag: Callable[[str, Any], Markup]

    def of(self, entry: Entry) -> RankingLine:
        """The line of an application."""
        tally = entry.tally
        n, scale, below = tally.n, tally.rubric.scale, tally.below
        total = sum(tally.units)
        means = [
            (short if key in below else kept)
            + _points(tally.sums[index] if n else 0, 2 * n, self.language)
            + "</td>"
            for key, index, kept, short in self.criteria
        ]
        return RankingLine(
            entry.number,
            entry.title,
            entry.applicant,
            f"{entry.place}." if entry.place else "–",
            _points(total, n * scale, self.language),
            n,
            Markup("".join(means)),  # noqa: S704 - digits, and titles that are escaped
            Markup("".join([_dot(units - self.low, self.width) for units in tally.units])),  # noqa: S704
            _x(total - self.low * n, self.width * n) if n else "",
            _range(min(tally.units), max(tally.units), scale, self.language) if n else "",
            Markup("").join(self.tag(*remark) for remark in _remarks(entry)),
        )


def _remarks(entry: Entry) -> Iterator[tuple[str, Any]]:
    """The remarks beside a title: kind and subject."""
    placed, tally = entry.placed, entry.tally
    if placed.tied:
        yield "tied", None
    if placed.by_criteria or placed.by_vote:
        yield "broken", (placed.by_criteria, placed.by_vote)
    if tally.below:
        yield "below", tally.below
    if tally.below_total:
        yield "below_total", None
    if tally.is_wide:
        yield "wide", None
    if entry.recused:
        yield "recused", entry.recused


def _tag(titles: dict[str, str], draw: Callable[..., Markup], remark: str, about: Any) -> Markup:
    """A remark as a tag drawn by `draw`."""
    match remark:
        case "tied":
            drawn = draw(_("tied"), "due")
        case "broken":
            criteria, by_vote = about
            drawn = draw(tie_broken([titles[key] for key in criteria], by_vote), "info")
        case "below":
            names = ", ".join(titles[key] for key in about)
            drawn = draw(_("below the minimum: %(criteria)s", criteria=names), "refused")
        case "below_total":
            drawn = draw(_("below the minimum in total"), "refused")
        case "wide":
            drawn = draw(_("wide spread"), "due")
        case _:
            drawn = draw(ngettext("%(num)d recused", "%(num)d recused", about))
    return Markup(" ") + drawn


@lru_cache(maxsize=20_000)
def _points(numerator: int, denominator: int, language: str) -> str:
    """Two decimals. Cached: among a thousand lines there are few different means."""
    return formats.points(Fraction(numerator, denominator) if denominator else None)


@lru_cache(maxsize=20_000)
def _range(low: int, high: int, scale: int, language: str) -> str:
    return f"{formats.number(Fraction(low, scale))}–{formats.number(Fraction(high, scale))}"


@lru_cache(maxsize=20_000)
def _dot(position: int, width: int) -> str:
    """A member's total on the plot."""
    x = _x(position, width)
    return f'<circle cx="{x}" cy="9" r="3.2" fill="#17703f" fill-opacity=".55"/>'


def _x(position: int, width: int) -> str:
    """A position on the plot, to a tenth, in integers."""
    tenths = MARGIN * 10 + (WIDTH * 10 * position) // width
    return f"{tenths // 10}.{tenths % 10}"
