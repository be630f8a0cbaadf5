"""Whom a letter about an application finds, and what became of those that were sent."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, select
from sqlalchemy.orm import contains_eager, joinedload

from portal.core.access import decide
from portal.core.accounts.models import Person, Role, RoleGrant
from portal.core.accounts.rights import scopes
from portal.core.db import db
from portal.core.messages.letter import Address
from portal.core.messages.models import Message, MessageState
from portal.core.messages.service import is_address
from portal.grants.applications.correspondence.models import Letter
from portal.grants.applications.correspondence.rights import Right
from portal.grants.applications.models import Application
from portal.grants.competitions.hooks import Outlook
from portal.grants.competitions.models import Competition

# ------------------------------------------------------------------- before


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a letter about an application finds today."""

    application: Application
    people: Sequence[Person]  # who may write for the applicant: owners and editors
    address: str  # where there are none: the one given on paper, or else the organisation's

    @property
    def readers(self) -> Sequence[Person | Address]:
        """Who gets the e-mail."""
        if self.people or not self.address:
            return self.people
        return [Address(self.address, self.application.language)]

    @property
    def by_post(self) -> bool:
        """Whether it goes on paper. A draft's does not: that would tell the board whose it is."""
        return not self.readers and self.application.number is not None


def reach(applications: Collection[Application]) -> list[Reach]:
    """Whom letters about these applications find; one query, where organisations are loaded."""
    living = db.session.execute(
        select(RoleGrant.scope_id, Person)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(
            RoleGrant.scope_id.in_({one.organisation_id for one in applications}),
            RoleGrant.role.in_([Role.OWNER, Role.EDITOR]),
            Person.closed_at.is_(None),
            RoleGrant.is_living,
        )
        .order_by(Person.sort_name, Person.id)
        .distinct()
    )
    people: dict[UUID | None, list[Person]] = {}
    for organisation, person in living:
        people.setdefault(organisation, []).append(person)
    return [
        Reach(
            one,
            people.get(one.organisation_id, ()),
            next(filter(is_address, (one.email, one.organisation.email or "")), ""),
        )
        for one in applications
    ]


def reach_in(competition: Competition) -> list[Reach]:
    """Whom letters to all find who have a draft or a submission in the call."""
    applications = db.session.scalars(
        select(Application)
        .where(Application.competition_id == competition.id, Application.deleted_at.is_(None))
        .options(joinedload(Application.organisation, innerjoin=True))
        .order_by(Application.ordinal, Application.id)
    ).all()
    return reach(applications)


def outlook(reached: Collection[Reach]) -> Outlook:
    """The same in numbers, for the page on which somebody is about to write."""
    return Outlook(
        people=len({person.id for one in reached for person in one.people}),
        addresses=tuple({one.address: None for one in reached if one.address and not one.people}),
        by_post=tuple(one.application.number or "" for one in reached if one.by_post),
        nobody=sum(not one.readers and not one.by_post for one in reached),
    )


def outlook_of(applications: Collection[Application]) -> Outlook:
    """Whom letters about these applications will find."""
    return outlook(reach(applications))


# -------------------------------------------------------------------- after


class LetterState(StrEnum):
    """Where a letter is."""

    UNDER_WAY = "under_way"
    SENT = "sent"
    BY_POST = "by_post"  # there is nobody to write an e-mail to
    REFUSED = "refused"  # every e-mail was: it has to go by post as well
    POSTED = "posted"


@dataclass(frozen=True, slots=True)
class Mail:
    """One of the e-mails that told of a letter."""

    address: str
    state: MessageState


@dataclass(frozen=True, slots=True)
class Sent:
    """A letter as the pages show it beside what it is about."""

    id: UUID
    matter: str
    title: str
    language: str
    at: datetime
    mails: Sequence[Mail]
    posted_on: date | None
    posted_by: str | None

    @property
    def state(self) -> LetterState:
        """The best that can be said of it; `waits_for_post` in SQL."""
        states = {one.state for one in self.mails}
        if self.posted_on:
            return LetterState.POSTED
        if not states:
            return LetterState.BY_POST
        if states == {MessageState.FAILED}:
            return LetterState.REFUSED
        return LetterState.UNDER_WAY if MessageState.QUEUED in states else LetterState.SENT

    @property
    def refused(self) -> int:
        """How many of its e-mails were refused."""
        return sum(one.state is MessageState.FAILED for one in self.mails)


def sent(application: Application) -> list[Sent]:
    """The letters about an application, the latest first; one query."""
    return _read(_letters().where(Letter.application_id == application.id))


def sent_letter(letter: Letter) -> Sent:
    """What became of one letter."""
    (found,) = _read(_letters().where(Letter.id == letter.id))
    return found


def sent_about(matters: Collection[str]) -> dict[str, Sent]:
    """The letters about these matters, each about one application; one query, however many."""
    if not matters:
        return {}
    return {one.matter: one for one in _read(_letters().where(Letter.matter.in_(matters)))}


def _letters() -> Select[Any]:
    """Letters with their e-mails, a row for each of these."""
    return (
        select(
            Letter.id,
            Letter.matter,
            Letter.content["title"].astext.label("title"),
            Letter.language,
            Letter.created_at,
            Letter.posted_on,
            Person.name,
            Message.recipient,
            Message.state,
        )
        .outerjoin(Person, Person.id == Letter.posted_by_id)
        .outerjoin(Message, Message.id == func.any(Letter.messages))
        .order_by(Letter.created_at.desc(), Letter.id.desc(), Message.recipient)
    )


def _read(query: Select[Any]) -> list[Sent]:
    rows: dict[UUID, list[Row[Any]]] = {}
    for row in db.session.execute(query):
        rows.setdefault(row.id, []).append(row)
    return [_sent(found) for found in rows.values()]


def _sent(rows: Sequence[Row[Any]]) -> Sent:
    first = rows[0]
    return Sent(
        id=first.id,
        matter=first.matter,
        title=first.title,
        language=first.language,
        at=first.created_at,
        mails=[Mail(row.recipient, row.state) for row in rows if row.state is not None],
        posted_on=first.posted_on,
        posted_by=first.name,
    )


def waits_for_post() -> ColumnElement[bool]:
    """Letters that nobody can have read: without an e-mail, or refused, and not posted yet."""
    return and_(
        Letter.posted_on.is_(None),
        ~exists().where(
            Message.id == func.any(Letter.messages), Message.state != MessageState.FAILED
        ),
    )


def to_post(actor: Person, competition: Competition | None = None) -> list[Letter]:
    """The letters that the actor is to post, the oldest first; of one competition, or of all."""
    query = (
        select(Letter)
        .join(Letter.application)
        .join(Application.competition)
        .where(
            Competition.municipality_id.in_(scopes(actor, Role.OFFICER)),
            waits_for_post(),
        )
        .options(
            contains_eager(Letter.application).contains_eager(Application.competition),
            contains_eager(Letter.application).joinedload(Application.counted, innerjoin=True),
        )
        .order_by(Letter.created_at, Letter.id)
    )
    if competition is not None:
        query = query.where(Application.competition_id == competition.id)
    return [
        one
        for one in db.session.scalars(query)
        if decide(Right.POST, actor, one.application.competition, one.application, one)
    ]


def waits(letter: Letter) -> bool:
    """Whether this letter has to go by post."""
    found = select(Letter.id).where(Letter.id == letter.id, waits_for_post())
    return db.session.scalar(found) is not None


def letter_about(matter: str) -> Letter | None:
    """The letter about a matter that concerns one application, or None before it was sent."""
    return db.session.scalar(select(Letter).where(Letter.matter == matter))
