"""Forms of decisions, for the board and applicants."""

from typing import Any

from flask_babel import lazy_gettext as _l

from portal.core.fields import Choice, Date, Form, TextArea
from portal.core.forms import VersionedForm
from portal.grants.awards.letters import LABELS
from portal.grants.awards.models import Decision, Outcome
from portal.grants.awards.rules import GRANTED


class GrantForm(VersionedForm):
    outcome = Choice(
        _l("Outcome"),
        choices=[(outcome.value, LABELS[outcome]) for outcome in GRANTED],
        coerce=Outcome,
    )
    conditions = TextArea(
        _l("Conditions"),
        _l("What must happen before the agreement is signed. Only for an award with conditions."),
        limit=4000,
        required=False,
    )
    reasons = TextArea(_l("Reasons"), limit=8000, required=False)


class RefusalForm(VersionedForm):
    """The wording of a place in reserve or of a rejection."""

    reasons = TextArea(
        _l("Reasons"), _l("They stand in the letter as you write them here."), limit=8000
    )


class SignForm(Form):
    decided_on = Date(_l("Date of the decisions"))


class TakeBackForm(Form):
    """The form for taking back the head's signature."""

    reason = TextArea(
        _l("Why it is taken back"), _l("It stands in the journal."), limit=2000, rows=3
    )


class DeclineForm(Form):
    """The form for declining a grant."""

    reason = TextArea(
        _l("Why do you decline?"),
        _l("It helps us to make the next call better. You need not answer."),
        limit=2000,
        required=False,
    )


def wording(form: GrantForm | RefusalForm, decision: Decision) -> dict[str, Any]:
    """The arguments of `service.edit_draft`, from either form."""
    seen = {"version": form.seen_version, "reasons": form.reasons.data}
    if isinstance(form, GrantForm):
        return {**seen, "outcome": form.outcome.data, "conditions": form.conditions.data}
    return {**seen, "outcome": decision.outcome, "conditions": ""}
