"""Reads of a competition's journal. The view has asked for the right to the competition."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, union_all

from portal.core.accounts.models import Person, RoleGrant
from portal.core.audit.models import JournalEntry
from portal.core.audit.queries import PAGE, entries_within
from portal.core.db import db
from portal.grants.applications.correspondence.models import Letter
from portal.grants.applications.models import Application
from portal.grants.applications.rights import is_unsealed
from portal.grants.awards.models import Decision
from portal.grants.competitions.models import (
    CallDocument,
    CallDocumentVersion,
    Competition,
    Criterion,
    Question,
    Section,
)
from portal.grants.evaluation.committee.queries import closed_to
from portal.grants.evaluation.eligibility.models import EligibilityAnswer
from portal.grants.evaluation.models import Attendance, EligibilityCheck, ScoreSheet
from portal.site.journal import words
from portal.site.journal.rules import OF_APPLICANTS, PRIVATE, Change, visible_changes

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


def page(actor: Person, competition: Competition, before: int | None) -> Page:
    """Entries older than `before`; a constant number of queries.

    Of an application that is closed to the actor it says only that something happened.
    """
    private = PRIVATE if is_unsealed(competition) else PRIVATE | OF_APPLICANTS
    found = entries_within(competition.id, before, limit=PAGE + 1, without=private)
    entries = found[:PAGE]
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
        before=found[PAGE - 1].number if len(found) > PAGE else None,
        about=numbers | _people(entries) | _titles(entries),
    )


def _numbers(entries: Sequence[JournalEntry]) -> dict[str, str]:
    """The number of the application that each row is or belongs to, by the row's key; one query."""
    subjects = union_all(
        select(Application.id.label("subject"), Application.id.label("application")),
        *(select(kind.id, kind.application_id) for kind in _OF_APPLICATIONS),
        select(EligibilityAnswer.id, EligibilityCheck.application_id).join(
            EligibilityCheck, EligibilityCheck.id == EligibilityAnswer.check_id
        ),
    ).subquery()
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
