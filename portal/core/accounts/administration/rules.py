"""Pure rules of administration."""

from portal.core.accounts.models import MUNICIPAL, Role

# The roles that an administrator gives. Committees are appointed by an order, on the pages of their
# competition; members of an organisation are its owner's to change.
GIVEN_BY_ADMINISTRATOR = (*MUNICIPAL, Role.ADMINISTRATOR)


def needs_municipality(role: Role) -> bool:
    """Whether the role's scope is a municipality; the administrator's is the whole installation."""
    return role in MUNICIPAL
