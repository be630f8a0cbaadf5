"""Queries for the administrator's pages: accounts, grants, municipalities, letters and jobs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, func, or_, select, text, tuple_
from sqlalchemy.orm import aliased, contains_eager, joinedload, load_only, selectinload

from portal.core import clock
from portal.core.accounts.administration.hooks import names_of_scopes
from portal.core.accounts.administration.rules import GIVEN_BY_ADMINISTRATOR
from portal.core.accounts.models import Municipality, Organisation, Person, RoleGrant
from portal.core.db import db, matches
from portal.core.formats import alphabetically
from portal.core.messages.models import Message, MessageState
from portal.core.messages.service import ATTEMPTS

PAGE = 30
WAITING_JOBS = text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'")
FAILED_JOBS = text(
    "SELECT task_name AS task, attempts FROM procrastinate_jobs WHERE status = 'failed'"
    " ORDER BY id DESC LIMIT :limit"
)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of accounts, and the key after which the next begins; None on the last."""

    people: Sequence[Person]
    after: UUID | None


@dataclass(frozen=True, slots=True)
class Figures:
    """The counts on the administrator's first page."""

    accounts: int
    roles: int
    municipalities: int
    stuck: int  # letters that no mail server has accepted for a day


def figures() -> Figures:
    """The counts for the first page, in one query."""
    given_up = and_(
        Message.state == MessageState.FAILED,
        Message.attempts >= ATTEMPTS,
        Message.created_at > clock.now() - timedelta(days=30),
    )
    waiting = and_(
        Message.state == MessageState.QUEUED, Message.created_at < clock.now() - timedelta(days=1)
    )
    row = db.session.execute(
        select(
            select(func.count()).select_from(Person).scalar_subquery(),
            select(func.count())
            .select_from(RoleGrant)
            .where(RoleGrant.role.in_(GIVEN_BY_ADMINISTRATOR), RoleGrant.is_living)
            .scalar_subquery(),
            select(func.count()).select_from(Municipality).scalar_subquery(),
            select(func.count())
            .select_from(Message)
            .where(or_(given_up, waiting))
            .scalar_subquery(),
        )
    ).one()
    return Figures(*row)


def accounts(search: str, after: UUID | None) -> Page:
    """Accounts whose name or address contains `search`, by name; `after` is the last seen."""
    order = tuple_(Person.sort_name, Person.id)
    query = select(Person).options(selectinload(Person.grants)).order_by(*order)
    if search:
        query = query.where(matches(search, Person.folded_name, Person.email))
    if after:
        last = aliased(Person)
        query = query.where(
            order > select(last.sort_name, last.id).where(last.id == after).scalar_subquery()
        )
    people = db.session.scalars(query.limit(PAGE + 1)).all()
    return Page(people[:PAGE], people[PAGE - 1].id if len(people) > PAGE else None)


def grants_of(person: Person) -> Sequence[RoleGrant]:
    """All roles that the person holds or has held, newest first, with their scopes."""
    return db.session.scalars(
        select(RoleGrant)
        .where(RoleGrant.person_id == person.id)
        .options(joinedload(RoleGrant.municipality), joinedload(RoleGrant.organisation))
        .order_by(RoleGrant.id.desc())
    ).all()


def grant_of(key: UUID, account: Person) -> RoleGrant | None:
    """This person's grant with this key."""
    return db.session.scalar(
        select(RoleGrant).where(RoleGrant.id == key, RoleGrant.person_id == account.id)
    )


def holders() -> Sequence[RoleGrant]:
    """All living grants that an administrator gives, by municipality, role and name."""
    grants = db.session.scalars(
        select(RoleGrant)
        .join(RoleGrant.person)
        .outerjoin(RoleGrant.municipality)
        .where(
            RoleGrant.role.in_(GIVEN_BY_ADMINISTRATOR),
            RoleGrant.is_living,
            Person.closed_at.is_(None),
        )
        .options(contains_eager(RoleGrant.person), contains_eager(RoleGrant.municipality))
        .order_by(RoleGrant.role, Person.sort_name, RoleGrant.id)
    )
    return alphabetically(grants, lambda one: one.municipality.name if one.municipality else "")


@dataclass(frozen=True, slots=True)
class Outbox:
    """The state of letters and jobs, without the letters' texts."""

    waiting: int
    sent: int
    failed: Sequence[Message]
    hindrance: str  # the error of the newest letter that waits to be retried
    jobs_waiting: int
    jobs_failed: Sequence[Row[Any]]  # task and attempts of each


def outbox() -> Outbox:
    """Counts, and the newest letters and jobs that failed."""
    states = dict(
        db.session.execute(select(Message.state, func.count()).group_by(Message.state)).all()
    )
    failed = db.session.scalars(
        select(Message)
        .where(Message.state == MessageState.FAILED)
        .options(load_only(Message.recipient, Message.template, Message.last_error))
        .order_by(Message.id.desc())
        .limit(PAGE)
    ).all()
    hindrance = db.session.scalar(
        select(Message.last_error)
        .where(Message.state == MessageState.QUEUED, Message.last_error != "")
        .order_by(Message.id.desc())
        .limit(1)
    )
    return Outbox(
        waiting=states.get(MessageState.QUEUED, 0),
        sent=states.get(MessageState.SENT, 0),
        failed=failed,
        hindrance=hindrance or "",
        jobs_waiting=db.session.scalar(WAITING_JOBS) or 0,
        jobs_failed=db.session.execute(FAILED_JOBS, {"limit": PAGE}).all(),
    )


def municipalities() -> Sequence[Municipality]:
    """All municipalities, by name."""
    return alphabetically(db.session.scalars(select(Municipality)), lambda one: one.name)


def municipality(key: UUID) -> Municipality | None:
    return db.session.get(Municipality, key)


def scope_names(grants: Sequence[RoleGrant]) -> dict[UUID, str]:
    """The names of the grants' scopes by key; one query per wing."""
    known: dict[UUID, str] = {}
    for grant in grants:
        if grant.municipality is not None:
            known[grant.municipality.id] = str(grant.municipality.name)
        elif grant.organisation is not None:
            known[grant.organisation.id] = grant.organisation.name
    others = [grant.scope_id for grant in grants if grant.scope_id and grant.scope_id not in known]
    return known | _named_by_wings(others)


def scope_name(key: UUID) -> str:
    """The name of a scope; "" for an unknown one."""
    own = db.session.get(Municipality, key) or db.session.get(Organisation, key)
    return str(own.name) if own is not None else _named_by_wings([key]).get(key, "")


def _named_by_wings(keys: Sequence[UUID]) -> dict[UUID, str]:
    return dict(names_of_scopes(keys)) if keys else {}
