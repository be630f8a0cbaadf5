"""Reads of the journal. The caller has asked for the right to the scope."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.core.audit.models import JournalEntry
from portal.core.db import db

PAGE = 50


def entries_within(
    scope_id: UUID,
    before: int | None = None,
    limit: int = PAGE,
    without: Collection[str] = (),
) -> Sequence[JournalEntry]:
    """What was done in one scope.

    `without` names the events that the reader is not shown.
    """
    entries = select(JournalEntry).where(
        JournalEntry.scope_id == scope_id, JournalEntry.event.not_in(without)
    )
    if before is not None:
        entries = entries.where(JournalEntry.number < before)
    return db.session.scalars(
        entries.options(joinedload(JournalEntry.actor))
        .order_by(JournalEntry.number.desc())
        .limit(limit)
    ).all()
