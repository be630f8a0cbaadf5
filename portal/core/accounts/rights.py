"""The conditions on a person's roles from which every stage's rules are built.

    @rule(Right.ANNOUNCE)
    def _announce(actor: Person | None, competition: Competition) -> Access:
        return holds(actor, Role.OFFICER, competition.municipality_id)

They use the grants loaded with the actor and do not query the database.
"""

from collections.abc import Iterable
from enum import StrEnum
from functools import partial
from uuid import UUID

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.core.access import HIDDEN, OWN, Access, loader, no, rule, yes
from portal.core.accounts.administration import queries as administration
from portal.core.accounts.models import (
    MUNICIPAL,
    ORGANISATIONAL,
    Municipality,
    Organisation,
    Person,
    Role,
    RoleGrant,
    SignIn,
    Token,
)
from portal.core.accounts.organisations import queries as organisations
from portal.core.accounts.roles import ROLES, AnyRole
from portal.core.db import db


def holds(
    actor: Person | None, roles: AnyRole | Iterable[AnyRole], scope_id: UUID | None = None
) -> Access:
    """Access if the actor holds one of the roles today in exactly this scope; else hidden (404).

    `scope_id` is the key of the scope, such as a municipality; only the administrator's role has
    none.
    """
    if actor is None or not actor.is_active:
        return HIDDEN
    wanted = {roles} if isinstance(roles, AnyRole) else set(roles)
    return _first(
        grant
        for grant in actor.grants
        if grant.role in wanted and grant.scope_id == scope_id and grant.is_living
    )


def holds_somewhere(actor: Person | None, *roles: AnyRole) -> Access:
    """Access if the actor holds one of the roles today in any scope."""
    if actor is None or not actor.is_active:
        return HIDDEN
    return _first(grant for grant in actor.grants if grant.role in roles and grant.is_living)


def _first(grants: Iterable[RoleGrant]) -> Access:
    """Access with the first of these grants as ground; hidden if there is none."""
    for grant in grants:
        words = LazyString(_in_words, grant.role, grant.scope_id)  # type: ignore[call-overload]  # to its stubs a str
        return yes(grant.role.value, words, grant.scope_id)
    return HIDDEN


def _in_words(role: AnyRole, scope_id: UUID | None) -> str:
    """The role and its scope's name; evaluated only when shown."""
    where = administration.scope_name(scope_id) if scope_id else ""
    return f"{ROLES[role]} ({where})" if where else str(ROLES[role])


def is_administrator(actor: Person | None) -> Access:
    """Access if the actor administers the installation."""
    return holds(actor, Role.ADMINISTRATOR)


def is_of_a_board(actor: Person | None) -> bool:
    """Whether the actor holds a role in a municipality today."""
    return bool(scopes(actor, *MUNICIPAL))


def in_organisation(actor: Person | None, organisation_id: UUID, *roles: Role) -> Access:
    """Access if the actor is a member of the organisation, in one of `roles` or any."""
    return holds(actor, roles or ORGANISATIONAL, organisation_id)


def scopes(actor: Person | None, *roles: AnyRole) -> frozenset[UUID]:
    """The keys of all scopes in which the actor holds one of the roles today.

    For queries (`Competition.municipality_id.in_(scopes(actor, *MUNICIPAL))`) and for navigation.
    """
    if actor is None or not actor.is_active:
        return frozenset()
    return frozenset(
        grant.scope_id
        for grant in actor.grants
        if grant.role in roles and grant.scope_id is not None and grant.is_living
    )


class Right(StrEnum):
    """Rights to accounts and organisations."""

    USE_ACCOUNT = "accounts.use"
    SEE_ORGANISATION = "accounts.organisation.see"
    CHANGE_ORGANISATION = "accounts.organisation.change"
    ADMINISTER = "accounts.administer"


@rule(Right.USE_ACCOUNT)
def _use_account(actor: Person | None, *own: SignIn | Token) -> Access:
    if actor is None or not actor.is_active:
        return HIDDEN
    mine = all(
        thing.person_id == actor.id if isinstance(thing, SignIn) else thing.email == actor.email
        for thing in own
    )
    return OWN if mine else HIDDEN


@rule(Right.SEE_ORGANISATION)
def _see_organisation(actor: Person | None, organisation: Organisation, *_: object) -> Access:
    return in_organisation(actor, organisation.id)


@rule(Right.CHANGE_ORGANISATION)
def _change_organisation(actor: Person | None, organisation: Organisation, *_: object) -> Access:
    """Its owners may change its details and members."""
    if in_organisation(actor, organisation.id, Role.EDITOR, Role.READER):
        return in_organisation(actor, organisation.id, Role.OWNER) or no(
            _l("Only an owner of the organisation can do this.")
        )
    return in_organisation(actor, organisation.id, Role.OWNER)


@rule(Right.ADMINISTER)
def _administer(actor: Person | None, *_: object) -> Access:
    return is_administrator(actor)


loader("own_sign_in")(partial(db.session.get, SignIn))
loader("own_invitation")(organisations.open_invitation)
loader("organisation")(partial(db.session.get, Organisation))
loader("membership")(organisations.membership)
loader("invitation")(organisations.invitation)
loader("account")(partial(db.session.get, Person))
loader("grant")(administration.grant_of)
loader("municipality")(partial(db.session.get, Municipality))
