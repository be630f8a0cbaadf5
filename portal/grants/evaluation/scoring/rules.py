"""Pure rules of score sheets: points, comments, completeness, transitions."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from portal.core.workflow import To, Workflow
from portal.grants.evaluation.scoring.models import SheetState


class SheetEvent(StrEnum):
    """An event of a sheet."""

    SUBMIT = "submit"
    REOPEN = "reopen"  # by the chair, or the head for the chair's own
    TAKE_BACK = "take_back"  # by its member, before the discussion


WORKFLOW = Workflow(
    name="score_sheet",
    start=SheetState.DRAFT,
    moves={
        (SheetState.DRAFT, SheetEvent.SUBMIT): To(SheetState.SUBMITTED),
        (SheetState.SUBMITTED, SheetEvent.REOPEN): To(SheetState.REPLACED),
        (SheetState.SUBMITTED, SheetEvent.TAKE_BACK): To(SheetState.REPLACED),
    },
)


@dataclass(frozen=True, slots=True)
class Scale:
    """The scale of one criterion; points below `comment_below` require a comment."""

    key: str
    maximum: Decimal
    step: Decimal
    weight: Decimal = Decimal(1)
    comment_below: Decimal | None = None

    @property
    def points(self) -> list[Decimal]:
        """All points on the scale, from 0 to the maximum."""
        return [self.step * n for n in range(int(self.maximum / self.step) + 1)]

    def takes(self, points: Decimal) -> bool:
        """Whether these points are on the scale."""
        return 0 <= points <= self.maximum and points % self.step == 0

    def owes_comment(self, points: Decimal | None) -> bool:
        """Whether these points require a comment."""
        return points is not None and self.comment_below is not None and points < self.comment_below


class Owed(StrEnum):
    """What a criterion on a sheet lacks for submission."""

    POINTS = "points"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class Given:
    """The values of a sheet for one criterion."""

    points: Decimal | None = None
    comment: str = ""


def owed(scales: Iterable[Scale], given: Mapping[str, Given]) -> dict[str, Owed]:
    """What is missing, by criterion: every criterion is required, and 0 is a value."""
    found = {}
    for scale in scales:
        one = given.get(scale.key, Given())
        if one.points is None:
            found[scale.key] = Owed.POINTS
        elif scale.owes_comment(one.points) and not one.comment.strip():
            found[scale.key] = Owed.COMMENT
    return found


def total(scales: Sequence[Scale], given: Mapping[str, Given]) -> Decimal:
    """Σ weight × points given so far."""
    weights = {scale.key: scale.weight for scale in scales}
    return sum(
        (
            weights[key] * one.points
            for key, one in given.items()
            if key in weights and one.points is not None
        ),
        Decimal(0),
    )


def most(scales: Iterable[Scale]) -> Decimal:
    """The maximal total of a sheet."""
    return sum((scale.weight * scale.maximum for scale in scales), Decimal(0))


def code(points: Decimal) -> str:
    """Points as in forms and URLs: "2.5", "3"."""
    return format(points.normalize(), "f")


def mean(values: Collection[Fraction]) -> Fraction | None:
    """The exact mean; None without values."""
    return sum(values, Fraction(0)) / len(values) if values else None


def median(values: Collection[Fraction]) -> Fraction | None:
    """The exact median; None without values."""
    if not values:
        return None
    ordered, middle = sorted(values), len(values) // 2
    return ordered[middle] if len(values) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def spread(values: Collection[Fraction]) -> Fraction:
    """The highest value less the lowest; 0 without values."""
    return max(values) - min(values) if values else Fraction(0)
