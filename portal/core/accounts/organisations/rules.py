"""Pure rules of organisations."""

from enum import StrEnum


class OrganisationKind(StrEnum):
    """A kind of organisation; calls state which kinds may apply."""

    YOUTH_ORGANISATION = "youth_organisation"
    ASSOCIATION = "association"
    FOUNDATION = "foundation"
    YOUTH_GROUP = "youth_group"  # has no registration; needs a registered partner to apply

    @property
    def is_registered(self) -> bool:
        """Whether this kind has a registration number."""
        return self is not OrganisationKind.YOUTH_GROUP
