"""Reads of the journal. The caller has asked for the right to the subject or the competition."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from portal.core.audit.models import JournalEntry
from portal.core.db import Base, db

PAGE = 50


def entries_about(
    subject: Base, before: int | None = None, limit: int = PAGE
) -> Sequence[JournalEntry]:
    """What was done to one thing and by whom, newest first; `before` is the last number seen."""
    return _page(
        select(JournalEntry).where(
            JournalEntry.subject_type == subject.__tablename__,
            JournalEntry.subject_id == getattr(subject, "id", None),
        ),
        before,
        limit,
    )


def entries_of_competition(
    competition_id: UUID,
    before: int | None = None,
    limit: int = PAGE,
    without: Collection[str] = (),
) -> Sequence[JournalEntry]:
    """What was done in one competition: to its terms, applications, sheets and decisions.

    `without` names the events that the reader is not shown.
    """
    entries = select(JournalEntry).where(
        JournalEntry.competition_id == competition_id, JournalEntry.event.not_in(without)
    )
    return _page(entries, before, limit)


def _page(entries: Select[JournalEntry], before: int | None, limit: int) -> Sequence[JournalEntry]:
    if before is not None:
        entries = entries.where(JournalEntry.number < before)
    return db.session.scalars(
        entries.options(joinedload(JournalEntry.actor))
        .order_by(JournalEntry.number.desc())
        .limit(limit)
    ).all()
