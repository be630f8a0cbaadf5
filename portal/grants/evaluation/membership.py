"""Membership of a competition's committee."""

from uuid import UUID

from portal.core.access import Access
from portal.core.accounts.models import Person
from portal.core.accounts.rights import holds
from portal.grants.evaluation.models import COMMITTEE, CommitteeRole


def on_committee(actor: Person | None, competition_id: UUID, *roles: CommitteeRole) -> Access:
    """Access if the actor sits on the competition's committee, in one of `roles` or any."""
    return holds(actor, roles or COMMITTEE, competition_id)
