"""Who sits on a competition's committee."""

from uuid import UUID

from portal.core.access import Access
from portal.core.accounts.models import Person
from portal.core.accounts.rights import holds
from portal.grants.evaluation.models import COMMITTEE, CommitteeRole


def on_committee(actor: Person | None, competition_id: UUID, *roles: CommitteeRole) -> Access:
    """Whether the actor sits on the competition's committee, as one of `roles` or as any."""
    return holds(actor, roles or COMMITTEE, competition_id)
