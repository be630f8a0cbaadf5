"""Queries on claims, for claimants, members and those who decide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Exists,
    Select,
    and_,
    exists,
    func,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased, joinedload

from portal.core.accounts.claims.hooks import dealings
from portal.core.accounts.claims.models import Capacity, ClaimState, OrganisationClaim
from portal.core.accounts.models import Municipality, Organisation, Person, Role, RoleGrant
from portal.core.accounts.organisations.queries import members
from portal.core.accounts.rights import is_administrator, scopes
from portal.core.db import Words, db
from portal.core.formats import alphabetically
from portal.core.messages.models import Message

DECIDED_SHOWN = EARLIER_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Received:
    """How many applications name an organisation in one municipality."""

    municipality: Words
    applied: int
    partnered: int


@dataclass(frozen=True, slots=True)
class ClaimDetails:
    """What the page of a claim shows to the officer who decides it.

    The members, and the letter by which each was notified, by the keys of their roles; the
    organisation's applications; other open claims of it; earlier claims of it and by the claimant.
    """

    claim: OrganisationClaim
    members: Sequence[RoleGrant]
    told: Mapping[UUID, Message]
    dealt: Sequence[Received]
    others: Sequence[OrganisationClaim]
    earlier: Sequence[OrganisationClaim]

    @property
    def seen(self) -> str:
        """The digest of claim and members that the approval form carries."""
        return seen(self.claim, self.members)

    @property
    def other_members(self) -> Sequence[RoleGrant]:
        """The members besides the claimant."""
        return [one for one in self.members if one.person_id != self.claim.claimant_id]


def seen(claim: OrganisationClaim, members: Sequence[RoleGrant]) -> str:
    """A digest of claim and members, to notice changes after the approval form was shown."""
    shown: list[object] = [claim.claimant.name, claim.organisation.name, claim.answer]
    for one in members:
        shown += [one.id, one.person.name, one.person.email, one.person.closed_at]
    return sha256("\0".join(map(str, shown)).encode()).hexdigest()[:16]


def by_number(registration_number: str) -> Organisation | None:
    """The organisation with this registration number."""
    return db.session.scalars(
        select(Organisation).where(Organisation.registration_number == registration_number)
    ).one_or_none()


def own(actor: Person) -> Sequence[OrganisationClaim]:
    """The actor's own claims, newest first."""
    return db.session.scalars(
        select(OrganisationClaim)
        .where(OrganisationClaim.claimant_id == actor.id)
        .options(joinedload(OrganisationClaim.organisation))
        .order_by(OrganisationClaim.id.desc())
    ).all()


def count_open(claimant: Person) -> int:
    """The number of a person's open claims."""
    return _count(
        OrganisationClaim.claimant_id == claimant.id, OrganisationClaim.state == ClaimState.MADE
    )


def made_by(claimant: Person, *, since: datetime) -> Sequence[datetime]:
    """The times since `since` at which a person made claims of any state, ascending."""
    return db.session.scalars(
        select(OrganisationClaim.created_at)
        .where(OrganisationClaim.claimant_id == claimant.id, OrganisationClaim.created_at > since)
        .order_by(OrganisationClaim.created_at)
    ).all()


def count_made_of(organisation: Organisation, *, since: datetime) -> int:
    """The number of claims of an organisation made since then, of any state."""
    return _count(
        OrganisationClaim.organisation_id == organisation.id, OrganisationClaim.created_at > since
    )


def _count(*which: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count(OrganisationClaim.id)).where(*which)) or 0


def on(organisation: Organisation) -> Sequence[OrganisationClaim]:
    """The open claims of an organisation, oldest first, each with its claimant."""
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
    """A claim with everything that its pages show."""
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


def facts(claim: OrganisationClaim) -> ClaimDetails:
    """What the deciding officer is shown: counts only, no content of applications."""
    belonging = members(claim.organisation)
    keys = {telling(claim, one): one.id for one in belonging}
    letters = db.session.scalars(select(Message).where(Message.key.in_(keys)))
    return ClaimDetails(
        claim=claim,
        members=belonging,
        told={keys[letter.key]: letter for letter in letters},
        dealt=_dealt(claim.organisation),
        others=[one for one in on(claim.organisation) if one.id != claim.id],
        earlier=_earlier(claim),
    )


def telling(claim: OrganisationClaim, member: RoleGrant) -> str:
    """The deduplication key of the letter that notifies a member of a claim."""
    return f"claimed:{claim.id}:{member.person_id}"


def _earlier(claim: OrganisationClaim) -> Sequence[OrganisationClaim]:
    """Ended claims of this organisation and by this claimant, by time of decision."""
    earlier = aliased(OrganisationClaim)
    return db.session.scalars(
        select(earlier)
        .where(
            earlier.id != claim.id,
            earlier.state != ClaimState.MADE,
            or_(
                earlier.organisation_id == claim.organisation_id,
                earlier.registration_number == claim.registration_number,
                earlier.claimant_id == claim.claimant_id,
            ),
        )
        .options(
            joinedload(earlier.claimant, innerjoin=True),
            joinedload(earlier.decided_by),
        )
        .order_by(earlier.decided_by_id.is_(None), earlier.id.desc())
        .limit(EARLIER_SHOWN)
    ).all()


def _dealt(organisation: Organisation) -> list[Received]:
    found = union_all(*dealings()).subquery("dealings")
    applied, partnered = (
        func.count().filter(found.c.capacity == capacity)
        for capacity in (Capacity.APPLICANT, Capacity.PARTNER)
    )
    rows = db.session.execute(
        select(Municipality.name, applied, partnered)
        .join(found, found.c.municipality_id == Municipality.id)
        .where(found.c.organisation_id == organisation.id)
        .group_by(Municipality.id)
    )
    return [Received(*row) for row in alphabetically(rows, lambda row: row.name)]


def has_belonged(actor: Person, organisation: Organisation) -> bool:
    """Whether the actor is or was a member of the organisation."""
    return bool(db.session.scalar(select(_belonging(actor, organisation.id))))


def _belonging(actor: Person, organisation_id: UUID | InstrumentedAttribute[UUID]) -> Exists:
    """Whether the actor is or was a member of the organisation; the trigger on claims uses the same
    condition."""
    return exists().where(RoleGrant.person_id == actor.id, RoleGrant.scope_id == organisation_id)


def within(actor: Person) -> ColumnElement[bool]:
    """The claims in the actor's remit, as a condition on their rows.

    An administrator's are all. An officer's are those of organisations that have dealings with
    their municipality or with none. After one claim of an organisation is decided, later ones
    belong to that officer's municipality: a claimant cannot try one municipality after another.
    """
    if is_administrator(actor):
        return true()
    found = union_all(*dealings()).subquery("dealings")
    here = scopes(actor, Role.OFFICER)
    dealt = exists().where(found.c.organisation_id == OrganisationClaim.organisation_id)
    decided, decider = aliased(OrganisationClaim), aliased(RoleGrant)
    before = exists().where(
        decided.decided_by_id.is_not(None),
        or_(
            decided.organisation_id == OrganisationClaim.organisation_id,
            decided.registration_number == OrganisationClaim.registration_number,
        ),
        or_(OrganisationClaim.ended_at.is_(None), decided.ended_at < OrganisationClaim.ended_at),
    )
    before_here = before.where(
        decider.person_id == decided.decided_by_id,
        decider.role == Role.OFFICER,
        decider.scope_id.in_(here),
    )
    return or_(
        before_here,
        and_(~before, or_(dealt.where(found.c.municipality_id.in_(here)), ~dealt)),
    )


def is_within(actor: Person, claim: OrganisationClaim) -> bool:
    """Whether the claim is in the actor's remit."""
    return _count(OrganisationClaim.id == claim.id, within(actor)) > 0


def waiting(actor: Person) -> Sequence[OrganisationClaim]:
    """The open claims that the actor may decide, oldest first."""
    return db.session.scalars(_shown(_waiting(actor)).order_by(OrganisationClaim.id)).all()


def first_waiting(actor: Person, most: int) -> tuple[Sequence[OrganisationClaim], int]:
    """At most `most` of the oldest claims for the actor to decide, and how many there are in
    all."""
    numbered = _shown(_waiting(actor)).add_columns(func.count().over())
    rows = db.session.execute(numbered.order_by(OrganisationClaim.id).limit(most)).all()
    return [one for one, _ in rows], rows[0][1] if rows else 0


def count_waiting(actor: Person) -> int:
    """How many claims the actor may decide."""
    return db.session.scalar(_waiting(actor).with_only_columns(func.count())) or 0


def _waiting(actor: Person) -> Select[OrganisationClaim]:
    return _for_decision(actor).where(OrganisationClaim.state == ClaimState.MADE)


def decided(actor: Person) -> Sequence[OrganisationClaim]:
    """The most recently ended claims, newest first."""
    return db.session.scalars(
        _shown(_for_decision(actor))
        .where(OrganisationClaim.state != ClaimState.MADE)
        .order_by(OrganisationClaim.ended_at.desc(), OrganisationClaim.id.desc())
        .limit(DECIDED_SHOWN)
    ).all()


def _for_decision(actor: Person) -> Select[OrganisationClaim]:
    """Claims in the actor's remit without those of organisations to which the actor belongs or
    belonged."""
    return select(OrganisationClaim).where(
        within(actor),
        OrganisationClaim.claimant_id != actor.id,
        ~_belonging(actor, OrganisationClaim.organisation_id),
    )


def _shown(claims: Select[OrganisationClaim]) -> Select[OrganisationClaim]:
    return claims.options(
        joinedload(OrganisationClaim.claimant, innerjoin=True),
        joinedload(OrganisationClaim.organisation, innerjoin=True),
    )
