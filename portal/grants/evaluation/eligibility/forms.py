"""Forms of the eligibility check."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.core.fields import Choices, Date, Field, Form, TextArea
from portal.core.forms import VersionedForm
from portal.core.versions import version_of
from portal.grants.competitions.models import Criterion
from portal.grants.evaluation.eligibility import queries
from portal.grants.evaluation.eligibility.labels import VERDICTS
from portal.grants.evaluation.eligibility.models import EligibilityCheck, Verdict
from portal.grants.evaluation.eligibility.rules import Answered
from portal.grants.evaluation.fields import OpenChoice, RemarkField

REASON = 2000  # characters


class CheckForm(VersionedForm):
    """An answer and its reason for each criterion; `criteria` are set by check_form."""

    criteria: Sequence[Criterion] = ()

    @property
    def answers(self) -> dict[str, Answered]:
        """The given answers by the criteria's keys."""
        return {
            criterion.key: Answered(verdict, self.reason_of(criterion).data or "")
            for criterion in self.criteria
            if (verdict := self.verdict_of(criterion).data)
        }

    def verdict_of(self, criterion: Criterion) -> Field:
        """The field of a criterion's answer."""
        return cast(Field, self[f"verdict_{criterion.key}"])

    def reason_of(self, criterion: Criterion) -> Field:
        """The field of its reason."""
        return cast(Field, self[f"reason_{criterion.key}"])

    def saved_values(self, row: Any) -> Mapping[str, Any]:
        return _values(self.criteria, queries.answered(row, self.criteria))

    def called(self, field: Field) -> str:
        for criterion in self.criteria:
            if field is self.reason_of(criterion):
                return f"{criterion.title}: {field.label.text}"
        return super().called(field)


def check_form(
    criteria: Sequence[Criterion],
    check: EligibilityCheck | None,
    answered: Mapping[str, Answered],
) -> CheckForm:
    """The form of the criteria, filled from the stored or the sent answers."""
    fields: dict[str, Any] = {}
    for criterion in criteria:
        fields[f"verdict_{criterion.key}"] = OpenChoice(
            str(criterion.title),
            str(criterion.guidance),
            choices=[(verdict.value, label) for verdict, label in VERDICTS.items()],
            coerce=Verdict,
            required=False,
            inline=True,
        )
        fields[f"reason_{criterion.key}"] = RemarkField(
            _("Reason"), required=False, limit=REASON, rows=2, quiet=True
        )
    kind = type("CriteriaForm", (CheckForm,), {"criteria": tuple(criteria), **fields})
    return cast(CheckForm, kind(data={**_values(criteria, answered), "version": version_of(check)}))


def _values(criteria: Sequence[Criterion], answered: Mapping[str, Answered]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for criterion in criteria:
        one = answered.get(criterion.key)
        values[f"verdict_{criterion.key}"] = one.verdict.value if one else None
        values[f"reason_{criterion.key}"] = one.reason if one else ""
    return values


class AskForm(Form):
    """The questions to open to the applicant again, and the deadline."""

    questions = Choices(
        _l("What may be changed?"), missing=_l("Choose at least one question or file.")
    )
    message = TextArea(
        _l("What has to be clarified"), _l("The applicant reads it."), limit=4000, rows=6
    )
    until = Date(_l("Until when"), _l("Until the end of that day."))

    def offer(self, questions: Sequence[tuple[str, str]], until: date, message: str) -> None:
        """Set the choice of questions (key, label), and defaults for `until` and `message`."""
        self.questions.choices = list(questions)
        if self.message.typed is None:
            self.message.data = message
        if self.until.typed is None:
            self.until.data = until


class ConfirmForm(VersionedForm):
    """A button that confirms a proposed rejection."""


class NoteForm(VersionedForm):
    """A note on why a check is open again; the check keeps the last one."""

    @classmethod
    def values(cls, row: EligibilityCheck) -> Mapping[str, Any]:
        return {"note": row.returned_note}


class ReturnForm(NoteForm):
    note = TextArea(_l("Why it is given back"), limit=REASON, rows=3)


class ReopenForm(NoteForm):
    note = TextArea(
        _l("Why it is opened again"), _l("It stands in the journal."), limit=REASON, rows=3
    )
