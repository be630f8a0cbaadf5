"""Queries on a person's organisations and an organisation's members."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload

from portal.core.accounts.models import Organisation, Person, Role, RoleGrant, Token, TokenPurpose
from portal.core.arrival import arrived_at
from portal.core.db import db
from portal.core.periods import in_time


def memberships(actor: Person) -> Sequence[RoleGrant]:
    """The actor's living roles in organisations, each with its organisation, by its name."""
    return db.session.scalars(
        select(RoleGrant)
        .join(RoleGrant.organisation)
        .where(RoleGrant.person_id == actor.id, RoleGrant.is_living)
        .options(joinedload(RoleGrant.organisation))
        .order_by(Organisation.sort_name, RoleGrant.id)
    ).all()


def memberships_of(actor: Person, organisation: Organisation) -> Sequence[RoleGrant]:
    """The actor's living role in one organisation, as a list of at most one."""
    return db.session.scalars(_living_in(organisation).where(RoleGrant.person_id == actor.id)).all()


def members(organisation: Organisation) -> Sequence[RoleGrant]:
    """The living memberships of the organisation, each with its person, by name."""
    return db.session.scalars(
        _living_in(organisation).order_by(Person.sort_name, RoleGrant.id)
    ).all()


def membership(key: UUID, organisation: Organisation) -> RoleGrant | None:
    """A living membership of this organisation."""
    return db.session.scalar(_living_in(organisation).where(RoleGrant.id == key))


def owners(organisation: Organisation) -> frozenset[UUID]:
    """The keys of the organisation's present owners with open accounts."""
    owned = _living_in(organisation).where(RoleGrant.role == Role.OWNER, Person.closed_at.is_(None))
    return frozenset(one.person_id for one in db.session.scalars(owned))


def left_alone_by(person: Person) -> list[tuple[Organisation, list[RoleGrant]]]:
    """The organisations that nobody else owns, by name, each with its other members."""
    owned = [
        one.organisation
        for one in memberships(person)
        if one.role is Role.OWNER and one.organisation is not None
    ]
    return [
        (
            organisation,
            [
                one
                for one in members(organisation)
                if one.person_id != person.id and one.person.is_active
            ],
        )
        for organisation in owned
        if not owners(organisation) - {person.id}
    ]


def belongs(organisation: Organisation, email: str) -> bool:
    """Whether the account with this address is a member of the organisation today."""
    return db.session.scalar(_living_in(organisation).where(Person.email == email)) is not None


def _living_in(organisation: Organisation) -> Select[RoleGrant]:
    """The living roles in an organisation, each with its person."""
    return (
        select(RoleGrant)
        .join(RoleGrant.person)
        .where(RoleGrant.scope_id == organisation.id, RoleGrant.is_living)
        .options(contains_eager(RoleGrant.person))
    )


def invitations(organisation: Organisation) -> Sequence[Token]:
    """The organisation's open invitations, oldest first."""
    return db.session.scalars(
        _open_invitations().where(Token.organisation_id == organisation.id).order_by(Token.id)
    ).all()


def invitation(key: UUID, organisation: Organisation) -> Token | None:
    """An open invitation of this organisation."""
    return db.session.scalars(
        _open_invitations().where(Token.organisation_id == organisation.id, Token.id == key)
    ).one_or_none()


def invitations_to(actor: Person) -> Sequence[Token]:
    """The open invitations to the actor's address, with organisation and inviter."""
    return db.session.scalars(
        _open_invitations()
        .where(Token.email == actor.email)
        .options(joinedload(Token.organisation), joinedload(Token.invited_by))
        .order_by(Token.id)
    ).all()


def open_invitation(key: UUID) -> Token | None:
    """An open invitation to anybody, with its organisation."""
    return db.session.scalars(
        _open_invitations().where(Token.id == key).options(joinedload(Token.organisation))
    ).one_or_none()


def _open_invitations() -> Select[Token]:
    return select(Token).where(
        Token.purpose == TokenPurpose.INVITE,
        Token.used_at.is_(None),
        in_time(Token.expires_at, arrived_at()),
    )
