"""Queries on the history of roles: each change of each grant, newest first.

The journal gives who did it and when; the grant gives person and scope.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Text,
    Uuid,
    case,
    cast,
    column,
    func,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased

from portal.core.accounts.models import Municipality, Organisation, Person, Role, RoleGrant
from portal.core.accounts.rights import is_administrator, scopes
from portal.core.audit.models import TOUCHES_ROLES, JournalEntry
from portal.core.db import Words, db, matches
from portal.core.formats import alphabetically
from portal.grants.competitions.models import Competition

PAGE = 50
PREFIX = "role_grants:"

Cursor = tuple[int, UUID]  # entry and grant after which a page begins


@dataclass(frozen=True, slots=True)
class Filters:
    """Filters: a part of a name or address, and a municipality or competition."""

    name: str = ""
    where: UUID | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A change of a grant."""

    number: int
    at: datetime
    who: str | None  # None: the portal itself
    grant: UUID
    person: str
    role: Role
    where: str  # empty: everywhere
    change: Mapping[str, Sequence[Any]]  # the grant's columns, before and after
    order_number: str
    order_date: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines, and the cursor of the next page, if there is more."""

    lines: Sequence[Line]
    after: Cursor | None


def page(actor: Person, filters: Filters, after: Cursor | None) -> Page:
    """The lines that follow `after`; one query."""
    query = _lines(actor, filters)
    if after is not None:
        query = query.where(tuple_(JournalEntry.number, RoleGrant.id) < tuple_(*after))
    lines = [_line(row) for row in db.session.execute(query.limit(PAGE + 1))]
    last = lines[PAGE - 1] if len(lines) > PAGE else None
    return Page(lines[:PAGE], (last.number, last.grant) if last else None)


def every(actor: Person, filters: Filters) -> list[Line]:
    """All lines, for a file."""
    return [_line(row) for row in db.session.execute(_lines(actor, filters))]


def places(actor: Person) -> list[tuple[UUID, str]]:
    """The municipalities and competitions whose roles the actor may read, by key; two queries."""
    municipalities, competitions = select(Municipality), select(Competition.id, Competition.code)
    if not is_administrator(actor):
        audited = scopes(actor, Role.AUDITOR)
        municipalities = municipalities.where(Municipality.id.in_(audited))
        competitions = competitions.where(Competition.municipality_id.in_(audited))
    named = alphabetically(db.session.scalars(municipalities), lambda one: one.name)
    coded = db.session.execute(competitions.order_by(Competition.code))
    return [*((one.id, str(one.name)) for one in named), *((row.id, row.code) for row in coded)]


def _lines(actor: Person, filters: Filters) -> Select[*tuple[Any, ...]]:
    author = aliased(Person)
    rows = (
        func.jsonb_each(JournalEntry.changes)
        .table_valued(column("key", Text), column("value", JSONB), name="rows")
        .lateral()
    )
    # The key of the grant; casting other rows' keys would fail.
    key = case(
        (rows.c.key.startswith(PREFIX), cast(func.substr(rows.c.key, len(PREFIX) + 1), Uuid))
    )
    return (
        select(
            *(JournalEntry.number, JournalEntry.at, author.name.label("who")),
            *(RoleGrant.id, RoleGrant.role, RoleGrant.order_number, RoleGrant.order_date),
            Person.name.label("person"),
            Municipality.name.label("municipality"),
            Competition.code,
            Organisation.name.label("organisation"),
            rows.c.value.label("change"),
            JournalEntry.facts["reason"].astext.label("reason"),
        )
        .select_from(JournalEntry)
        .join(rows, true())
        .join(RoleGrant, RoleGrant.id == key)
        .join(Person, Person.id == RoleGrant.person_id)
        .outerjoin(author, author.id == JournalEntry.actor_id)
        .outerjoin(Municipality, Municipality.id == RoleGrant.scope_id)
        .outerjoin(Competition, Competition.id == RoleGrant.scope_id)
        .outerjoin(Organisation, Organisation.id == RoleGrant.scope_id)
        .where(sql(TOUCHES_ROLES), *_narrowed(actor, filters))
        .order_by(JournalEntry.number.desc(), RoleGrant.id.desc())
    )


def _narrowed(actor: Person, filters: Filters) -> Iterator[ColumnElement[bool]]:
    if not is_administrator(actor):
        audited = scopes(actor, Role.AUDITOR)
        yield or_(RoleGrant.scope_id.in_(audited), Competition.municipality_id.in_(audited))
    if filters.where is not None:
        yield or_(
            RoleGrant.scope_id == filters.where,
            Competition.municipality_id == filters.where,
        )
    if filters.name:
        yield matches(filters.name, Person.folded_name, Person.email)


def _line(row: Row[Any]) -> Line:
    municipality: Words | None = row.municipality
    return Line(
        number=row.number,
        at=row.at,
        who=row.who,
        grant=row.id,
        person=row.person,
        role=row.role,
        where=str(municipality or row.code or row.organisation or ""),
        change=row.change,
        order_number=row.order_number,
        order_date=row.order_date,
        reason=row.reason or "",
    )
