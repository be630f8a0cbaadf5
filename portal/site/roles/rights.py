"""Who reads the history of roles."""

from enum import StrEnum

from portal.core.access import HIDDEN, YES, Answer, rule
from portal.core.accounts.models import Person, Role
from portal.core.accounts.rights import scopes


class Right(StrEnum):
    """The rights of this page; the administrator's is the one to administer."""

    AUDIT = "roles.audit"


@rule(Right.AUDIT)
def _audit(actor: Person | None) -> Answer:
    return YES if scopes(actor, Role.AUDITOR) else HIDDEN
