"""Reads of a competition's journal. The view has asked for the right to the competition."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Subquery, select, union_all

from portal.core import clock
from portal.core.accounts.models import Person, RoleGrant
from portal.core.audit.models import JournalEntry
from portal.core.audit.queries import PAGE, entries_within
from portal.core.db import db
from portal.core.formats import sort_key
from portal.core.questions.models import Question, Section
from portal.grants.applications.correspondence.models import Letter
from portal.grants.applications.models import Application
from portal.grants.applications.rights import is_unsealed
from portal.grants.awards.models import Decision
from portal.grants.competitions.models import (
    CallDocument,
    CallDocumentVersion,
    Competition,
    Criterion,
)
from portal.grants.evaluation.committee.queries import closed_to
from portal.grants.evaluation.eligibility.models import EligibilityAnswer
from portal.grants.evaluation.models import Attendance, EligibilityCheck, ScoreSheet
from portal.site.journal import words
from portal.site.journal.rules import OF_APPLICANTS, PRIVATE, Change, visible_changes

T = TypeVar("T")
EXPORTED_AT_ONCE = 500  # entries
_OF_APPLICATIONS = (Decision, EligibilityCheck, Letter, ScoreSheet)


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as the page shows it."""

    number: int
    at: datetime
    who: str | None  # None: the portal itself
    event: str
    about: str  # an application's number, or nothing
    facts: dict[str, object]
    changes: list[Change]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the journal, newest first, and the number to go on from, if there is more."""

    lines: list[Line]
    before: int | None
    about: Mapping[str, str]  # whose a changed row is, or which, by its key


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for; each narrows what the reader may see anyhow."""

    thing: str = ""  # a table: what was done to one of its rows
    number: str = ""  # of an application
    person: UUID | None = None  # who did it
    event: str = ""
    first_day: date | None = None  # days in Riga, both included
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to choose from: what stands in the entries that the reader may see."""

    things: list[tuple[str, str]]  # each with its words
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

    Of an application that is closed to the actor it says only that something happened.
    """
    which = (_open_to_the_board(competition), *_narrowed(filters))
    found = entries_within(competition.id, *which, before=before, limit=limit + 1)
    entries = found[:limit]
    numbers, closed = _numbers(entries), closed_to(actor, competition)
    return Page(
        lines=[
            Line(
                number=entry.number,
                at=entry.at,
                who=entry.actor.name if entry.actor else None,
                event=words.event(entry.event),
                about=about,
                facts={} if about in closed else entry.facts,
                changes=[
                    change
                    for change in visible_changes(entry.changes)
                    if numbers.get(change.key, about) not in closed
                    # A gap in the places of the others would tell of the one that is left out.
                    and not (closed and change.column == "place")
                ],
            )
            for entry in entries
            for about in [numbers.get(str(entry.subject_id), "")]
        ],
        before=found[limit - 1].number if len(found) > limit else None,
        about=numbers | _people(entries) | _titles(entries),
    )


def pages(actor: Person, competition: Competition, filters: Filters) -> Iterator[Page]:
    """All that `page` shows, for a file: some hundreds of entries at a time."""
    before = None
    while True:
        found = page(actor, competition, filters, before, limit=EXPORTED_AT_ONCE)
        yield found
        if found.before is None:
            return
        before = found.before


def choices(competition: Competition, filters: Filters) -> Choices:
    """What can be chosen, and what has been; one query."""
    rows = db.session.execute(
        select(JournalEntry.subject_type, JournalEntry.event, Person.id, Person.name)
        .distinct()
        .outerjoin(JournalEntry.actor)
        .where(JournalEntry.scope_id == competition.id, _open_to_the_board(competition))
    ).all()
    things = {row.subject_type for row in rows} | {filters.thing}
    events = {row.event for row in rows} | {filters.event}
    return Choices(
        things=_by_words((code, words.table(code)) for code in things if code),
        events=_by_words((code, words.event(code)) for code in events if code),
        people=_by_words({(row.id, row.name) for row in rows if row.id}),
    )


def _by_words(choices: Iterable[tuple[T, str]]) -> list[tuple[T, str]]:
    return sorted(choices, key=lambda one: sort_key(one[1]))


def _open_to_the_board(competition: Competition) -> ColumnElement[bool]:
    """Which entries the board may know of: the one gate of page, choices and file."""
    private = PRIVATE if is_unsealed(competition) else PRIVATE | OF_APPLICANTS
    return JournalEntry.event.not_in(private)


def _narrowed(filters: Filters) -> Iterator[ColumnElement[bool]]:
    if filters.thing:
        yield JournalEntry.subject_type == filters.thing
    if filters.number:
        subjects = _subjects()
        of_it = select(subjects.c.subject).join(
            Application, Application.id == subjects.c.application
        )
        yield JournalEntry.subject_id.in_(of_it.where(Application.number == filters.number))
    if filters.person:
        yield JournalEntry.actor_id == filters.person
    if filters.event:
        yield JournalEntry.event == filters.event
    if filters.first_day:
        yield JournalEntry.at >= clock.riga(filters.first_day)
    if filters.last_day:
        yield JournalEntry.at < clock.riga(filters.last_day + timedelta(days=1))


def _subjects() -> Subquery:
    """Every row of which the page says an application's number, with the application's key."""
    return union_all(
        select(Application.id.label("subject"), Application.id.label("application")),
        *(select(kind.id, kind.application_id) for kind in _OF_APPLICATIONS),
        select(EligibilityAnswer.id, EligibilityCheck.application_id).join(
            EligibilityCheck, EligibilityCheck.id == EligibilityAnswer.check_id
        ),
    ).subquery()


def _numbers(entries: Sequence[JournalEntry]) -> dict[str, str]:
    """The number of the application that each row is or belongs to, by the row's key; one query."""
    subjects = _subjects()
    rows = db.session.execute(
        select(subjects.c.subject, Application.number)
        .join(Application, Application.id == subjects.c.application)
        .where(subjects.c.subject.in_(_keys(entries)), Application.number.is_not(None))
    )
    return {str(key): number for key, number in rows}


def _people(entries: Sequence[JournalEntry]) -> dict[str, str]:
    """Whose role or attendance each row is, by the row's key; one query."""
    rows = {row.partition(":")[2] for entry in entries for row in entry.changes if _is_whose(row)}
    keys = {row: UUID(row) for row in rows if "-" in row}
    names = dict(
        db.session.execute(
            union_all(
                *(
                    select(kind.id, Person.name)
                    .join(Person, Person.id == kind.person_id)
                    .where(kind.id.in_(keys.values()))
                    for kind in (RoleGrant, Attendance)
                )
            )
        ).all()
    )
    return {row: names[key] for row, key in keys.items() if key in names}


def _titles(entries: Sequence[JournalEntry]) -> dict[str, str]:
    """Which criterion, question, section or document each row is or is about; one query."""
    versions = select(CallDocumentVersion.id, CallDocument.title)
    answers = select(EligibilityAnswer.id, Criterion.title)
    titles = union_all(
        select(Criterion.id, Criterion.title),
        select(Question.id, Question.label),
        select(Section.id, Section.title),
        select(CallDocument.id, CallDocument.title),
        versions.join(CallDocument, CallDocument.id == CallDocumentVersion.document_id),
        answers.join(EligibilityAnswer.criterion),
    ).subquery()
    rows = db.session.execute(select(titles).where(titles.c.id.in_(_keys(entries))))
    return {str(key): str(title) for key, title in rows}


def _is_whose(row: str) -> bool:
    return row.startswith(("role_grants:", "attendances:"))


def _keys(entries: Sequence[JournalEntry]) -> set[UUID]:
    """The keys of all subjects and changed rows; rows with keys of two parts are left out."""
    rows = {row.partition(":")[2] for entry in entries for row in entry.changes}
    return {UUID(row) for row in rows if "/" not in row and "-" in row} | {
        entry.subject_id for entry in entries if entry.subject_id is not None
    }
