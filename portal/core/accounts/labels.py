"""Labels of the stored codes of accounts."""

from flask_babel import lazy_gettext as _l

from portal.core.accounts.models import OrganisationKind, Person
from portal.core.accounts.roles import ROLES, AnyRole, prominent
from portal.core.errors import Message

ORGANISATION_KINDS: dict[OrganisationKind, Message] = {
    OrganisationKind.YOUTH_ORGANISATION: _l("youth organisation"),
    OrganisationKind.ASSOCIATION: _l("association that works with youth"),
    OrganisationKind.FOUNDATION: _l("foundation that works with youth"),
    OrganisationKind.YOUTH_GROUP: _l("youth initiative group"),
}


def role_label(role: AnyRole) -> Message:
    """The name of a role."""
    return ROLES[role]


def kind_label(kind: str) -> Message:
    """The label of a kind of organisation."""
    return ORGANISATION_KINDS[OrganisationKind(kind)]


def role_line(actor: Person) -> Message:
    """The label of a person's most prominent role; "" for applicants only."""
    held = {grant.role for grant in actor.grants if grant.is_living}
    return next((ROLES[role] for role in prominent() if role in held), "")
