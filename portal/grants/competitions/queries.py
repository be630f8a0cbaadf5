"""Queries on competitions. Visibility is filtered in SQL."""

from collections.abc import Collection, Sequence
from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, or_, select
from sqlalchemy.orm import joinedload

from portal.core.accounts.models import MUNICIPAL, Municipality, Person, Role
from portal.core.accounts.rights import scopes
from portal.core.db import db
from portal.core.formats import alphabetically
from portal.core.periods import Instant, has_come, in_time
from portal.grants.competitions.inquiries.models import Inquiry
from portal.grants.competitions.models import (
    CallDocument,
    CallDocumentVersion,
    Competition,
    CompetitionState,
    Criterion,
    TermsVersion,
)
from portal.grants.competitions.rules import STORED, Phase
from portal.grants.competitions.terms.rules import Terms

Child = TypeVar("Child", Criterion, Inquiry, CallDocument)


def visible(actor: Person | None) -> ColumnElement[bool]:
    """The condition for competitions that the actor may see: announced ones, and drafts of their
    own board."""
    return or_(Competition.announced_at.is_not(None), of_board(actor))


def in_phase(stand: Phase, now: Instant) -> ColumnElement[bool]:
    """The condition for competitions in a phase at `now`: rules.phase in SQL."""
    if stand not in (Phase.ANNOUNCED, Phase.OPEN, Phase.CLOSED):
        return Competition.state == STORED[stand]
    opened, in_its_time = has_come(Competition.opens_at, now), in_time(Competition.deadline, now)
    by_the_clock = {
        Phase.ANNOUNCED: ~opened,
        Phase.OPEN: opened & in_its_time,
        Phase.CLOSED: opened & ~in_its_time,
    }
    return and_(Competition.state == CompetitionState.ANNOUNCED, by_the_clock[stand])


def of_board(actor: Person | None, *roles: Role) -> ColumnElement[bool]:
    """Competitions of the boards in which the actor has one of `roles`, or any."""
    return Competition.municipality_id.in_(scopes(actor, *(roles or MUNICIPAL)))


_BY_SLUG = (
    select(Competition)
    .where(Competition.slug == bindparam("slug"))
    .options(joinedload(Competition.municipality, innerjoin=True))
)


def by_slug(slug: str) -> Competition | None:
    """The competition with its municipality; for the loader, without a check of rights."""
    return db.session.scalar(_BY_SLUG, {"slug": slug})


def codes(keys: Collection[UUID]) -> dict[UUID, str]:
    """The codes of competitions by their keys, for readers who see no more of them."""
    found = db.session.execute(
        select(Competition.id, Competition.code).where(Competition.id.in_(keys))
    )
    return {row.id: row.code for row in found}


def terms_of(competition: Competition, version: int) -> Terms:
    """The terms of a version, to which a seal refers."""
    content = db.session.scalars(
        select(TermsVersion.content["terms"]).where(
            TermsVersion.competition_id == competition.id, TermsVersion.number == version
        )
    ).one()
    return Terms.read(content)


def within(competition: Competition, kind: type[Child], key: UUID) -> Child | None:
    """The part of this competition with this key, or None."""
    return db.session.scalar(
        select(kind).where(kind.id == key, kind.competition_id == competition.id)
    )


def document_version(document: CallDocument, number: int) -> CallDocumentVersion | None:
    """One version of the document, with its file."""
    return db.session.scalar(
        select(CallDocumentVersion)
        .where(
            CallDocumentVersion.document_id == document.id,
            CallDocumentVersion.number == number,
        )
        .options(joinedload(CallDocumentVersion.file, innerjoin=True))
    )


def board_list(actor: Person) -> Sequence[Competition]:
    """The competitions of the actor's boards, latest first."""
    return db.session.scalars(
        select(Competition)
        .where(of_board(actor))
        .order_by(Competition.opens_at.desc(), Competition.code)
        .options(joinedload(Competition.municipality, innerjoin=True))
    ).all()


def own_municipalities(actor: Person) -> Sequence[Municipality]:
    """The municipalities for which the actor prepares calls, by name."""
    own = select(Municipality).where(Municipality.id.in_(scopes(actor, Role.OFFICER)))
    return alphabetically(db.session.scalars(own), lambda one: one.name)
