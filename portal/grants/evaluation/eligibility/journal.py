"""The journal's labels for eligibility checks and clarifications."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.core.audit.vocabulary import Vocabulary
from portal.grants.applications.models import Application
from portal.grants.competitions.models import Criterion
from portal.grants.evaluation.eligibility.labels import STATES, VERDICTS
from portal.grants.evaluation.eligibility.models import EligibilityAnswer, EligibilityCheck

VOCABULARY = Vocabulary(
    events={
        "eligibility.answered": _l("Eligibility criteria answered"),
        "eligibility.accepted": _l("Found eligible"),
        "eligibility.rejection_proposed": _l("Rejection proposed"),
        "eligibility.reopened": _l("Eligibility check opened again"),
        "eligibility.rejection_returned": _l("Proposed rejection returned"),
        "eligibility.rejected": _l("Found not eligible"),
        "clarification.asked": _l("Clarification asked for"),
        "clarification.replied": _l("Clarification received"),
        "clarification.taken_back": _l("Request for clarification taken back"),
        "clarification.saved": _l("Draft of a clarification saved"),
        "clarification.file_removed": _l("File of a clarification removed"),
    },
    private=frozenset({"clarification.file_removed", "clarification.saved"}),
    tables={
        "eligibility_checks": _l("eligibility check"),
        "eligibility_answers": _l("answer to an eligibility criterion"),
    },
    columns={
        "confirmed_at": _l("Confirmed at"),
        "proposed_at": _l("Proposed at"),
        "returned_note": _l("Why it was returned"),
        "verdict": _l("Verdict"),
    },
    codes={"eligibility_checks.state": STATES, "verdict": VERDICTS},
    numbers=(
        select(EligibilityCheck.id, Application.number).join(EligibilityCheck.application),
        select(EligibilityAnswer.id, Application.number)
        .join(EligibilityCheck, EligibilityCheck.id == EligibilityAnswer.check_id)
        .join(EligibilityCheck.application),
    ),
    titles=(select(EligibilityAnswer.id, Criterion.title).join(EligibilityAnswer.criterion),),
)
