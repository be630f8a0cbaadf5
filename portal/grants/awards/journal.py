"""The journal's labels for decisions and grants."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.core.audit.vocabulary import Vocabulary
from portal.core.formats import figure
from portal.grants.applications.models import Application
from portal.grants.awards.models import Decision

VOCABULARY = Vocabulary(
    events={
        "decisions.proposed": _l("Decisions drafted"),
        "decision.worded": _l("Decision worded"),
        "decisions.signed": _l("Decisions signed"),
        "decisions.signed_as_deputy": _l("Decisions signed by the head's deputy"),
        "decisions.taken_back": _l("Signature of the decisions taken back"),
        "results.published": _l("Results published"),
        "grant.declined": _l("Grant declined"),
        "grant.promoted": _l("Grant given to the next in reserve"),
    },
    tables={
        "decisions": _l("decision"),
    },
    columns={
        "applicant": _l("Applicant"),
        "as_deputy": _l("Signed in place of the head"),
        "conditions": _l("Conditions"),
        "decided_on": _l("Date of the decisions"),
        "decline_reason": _l("Why it was declined"),
        "declined_at": _l("Declined at"),
        "organiser": _l("Education board"),
        "outcome": _l("Outcome"),
        "reasons": _l("Reasons"),
        "registration_number": _l("Registration number"),
        "signatory": _l("Signed by"),
        "signatory_role": _l("Position of who signs"),
        "signed_at": _l("Signed at"),
        "taken_back_at": _l("Signature taken back at"),
        "taken_back_reason": _l("Why the signature was taken back"),
        "total": _l("Points"),
    },
    facts={
        "decisions": _l("Decisions"),
    },
    internal=frozenset({"by_criteria", "by_vote"}),  # shown in the ranking, under its rights
    codes={
        "decisions.state": {
            "drafted": _l("drafted"),
            "signed": _l("signed"),
            "published": _l("published"),
            "declined": _l("declined"),
            "replaced": _l("replaced"),
            "taken_back": _l("signature taken back"),
        },
        "outcome": {
            "approve": _l("approve"),
            "conditions": _l("approve with conditions"),
            "reserve": _l("reserve"),
            "reject": _l("reject"),
        },
    },
    values={"total": figure},
    numbers=(select(Decision.id, Application.number).join(Decision.application),),
)
