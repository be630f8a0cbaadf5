"""Recipients of letters about an application, and the state of sent letters."""

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
from portal.core.messages.composing import Address
from portal.core.messages.models import Message, MessageState
from portal.core.messages.service import is_address
from portal.grants.applications.correspondence.models import Letter
from portal.grants.applications.correspondence.rights import Right
from portal.grants.applications.models import Application
from portal.grants.competitions.hooks import Outlook
from portal.grants.competitions.models import Competition

# ------------------------------------------------------------------- before sending


@dataclass(frozen=True, slots=True)
class Reach:
    """The present recipients of letters about an application."""

    application: Application
    people: Sequence[Person]  # who may write for the applicant: owners and editors
    address: str  # without any: the address given on paper, or else the organisation's

    @property
    def readers(self) -> Sequence[Person | Address]:
        """The recipients of the e-mail."""
        if self.people or not self.address:
            return self.people
        return [Address(self.address, self.application.language)]

    @property
    def by_post(self) -> bool:
        """Whether it is posted. Letters about drafts are not: that would tell the board whose they
        are."""
        return not self.readers and self.application.number is not None


def reach(applications: Collection[Application]) -> list[Reach]:
    """The recipients for these applications; one query, if organisations are loaded."""
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
    """The recipients of letters to all with a draft or a submission in the call."""
    applications = db.session.scalars(
        select(Application)
        .where(Application.competition_id == competition.id, Application.deleted_at.is_(None))
        .options(joinedload(Application.organisation, innerjoin=True))
        .order_by(Application.ordinal, Application.id)
    ).all()
    return reach(applications)


def outlook(reached: Collection[Reach]) -> Outlook:
    """The numbers of recipients, shown before sending."""
    return Outlook(
        people=len({person.id for one in reached for person in one.people}),
        addresses=tuple({one.address: None for one in reached if one.address and not one.people}),
        by_post=tuple(one.application.number or "" for one in reached if one.by_post),
        nobody=sum(not one.readers and not one.by_post for one in reached),
    )


def outlook_of(applications: Collection[Application]) -> Outlook:
    """The numbers of recipients of letters about these applications."""
    return outlook(reach(applications))


# -------------------------------------------------------------------- after sending


class LetterState(StrEnum):
    """The state of a letter."""

    UNDER_WAY = "under_way"
    SENT = "sent"
    BY_POST = "by_post"  # there is no e-mail recipient
    REFUSED = "refused"  # every e-mail was refused: it has to be posted as well
    POSTED = "posted"


@dataclass(frozen=True, slots=True)
class Mail:
    """One of the e-mails of a letter."""

    address: str
    state: MessageState


@dataclass(frozen=True, slots=True)
class Sent:
    """A sent letter with its state, for pages."""

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
        """The best state of its e-mails; `waits_for_post` in SQL."""
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
    """The letters about an application, latest first; one query."""
    return _read(_letters().where(Letter.application_id == application.id))


def sent_letter(letter: Letter) -> Sent:
    """The state of one letter."""
    (found,) = _read(_letters().where(Letter.id == letter.id))
    return found


def sent_about(matters: Collection[str]) -> dict[str, Sent]:
    """The letters about these matters, each of one application; one query."""
    if not matters:
        return {}
    return {one.matter: one for one in _read(_letters().where(Letter.matter.in_(matters)))}


def _letters() -> Select[Any]:
    """Letters joined with their e-mails, one row per e-mail."""
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
    """The condition that a letter has no e-mail, or only refused ones, and is not posted yet."""
    return and_(
        Letter.posted_on.is_(None),
        ~exists().where(
            Message.id == func.any(Letter.messages), Message.state != MessageState.FAILED
        ),
    )


def to_post(actor: Person, competition: Competition | None = None) -> list[Letter]:
    """The letters that the actor has to post, oldest first; of one competition, or of all."""
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
    """Whether this letter has to be posted."""
    found = select(Letter.id).where(Letter.id == letter.id, waits_for_post())
    return db.session.scalar(found) is not None


def letter_about(matter: str) -> Letter | None:
    """The letter about a matter of one application; None before it was sent."""
    return db.session.scalar(select(Letter).where(Letter.matter == matter))
