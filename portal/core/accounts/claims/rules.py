"""Pure rules of claims: the states, and how many there may be."""

from enum import StrEnum

from portal.core.accounts.claims.models import ClaimState
from portal.core.workflow import To, Workflow

MOST_OPEN = 3  # claims of one person that wait for a decision
# Claims of one person in a day: each is a task for the board, and letters to those who belong.
MOST_MADE = 5
# Claims of one organisation in a day of which its people get letters; their page shows all.
MOST_TOLD = 20


class ClaimEvent(StrEnum):
    """What moves a claim."""

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
