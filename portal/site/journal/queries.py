"""Reads of a competition's journal. The view has asked for the right to the competition."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, union_all

from portal.core.audit.models import JournalEntry
from portal.core.audit.queries import PAGE, entries_of_competition
from portal.core.db import db
from portal.grants.applications.correspondence.models import Letter
from portal.grants.applications.models import Application
from portal.grants.awards.models import Decision
from portal.grants.competitions.models import Competition
from portal.grants.evaluation.models import EligibilityCheck, ScoreSheet
from portal.site.journal import words
from portal.site.journal.rules import PRIVATE, Change, visible_changes

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
    numbers: Mapping[str, str]  # of the application that a changed row belongs to, by its key


def page(competition: Competition, before: int | None) -> Page:
    """Entries older than `before`; a constant number of queries."""
    found = entries_of_competition(competition.id, before, limit=PAGE + 1, without=PRIVATE)
    entries = found[:PAGE]
    numbers = _numbers(entries)
    return Page(
        lines=[
            Line(
                number=entry.number,
                at=entry.at,
                who=entry.actor.name if entry.actor else None,
                event=words.event(entry.event),
                about=numbers.get(str(entry.subject_id), ""),
                facts=entry.facts,
                changes=visible_changes(entry.changes),
            )
            for entry in entries
        ],
        before=found[PAGE - 1].number if len(found) > PAGE else None,
        numbers=numbers,
    )


def _numbers(entries: Sequence[JournalEntry]) -> dict[str, str]:
    """The number of the application that each row is or belongs to, by the row's key; one query."""
    subjects = union_all(
        select(Application.id.label("subject"), Application.id.label("application")),
        *(select(kind.id, kind.application_id) for kind in _OF_APPLICATIONS),
    ).subquery()
    rows = db.session.execute(
        select(subjects.c.subject, Application.number)
        .join(Application, Application.id == subjects.c.application)
        .where(subjects.c.subject.in_(_keys(entries)), Application.number.is_not(None))
    )
    return {str(key): number for key, number in rows}


def _keys(entries: Sequence[JournalEntry]) -> set[UUID]:
    """The keys of all subjects and changed rows; rows with keys of two parts are left out."""
    rows = {row.partition(":")[2] for entry in entries for row in entry.changes}
    return {UUID(row) for row in rows if "/" not in row and "-" in row} | {
        entry.subject_id for entry in entries if entry.subject_id is not None
    }
