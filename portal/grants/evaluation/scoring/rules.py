"""A score sheet by rule: its points, its comments, what it still owes, how it moves."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from portal.core.workflow import To, Workflow
from portal.grants.evaluation.scoring.models import Owed, SheetState


class SheetEvent(StrEnum):
    """What moves a sheet."""

    SUBMIT = "submit"
    REOPEN = "reopen"  # by the chair, and the chair's own by the head
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
    """The scale of one criterion; points below `comment_below` owe a comment."""

    key: str
    maximum: Decimal
    step: Decimal
    weight: Decimal = Decimal(1)
    comment_below: Decimal | None = None

    @property
    def points(self) -> list[Decimal]:
        """Everything that can be given, from nought to the maximum."""
        return [self.step * n for n in range(int(self.maximum / self.step) + 1)]

    def takes(self, points: Decimal) -> bool:
        """Whether these points stand on the scale."""
        return 0 <= points <= self.maximum and points % self.step == 0

    def owes_comment(self, points: Decimal | None) -> bool:
        """Whether these points have to be explained."""
        return points is not None and self.comment_below is not None and points < self.comment_below


@dataclass(frozen=True, slots=True)
class Given:
    """What a sheet says on one criterion."""

    points: Decimal | None = None
    comment: str = ""


def owed(scales: Iterable[Scale], given: Mapping[str, Given]) -> dict[str, Owed]:
    """What is missing, by criterion: every criterion is owed, and nought is an answer."""
    found = {}
    for scale in scales:
        one = given.get(scale.key, Given())
        if one.points is None:
            found[scale.key] = Owed.POINTS
        elif scale.owes_comment(one.points) and not one.comment.strip():
            found[scale.key] = Owed.COMMENT
    return found


def total(scales: Sequence[Scale], given: Mapping[str, Given]) -> Decimal:
    """Σ weight × points of what has been given so far."""
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
    """The most points that a sheet can have."""
    return sum((scale.weight * scale.maximum for scale in scales), Decimal(0))


def code(points: Decimal) -> str:
    """Points as forms and addresses carry them: "2.5", "3"."""
    return format(points.normalize(), "f")


def mean(values: Collection[Fraction]) -> Fraction | None:
    """The exact mean; None of nothing."""
    return sum(values, Fraction(0)) / len(values) if values else None


def median(values: Collection[Fraction]) -> Fraction | None:
    """The middle value, or the mean of the two in the middle; None of nothing."""
    if not values:
        return None
    ordered, middle = sorted(values), len(values) // 2
    return ordered[middle] if len(values) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def spread(values: Collection[Fraction]) -> Fraction:
    """The highest value less the lowest; 0 of nothing."""
    return max(values) - min(values) if values else Fraction(0)
