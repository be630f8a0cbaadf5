"""How the codes of accounts read on screen. Codes are stored, labels never."""

from flask_babel import lazy_gettext as _l

from portal.core.accounts.models import Person, Role
from portal.core.accounts.organisations.rules import Kind
from portal.core.errors import Message

ROLES: dict[Role, Message] = {
    Role.ADMINISTRATOR: _l("administrator"),
    Role.OFFICER: _l("board officer"),
    Role.HEAD: _l("head of the board"),
    Role.DEPUTY: _l("deputy head of the board"),
    Role.AUDITOR: _l("auditor"),
    Role.MEMBER: _l("committee member"),
    Role.CHAIR: _l("committee chair"),
    Role.SECRETARY: _l("committee secretary"),
    Role.OWNER: _l("owner"),
    Role.EDITOR: _l("editor"),
    Role.READER: _l("reader"),
}

KINDS: dict[Kind, Message] = {
    Kind.YOUTH_ORGANISATION: _l("youth organisation"),
    Kind.ASSOCIATION: _l("association that works with youth"),
    Kind.FOUNDATION: _l("foundation that works with youth"),
    Kind.YOUTH_GROUP: _l("youth initiative group"),
}

LANGUAGES: dict[str, Message] = {"lv": _l("Latvian"), "en": _l("English")}

# What is said of a person in the header: the first of these that they are.
_PROMINENCE = (
    Role.HEAD,
    Role.DEPUTY,
    Role.OFFICER,
    Role.CHAIR,
    Role.SECRETARY,
    Role.MEMBER,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)


def role_label(role: Role) -> Message:
    """The name of a role."""
    return ROLES[role]


def kind_label(kind: str) -> Message:
    """The name of a kind of organisation."""
    return KINDS[Kind(kind)]


def role_line(actor: Person) -> Message:
    """What a person is, in a word, for the header; nothing for those who only apply."""
    held = {grant.role for grant in actor.grants if grant.is_living}
    return next((ROLES[role] for role in _PROMINENCE if role in held), "")
