"""Reads of a competition's journal. The view has asked for the right to the competition."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, union_all

from portal.core.audit.models import JournalEntry
from portal.core.audit.queries import PAGE, entries_of_competition
from portal.core.db import db
from portal.grants.applications.models import Application
from portal.grants.awards.models import Decision
from portal.grants.competitions.models import Competition
from portal.grants.evaluation.models import EligibilityCheck, ScoreSheet
from portal.site.journal import words
from portal.site.journal.rules import PRIVATE, Change, visible_changes, withheld

_OF_APPLICATIONS = (Decision, EligibilityCheck, ScoreSheet)


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
    withheld: bool


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the journal, newest first, and the number to go on from, if there is more."""

    lines: list[Line]
    before: int | None


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
                about=numbers.get(entry.subject_id, "") if entry.subject_id else "",
                facts=entry.facts,
                changes=visible_changes(entry.changes),
                withheld=withheld(entry.changes),
            )
            for entry in entries
        ],
        before=found[PAGE - 1].number if len(found) > PAGE else None,
    )


def _numbers(entries: Sequence[JournalEntry]) -> dict[UUID, str]:
    """The number of the application that each subject is or belongs to; one query."""
    keys = [entry.subject_id for entry in entries if entry.subject_id is not None]
    subjects = union_all(
        select(Application.id.label("subject"), Application.id.label("application")),
        *(
            select(kind.id, kind.application_id)
            for kind in (Decision, EligibilityCheck, ScoreSheet)
        ),
    ).subquery()
    rows = db.session.execute(
        select(subjects.c.subject, Application.number)
        .join(Application, Application.id == subjects.c.application)
        .where(subjects.c.subject.in_(keys), Application.number.is_not(None))
    )
    return {row[0]: row[1] for row in rows}
