"""The score sheet as a form: points and a comment for each criterion."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.core import formats, languages
from portal.core.fields import Choice, Field, Form, TextArea
from portal.core.forms import VersionedForm
from portal.core.versions import version_of
from portal.grants.competitions.models import Criterion
from portal.grants.evaluation.fields import RemarkField
from portal.grants.evaluation.scoring import queries
from portal.grants.evaluation.scoring.labels import OWED
from portal.grants.evaluation.scoring.models import ScoreSheet
from portal.grants.evaluation.scoring.rules import Given, Scale, code

COMMENT = 4000  # characters


class ScoreSheetForm(VersionedForm):
    """A sheet; `criteria` are set by sheet_form. Always a draft: what is missing is only a
    warning."""

    criteria: Sequence[Criterion] = ()

    @property
    def given(self) -> dict[str, Given]:
        """The values by the criteria's keys."""
        return {
            # Points are a code until the form is validated.
            criterion.key: Given(
                None if (points := self.points_of(criterion).data) is None else Decimal(points),
                self.comment_of(criterion).data or "",
            )
            for criterion in self.criteria
        }

    def points_of(self, criterion: Criterion) -> Field:
        """The field of a criterion's points."""
        return cast(Field, self[f"p_{criterion.key}"])

    def comment_of(self, criterion: Criterion) -> Field:
        """The field of a criterion's comment."""
        return cast(Field, self[f"c_{criterion.key}"])

    def saved_values(self, row: Any) -> Mapping[str, Any]:
        return _values(self.criteria, row)

    def called(self, field: Field) -> str:
        for criterion in self.criteria:
            if field is self.comment_of(criterion):
                return f"{criterion.title}: {field.label.text}"
        return super().called(field)

    def mark(self) -> None:
        """Show what is missing at each criterion."""
        for key, what in queries.owed(self.criteria, self.given).items():
            field = self[f"p_{key}"]
            field.errors = [*field.errors, str(OWED[what])]


def sheet_form(criteria: Sequence[Criterion], sheet: ScoreSheet | None) -> ScoreSheetForm:
    """The form of the criteria, filled from the sheet or from form data."""
    values = {**_values(criteria, sheet), "version": version_of(sheet)}
    return _kind(tuple(criteria), languages.current())(data=values, draft=True)


def _values(criteria: Sequence[Criterion], sheet: ScoreSheet | None) -> dict[str, Any]:
    values: dict[str, Any] = {}
    given = queries.given(sheet, criteria)
    for criterion in criteria:
        one = given.get(criterion.key, Given())
        values[f"p_{criterion.key}"] = None if one.points is None else code(one.points)
        values[f"c_{criterion.key}"] = one.comment
    values["overall"] = sheet.overall if sheet else ""
    return values


@lru_cache(maxsize=64)
def _kind(criteria: tuple[Criterion, ...], language: str) -> type[ScoreSheetForm]:
    """The form class of some criteria in a language, cached since a member saves the same one
    repeatedly."""
    fields: dict[str, Any] = {"criteria": criteria}
    for criterion in criteria:
        fields[f"p_{criterion.key}"] = Choice(
            str(criterion.title),
            required=False,
            choices=list(_choices(queries.scale(criterion), language)),
            coerce=Decimal,
        )
        fields[f"c_{criterion.key}"] = RemarkField(
            _("Comment"), required=False, limit=COMMENT, rows=2, quiet=True
        )
    fields["overall"] = TextArea(
        _("The application as a whole"), required=False, limit=COMMENT, rows=4, quiet=True
    )
    return type("CriteriaForm", (ScoreSheetForm,), fields)


@lru_cache(maxsize=256)
def _choices(scale: Scale, _language: str) -> tuple[tuple[str, str], ...]:
    """The labels of a scale's points in a language, cached since few scales differ."""
    return tuple((code(value), formats.number(value)) for value in scale.points)


class ReopenForm(Form):
    reason = TextArea(_l("Why it is reopened"), _l("The member reads it."), limit=1000, rows=3)


class HurryForm(Form):
    """Open the discussion while sheets are missing."""

    reason = TextArea(
        _l("Why you do not wait for them"), _l("The minutes repeat it."), limit=1000, rows=3
    )


class VersionForm(VersionedForm):
    """A button with the version of the row shown."""


class ConfirmForm(Form):
    """A button."""
