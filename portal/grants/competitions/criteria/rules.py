"""Pure rules of criteria: consistency of scales, and the maximal total."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.core.db import Words
from portal.core.errors import Problem
from portal.grants.competitions.models import Criterion, CriterionKind

STEPS = (Decimal("0.5"), Decimal(1))
LARGEST_MAXIMUM = Decimal(100)
LARGEST_WEIGHT = Decimal(100)
MOST = 40  # criteria of one call


@dataclass(frozen=True, slots=True)
class Scale:
    """The scale of a quality criterion. Points are exact; a minimum applies to the mean."""

    maximum: Decimal
    step: Decimal
    weight: Decimal = Decimal(1)
    minimum: Decimal | None = None
    comment_below: Decimal | None = None
    tie_break: int | None = None
    levels: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class CriterionFacts:
    """The fields of a criterion; only those of quality have a scale."""

    title: Words
    guidance: Words = field(default_factory=Words)
    section_key: str | None = None
    scale: Scale | None = None


def problems(scale: Scale) -> Iterator[Problem]:
    """The contradictions within a scale."""
    if scale.step not in STEPS or not 0 < scale.maximum <= LARGEST_MAXIMUM:
        yield Problem("maximum", _l("The maximum is a number of points up to 100."))
        return
    if scale.maximum % scale.step:
        yield Problem("maximum", _l("The maximum cannot be reached in these steps."))
    if not 0 < scale.weight <= LARGEST_WEIGHT:
        yield Problem("weight", _l("The weight is a number above 0, up to 100."))
    if scale.minimum is not None and not 0 <= scale.minimum <= scale.maximum:
        yield Problem("minimum", _l("The minimum lies between 0 and the maximum."))
    if scale.comment_below is not None and not 0 < scale.comment_below <= scale.maximum:
        yield Problem("comment_below", _l("This lies between 0 and the maximum."))
    points = [Decimal(level["points"]) for level in scale.levels]
    if any(not 0 <= one <= scale.maximum or one % scale.step for one in points):
        yield Problem("levels", _l("A level's points cannot be given on this scale."))
    if len(set(points)) < len(points):
        yield Problem("levels", _l("Two levels have the same points."))


def sorted_levels(levels: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The levels by ascending points, which are plain text."""
    order = sorted(levels, key=lambda level: Decimal(level["points"]))
    return [
        {
            "points": format(Decimal(level["points"]).normalize(), "f"),
            **Words.of(level).to_json(),
        }
        for level in order
    ]


def most_points(criteria: Iterable[Criterion]) -> Decimal:
    """The maximal total of an application: Σ weight × maximum."""
    return sum(
        (one.weight * (one.maximum or 0) for one in criteria if one.kind is CriterionKind.QUALITY),
        start=Decimal(0),
    )
