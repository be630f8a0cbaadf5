"""Rights to the history of roles."""

from enum import StrEnum

from portal.core.access import Access, rule
from portal.core.accounts.models import Person, Role
from portal.core.accounts.rights import holds_somewhere


class Right(StrEnum):
    """The rights of this page; the administrator's is the one to administer."""

    AUDIT = "roles.audit"


@rule(Right.AUDIT)
def _audit(actor: Person | None) -> Access:
    return holds_somewhere(actor, Role.AUDITOR)
