"""Which claims there are for a person to see, and what there is to know before one is decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Exists, Select, exists, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from portal.core.accounts.claims.hooks import Capacity, dealings
from portal.core.accounts.claims.models import ClaimState, OrganisationClaim
from portal.core.accounts.claims.rules import people_digest
from portal.core.accounts.models import Municipality, Organisation, Person, Role, RoleGrant
from portal.core.accounts.organisations.queries import members
from portal.core.accounts.rights import is_administrator, scopes
from portal.core.db import Words, db

DECIDED_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Received:
    """How often an organisation stands in what a municipality has received."""

    municipality: Words
    applied: int
    partnered: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What whoever decides has to know: who belongs, where it has applied, who else claims it."""

    members: Sequence[RoleGrant]
    dealt: Sequence[Received]
    others: Sequence[OrganisationClaim]

    @property
    def people_seen(self) -> str:
        """What a form carries of who belonged when it was shown."""
        return people_digest(one.id for one in self.members)

    def others_than(self, claimant: Person) -> Sequence[RoleGrant]:
        """Who belongs besides the claimant."""
        return [one for one in self.members if one.person_id != claimant.id]


def by_number(registration_number: str) -> Organisation | None:
    """The organisation that has this registration number."""
    return db.session.scalars(
        select(Organisation).where(Organisation.registration_number == registration_number)
    ).one_or_none()


def own(actor: Person) -> Sequence[OrganisationClaim]:
    """The actor's own claims, the newest first."""
    return db.session.scalars(
        select(OrganisationClaim)
        .where(OrganisationClaim.claimant_id == actor.id)
        .options(joinedload(OrganisationClaim.organisation))
        .order_by(OrganisationClaim.id.desc())
    ).all()


def count_open(claimant: Person) -> int:
    """How many claims of a person wait for a decision."""
    found = db.session.scalar(
        select(func.count(OrganisationClaim.id)).where(
            OrganisationClaim.claimant_id == claimant.id,
            OrganisationClaim.state == ClaimState.MADE,
        )
    )
    return found or 0


def on(organisation: Organisation) -> Sequence[OrganisationClaim]:
    """The open claims of an organisation, the oldest first, each with its claimant."""
    return db.session.scalars(
        select(OrganisationClaim)
        .where(
            OrganisationClaim.organisation_id == organisation.id,
            OrganisationClaim.state == ClaimState.MADE,
        )
        .options(joinedload(OrganisationClaim.claimant))
        .order_by(OrganisationClaim.id)
    ).all()


def claim(key: UUID) -> OrganisationClaim | None:
    """One claim with all that its pages show."""
    return db.session.scalars(
        select(OrganisationClaim)
        .where(OrganisationClaim.id == key)
        .options(
            joinedload(OrganisationClaim.claimant, innerjoin=True),
            joinedload(OrganisationClaim.organisation, innerjoin=True),
            joinedload(OrganisationClaim.proof),
            joinedload(OrganisationClaim.decided_by),
            joinedload(OrganisationClaim.answered_by),
        )
    ).one_or_none()


def facts(claim: OrganisationClaim) -> Facts:
    """What there is to know before a claim is decided; counts, and no contents."""
    return Facts(
        members=members(claim.organisation),
        dealt=_dealt(claim.organisation),
        others=[one for one in on(claim.organisation) if one.id != claim.id],
    )


def _dealt(organisation: Organisation) -> list[Received]:
    found = dealings()
    applied, partnered = (
        func.count().filter(found.c.capacity == capacity)
        for capacity in (Capacity.APPLICANT, Capacity.PARTNER)
    )
    rows = db.session.execute(
        select(Municipality.name, applied, partnered)
        .join(found, found.c.municipality_id == Municipality.id)
        .where(found.c.organisation_id == organisation.id)
        .group_by(Municipality.id)
        .order_by(Municipality.code)
    )
    return [Received(*row) for row in rows]


def has_belonged(actor: Person, organisation: Organisation) -> bool:
    """Whether the actor works for the organisation, or ever has."""
    return bool(db.session.scalar(select(_belonging(actor, organisation.id))))


def _belonging(actor: Person, organisation_id: UUID | InstrumentedAttribute[UUID]) -> Exists:
    """That the actor works for an organisation, or ever has; so the guard of the table puts it."""
    return exists().where(
        RoleGrant.person_id == actor.id, RoleGrant.organisation_id == organisation_id
    )


def within(actor: Person) -> ColumnElement[bool]:
    """The claims that are the actor's to look into, as a condition on their rows.

    An administrator's are all. An officer's are those of organisations with which their
    municipality has dealings, and of those with which none has.
    """
    if is_administrator(actor):
        return true()
    found = dealings()
    here = scopes(actor, Role.OFFICER)
    dealt = exists().where(found.c.organisation_id == OrganisationClaim.organisation_id)
    return or_(dealt.where(found.c.municipality_id.in_(here)), ~dealt)


def is_within(actor: Person, claim: OrganisationClaim) -> bool:
    """Whether a claim is the actor's to look into."""
    found = select(OrganisationClaim.id).where(OrganisationClaim.id == claim.id, within(actor))
    return db.session.scalar(found) is not None


def waiting(actor: Person) -> Sequence[OrganisationClaim]:
    """The open claims for the actor to decide, the oldest first."""
    return db.session.scalars(_shown(_waiting(actor)).order_by(OrganisationClaim.id)).all()


def first_waiting(actor: Person, most: int) -> tuple[Sequence[OrganisationClaim], int]:
    """The oldest claims for the actor to decide, at most so many, and how many there are."""
    numbered = _shown(_waiting(actor)).add_columns(func.count().over())
    rows = db.session.execute(numbered.order_by(OrganisationClaim.id).limit(most)).all()
    return [one for one, _ in rows], rows[0][1] if rows else 0


def count_waiting(actor: Person) -> int:
    """How many claims wait for the actor to decide."""
    found = db.session.scalar(_waiting(actor).with_only_columns(func.count()))
    return found or 0


def _waiting(actor: Person) -> Select[OrganisationClaim]:
    return _for_decision(actor).where(OrganisationClaim.state == ClaimState.MADE)


def decided(actor: Person) -> Sequence[OrganisationClaim]:
    """The claims that ended last, the newest first."""
    return db.session.scalars(
        _shown(_for_decision(actor))
        .where(OrganisationClaim.state != ClaimState.MADE)
        .order_by(OrganisationClaim.ended_at.desc(), OrganisationClaim.id.desc())
        .limit(DECIDED_SHOWN)
    ).all()


def _for_decision(actor: Person) -> Select[OrganisationClaim]:
    """Claims within the actor's, but for those from which their own part keeps them."""
    return select(OrganisationClaim).where(
        within(actor),
        OrganisationClaim.claimant_id != actor.id,
        ~_belonging(actor, OrganisationClaim.organisation_id),
    )


def _shown(claims: Select[OrganisationClaim]) -> Select[OrganisationClaim]:
    """The same with what a list of claims shows of each."""
    return claims.options(
        joinedload(OrganisationClaim.claimant, innerjoin=True),
        joinedload(OrganisationClaim.organisation, innerjoin=True),
    )
