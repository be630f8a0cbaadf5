"""Labels of the states of a claim."""

from flask_babel import lazy_gettext as _l

from portal.core.accounts.claims.models import ClaimState
from portal.core.errors import Message

STATES: dict[ClaimState, tuple[Message, str]] = {
    ClaimState.MADE: (_l("waits for a decision"), "due"),
    ClaimState.APPROVED: (_l("approved"), "done"),
    ClaimState.REFUSED: (_l("turned down"), "refused"),
    ClaimState.WITHDRAWN: (_l("withdrawn"), ""),
}


def claim_state(state: ClaimState) -> tuple[Message, str]:
    """The label of a state and the kind of its tag."""
    return STATES[state]
