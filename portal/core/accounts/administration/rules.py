"""Pure rules of administration."""

from portal.core.accounts.models import MUNICIPAL, Role

# An administrator gives these. A committee is appointed by an order, on the pages of its
# competition; who works for an organisation is its owner's affair.
GIVEN_BY_ADMINISTRATOR = (*MUNICIPAL, Role.ADMINISTRATOR)


def needs_municipality(role: Role) -> bool:
    """Whether a role holds in a municipality; the administrator's holds everywhere."""
    return role in MUNICIPAL
