"""Forms of criteria, of eligibility and of quality, and of thresholds."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.core.db import Words
from portal.core.fields import Choice, Column, DecimalField, Number, Rows, Select, Texts, WordsField
from portal.core.forms import VersionedForm
from portal.grants.competitions.criteria.rules import (
    LARGEST_MAXIMUM,
    LARGEST_WEIGHT,
    MOST,
    STEPS,
    CriterionFacts,
    Scale,
)
from portal.grants.competitions.models import Competition, Criterion, CriterionKind


class EligibilityForm(VersionedForm):
    """A criterion answered with yes, no or clarify."""

    title = WordsField(_l("Criterion"), limit=300)
    guidance = WordsField(
        _l("What to look at"),
        _l("Helps whoever checks, and tells applicants what is expected."),
        limit=1000,
        long=True,
        rows=3,
        required=False,
    )
    section_key = Select(
        _l("Speaks of the part"),
        _l("The part of the application that is shown beside it."),
        blank=_l("the whole application"),
        required=False,
    )

    def facts(self) -> CriterionFacts:
        """The values, for the verbs."""
        return CriterionFacts(
            title=self.title.data,
            guidance=self.guidance.data or Words(),
            section_key=self.section_key.data or None,
            scale=self.scale(),
        )

    def scale(self) -> Scale | None:
        """Its scale; None for criteria without points."""
        return None


class QualityForm(EligibilityForm):
    """A criterion scored with points."""

    maximum = DecimalField(
        _l("Points, at most"), minimum=Decimal("0.5"), maximum=LARGEST_MAXIMUM, places=1, width=4
    )
    step = Choice(
        _l("Given in steps of"),
        choices={"0.5": _l("half a point"), "1": _l("one point")},
        coerce=Decimal,
        inline=True,
    )
    weight = DecimalField(
        _l("Weight"),
        _l("The points count this many times in the total."),
        minimum=Decimal("0.01"),
        maximum=LARGEST_WEIGHT,
        default=Decimal(1),
        width=4,
    )
    minimum = DecimalField(
        _l("Minimum"),
        _l("With fewer points on average there is no award, whatever the total."),
        places=1,
        width=4,
        required=False,
    )
    comment_below = DecimalField(
        _l("A comment is owed below"),
        _l("Who gives fewer points says why."),
        places=1,
        width=4,
        required=False,
    )
    tie_break = Number(
        _l("Place in breaking ties"),
        _l("1 is compared first. Empty: it breaks no tie."),
        minimum=1,
        maximum=MOST,
        width=2,
        required=False,
    )
    levels = Rows(
        _l("What the points mean"),
        _l("From the fewest to the most; not every number needs a line."),
        columns=[
            Column("points", _l("Points"), "decimal", options={"places": 1, "width": 4}),
            Texts("long", options={"limit": 400}),
        ],
        minimum=2,
        maximum=21,
        add=_l("Add a line"),
        required=False,
    )

    @classmethod
    def values(cls, row: Criterion) -> Mapping[str, Any]:
        return {
            **{name: _plain(value) for name, value in super().values(row).items()},
            "step": next((str(step) for step in STEPS if step == row.step), None),
            "levels": [{**level, "points": Decimal(level["points"])} for level in row.levels],
        }

    def scale(self) -> Scale | None:
        return Scale(
            maximum=self.maximum.data,
            step=self.step.data,
            weight=self.weight.data,
            minimum=self.minimum.data,
            comment_below=self.comment_below.data,
            tie_break=self.tie_break.data,
            levels=self.levels.data or [],
        )


def _plain(value: Any) -> Any:
    """Without trailing zeros of the column: 5, not 5.0."""
    return Decimal(format(value.normalize(), "f")) if isinstance(value, Decimal) else value


class ThresholdsForm(VersionedForm):
    """The thresholds over all criteria."""

    total_minimum = DecimalField(
        _l("Total minimum"),
        _l("Below it there is no award."),
        minimum=0,
        maximum=10_000,
        width=5,
    )
    spread_flag = DecimalField(
        _l("Wide spread from"),
        _l("Where members' totals are as far apart, the application is talked over."),
        minimum=0,
        maximum=10_000,
        width=5,
    )

    @classmethod
    def values(cls, row: Competition) -> Mapping[str, Any]:
        return {name: _plain(value) for name, value in super().values(row).items()}


FORMS: Mapping[CriterionKind, type[EligibilityForm]] = {
    CriterionKind.ELIGIBILITY: EligibilityForm,
    CriterionKind.QUALITY: QualityForm,
}
