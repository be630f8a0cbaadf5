"""Pure rules of claims: transitions and limits."""

from enum import StrEnum

from portal.core.accounts.claims.models import ClaimState
from portal.core.workflow import To, Workflow

MOST_OPEN = 3  # open claims of one person
# Claims by one person in a day: each is work for the board and sends letters to the members.
MOST_MADE = 5
# Claims of one organisation in a day that send letters to its members; their page shows all.
MOST_TOLD = 20


class ClaimEvent(StrEnum):
    """An event that changes a claim's state."""

    APPROVE = "approve"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


WORKFLOW = Workflow(
    name="claim",
    start=ClaimState.MADE,
    moves={
        (ClaimState.MADE, ClaimEvent.APPROVE): To(ClaimState.APPROVED),
        (ClaimState.MADE, ClaimEvent.REFUSE): To(ClaimState.REFUSED),
        (ClaimState.MADE, ClaimEvent.WITHDRAW): To(ClaimState.WITHDRAWN),
    },
)
