"""Labels of the codes of eligibility."""

from flask_babel import lazy_gettext as _l

from portal.core.errors import Message
from portal.grants.evaluation.eligibility.models import CheckState, Verdict

STATES: dict[CheckState, Message] = {
    CheckState.OPEN: _l("to be checked"),
    CheckState.CLARIFYING: _l("waits for the applicant"),
    CheckState.ELIGIBLE: _l("eligible"),
    CheckState.REJECTION_PROPOSED: _l("rejection to be confirmed"),
    CheckState.INELIGIBLE: _l("rejected"),
}
# The kind of each tag (see components/parts.html).
TAGS: dict[CheckState, str] = {
    CheckState.OPEN: "due",
    CheckState.CLARIFYING: "info",
    CheckState.ELIGIBLE: "done",
    CheckState.REJECTION_PROPOSED: "due",
    CheckState.INELIGIBLE: "refused",
}
VERDICTS: dict[Verdict, Message] = {
    Verdict.YES: _l("Yes"),
    Verdict.NO: _l("No"),
    Verdict.CLARIFY: _l("To be clarified"),
}
