"""Queries on a competition's journal. The view has checked the right to the competition."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Subquery,
    Text,
    cast,
    column,
    func,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB

from portal.core import clock
from portal.core.accounts.models import Person
from portal.core.audit.models import JournalEntry
from portal.core.audit.queries import PAGE, entries_within
from portal.core.db import db
from portal.core.formats import alphabetically
from portal.core.stages import vocabulary
from portal.grants.applications.rights import is_unsealed
from portal.grants.competitions.models import Competition
from portal.grants.evaluation.committee.queries import closed_to
from portal.site.journal import labels
from portal.site.journal.rules import NOTHING, Change

T = TypeVar("T")
EXPORTED_AT_ONCE = 500  # entries
_NOTHING = [json.dumps(one, sort_keys=True) for one in NOTHING]  # as PostgreSQL writes them


@dataclass(frozen=True, slots=True)
class Line:
    """An entry for the page."""

    number: int
    at: datetime
    who: str | None  # None: the portal itself
    event: str
    about: str  # an application's number, or ""
    facts: dict[str, object]
    changes: list[Change]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the journal, newest first, and the number for the next page, if there is more."""

    lines: list[Line]
    before: int | None
    about: Mapping[str, str]  # the owner or name of a changed row, by its key


@dataclass(frozen=True, slots=True)
class Filters:
    """Filters within what the reader may see."""

    thing: str = ""  # a table: changes of its rows
    number: str = ""  # of an application
    person: UUID | None = None  # the actor
    event: str = ""
    first_day: date | None = None  # days in Riga, inclusive
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class FilterChoices:
    """The choices of the filters, from the entries that the reader may see."""

    things: list[tuple[str, str]]  # each with its label
    events: list[tuple[str, str]]
    people: list[tuple[UUID, str]]


def page(
    actor: Person,
    competition: Competition,
    filters: Filters,
    before: int | None = None,
    limit: int = PAGE,
) -> Page:
    """Entries older than `before`; a constant number of queries.

    Of an application that is closed to the actor only the event is shown.
    """
    closed = closed_to(actor, competition)
    visible = _visible(competition, closed)
    found = entries_within(
        competition.id,
        *(_open_to_the_board(competition), *_narrowed(filters, visible)),
        before=before,
        limit=limit + 1,
    )
    entries = found[:limit]
    known = vocabulary()
    numbers, changes = _texts_of(entries, known.numbers), _changes(entries, visible)
    return Page(
        lines=[
            Line(
                number=entry.number,
                at=entry.at,
                who=entry.actor.name if entry.actor else None,
                event=labels.event(entry.event),
                about=about,
                facts={} if about in closed else entry.facts,
                changes=changes.get(entry.number, []),
            )
            for entry in entries
            for about in [numbers.get(str(entry.subject_id), "")]
        ],
        before=found[limit - 1].number if len(found) > limit else None,
        about=numbers | _texts_of(entries, known.people) | _texts_of(entries, known.titles),
    )


def pages(actor: Person, competition: Competition, filters: Filters) -> Iterator[Page]:
    """All entries of `page`, for a file, some hundreds at a time."""
    before = None
    while True:
        found = page(actor, competition, filters, before, limit=EXPORTED_AT_ONCE)
        yield found
        if found.before is None:
            return
        before = found.before


def choices(actor: Person, competition: Competition, filters: Filters) -> FilterChoices:
    """The filters' choices and the present ones; two queries, and those of what is closed."""
    rows = db.session.execute(
        select(JournalEntry.subject_type, JournalEntry.event, Person.id, Person.name)
        .distinct()
        .outerjoin(JournalEntry.actor)
        .where(JournalEntry.scope_id == competition.id, _open_to_the_board(competition))
    ).all()
    visible = _visible(competition, closed_to(actor, competition))
    changed = db.session.scalars(select(visible.c.table).distinct())
    things = {*changed, *(row.subject_type for row in rows), filters.thing}
    events = {row.event for row in rows} | {filters.event}
    return FilterChoices(
        things=_by_words((code, labels.table(code)) for code in things if code),
        events=_by_words((code, labels.event(code)) for code in events if code),
        people=_by_words({(row.id, row.name) for row in rows if row.id}),
    )


def _by_words(choices: Iterable[tuple[T, str]]) -> list[tuple[T, str]]:
    return alphabetically(choices, lambda one: one[1])


def _open_to_the_board(competition: Competition) -> ColumnElement[bool]:
    """The entries that the board may see; used by page, filters, choices and file."""
    known = vocabulary()
    private = known.private if is_unsealed(competition) else known.private | known.sealed
    return JournalEntry.event.not_in(private)


def _visible(competition: Competition, closed: Collection[str]) -> Subquery:
    """The visible changes of a competition's entries, a row for each column of each row. None of
    the applications with `closed` numbers."""
    known = vocabulary()
    rows = _each(JournalEntry.changes, "rows")
    columns = _each(rows.c.value, "columns")
    table, key = (func.split_part(rows.c.key, ":", place) for place in (1, 2))
    before, after = (columns.c.value[place] for place in (0, 1))
    # Empty columns of new rows are left out.
    says_something = or_(*(cast(one, Text).not_in(_NOTHING) for one in (before, after)))
    found = (
        select(
            *(JournalEntry.number, table.label("table"), key.label("key")),
            *(columns.c.key.label("column"), before.label("before"), after.label("after")),
            *(rows.c.nth.label("row"), columns.c.nth.label("place")),
        )
        .select_from(JournalEntry)
        .join(rows, true())
        .join(columns, true())
        .where(
            JournalEntry.scope_id == competition.id,
            _open_to_the_board(competition),
            table.in_(known.tables),
            columns.c.key.not_in(known.internal),
            ~columns.c.key.endswith("_id", autoescape=True),
            says_something,
        )
    )
    if closed:
        hidden = _rows_of(lambda number: number.in_(closed)).subquery().c[0]
        found = found.where(
            key.not_in(select(cast(hidden, Text))),
            or_(
                JournalEntry.subject_id.is_(None),
                JournalEntry.subject_id.not_in(select(hidden)),
            ),
            # A gap in the places of the others would reveal the one that is left out.
            columns.c.key != "place",
        )
    return found.subquery()


def _each(pairs: Any, name: str) -> FromClause:
    """The pairs of a JSON object, numbered in their order."""
    parts = (column("key", Text), column("value", JSONB))
    found = func.jsonb_each(pairs).table_valued(*parts, with_ordinality="nth", name=name)
    return found.render_derived().lateral()


def _changes(entries: Sequence[JournalEntry], visible: Subquery) -> dict[int, list[Change]]:
    """The visible changes by the number of their entry; one query."""
    numbers = [entry.number for entry in entries]
    found: dict[int, list[Change]] = {}
    for row in db.session.execute(
        select(visible)
        .where(visible.c.number.in_(numbers))
        .order_by(visible.c.number, visible.c.row, visible.c.place)
    ):
        changes = found.setdefault(row.number, [])
        changes += labels.changes(row.table, row.key, row.column, row.before, row.after)
    return found


def _narrowed(filters: Filters, visible: Subquery) -> Iterator[ColumnElement[bool]]:
    if filters.thing:
        yield _is_about(filters.thing, visible)
    if filters.number:
        own = _rows_of(lambda number: number == filters.number).subquery().c[0]
        changed = select(visible.c.number).where(visible.c.key.in_(select(cast(own, Text))))
        yield or_(JournalEntry.subject_id.in_(select(own)), JournalEntry.number.in_(changed))
    if filters.person:
        yield JournalEntry.actor_id == filters.person
    if filters.event:
        yield JournalEntry.event == filters.event
    if filters.first_day:
        yield JournalEntry.at >= clock.riga(filters.first_day)
    if filters.last_day:
        yield JournalEntry.at < clock.riga(filters.last_day + timedelta(days=1))


def _is_about(thing: str, visible: Subquery) -> ColumnElement[bool]:
    """An entry is about its visible changes, and the verb's subject.

    Most subjects are the competition: then it only counts if no change is visible.
    """
    changed = select(visible.c.number).where(visible.c.table == thing)
    done_to = JournalEntry.subject_type == thing
    if thing == Competition.__tablename__:
        done_to &= JournalEntry.number.not_in(select(visible.c.number))
    return or_(JournalEntry.number.in_(changed), done_to)


def _rows_of(which: Callable[[ColumnElement[Any]], ColumnElement[bool]]) -> Select[tuple[UUID]]:
    """The keys of all rows with such a number."""
    key, number = _said(vocabulary().numbers)
    return select(key).where(which(number))


def _texts_of(entries: Sequence[JournalEntry], parts: Sequence[Select[Any, Any]]) -> dict[str, str]:
    """The stages' texts about the rows of these entries, by key; one query."""
    key, text = _said(parts)
    rows = db.session.execute(select(key, text).where(key.in_(_keys(entries)), text.is_not(None)))
    return {str(key): str(text) for key, text in rows}


def _said(parts: Sequence[Select[Any, Any]]) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """The two columns of all that the stages select: a row's key, and a text about it."""
    key, text = union_all(*parts).subquery().c
    return key, text


def _keys(entries: Sequence[JournalEntry]) -> set[UUID]:
    """The keys of all subjects and changed rows, without composite keys."""
    rows = {row.partition(":")[2] for entry in entries for row in entry.changes}
    return {UUID(row) for row in rows if "/" not in row and "-" in row} | {
        entry.subject_id for entry in entries if entry.subject_id is not None
    }
