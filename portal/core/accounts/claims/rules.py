"""Pure rules of claims: the states, and how many may be open."""

from collections.abc import Iterable
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from portal.core.accounts.claims.models import ClaimState
from portal.core.workflow import To, Workflow

MOST_OPEN = 3  # claims of one person that wait for a decision


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


def people_digest(memberships: Iterable[UUID]) -> str:
    """What a form carries of who belonged when it was shown: a digest of their grants' keys."""
    return sha256(" ".join(sorted(map(str, memberships))).encode()).hexdigest()[:16]
