"""Pure rules of organisations."""

from collections.abc import Collection
from enum import StrEnum
from uuid import UUID


class Kind(StrEnum):
    """What kind of organisation applies. Calls say which kinds they are open to."""

    YOUTH_ORGANISATION = "youth_organisation"
    ASSOCIATION = "association"
    FOUNDATION = "foundation"
    YOUTH_GROUP = "youth_group"  # has no registration; needs a registered partner to apply

    @property
    def is_registered(self) -> bool:
        """Whether such an organisation stands in the register and has a number there."""
        return self is not Kind.YOUTH_GROUP


def leaves_an_owner(owners: Collection[UUID], leaving: UUID) -> bool:
    """Whether the organisation still has an owner once this person is none any more."""
    return any(owner != leaving for owner in owners)
