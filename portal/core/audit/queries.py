"""Reads of the journal. The caller has asked for the right to the scope."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from portal.core.audit.models import JournalEntry
from portal.core.db import db

PAGE = 50
_DIGITS = 18  # as many as a journal's number can have


def entry_number(typed: str) -> int:
    """The number of an entry as it stands in an address; raises ValueError where it is none."""
    if not (typed.isascii() and typed.isdigit() and len(typed) <= _DIGITS):
        raise ValueError(typed)
    return int(typed)


def entries_within(
    scope_id: UUID,
    *which: ColumnElement[bool],
    before: int | None = None,
    limit: int = PAGE,
) -> Sequence[JournalEntry]:
    """What was done in one scope, the latest first: the entries of which all of `which` is true."""
    entries = select(JournalEntry).where(JournalEntry.scope_id == scope_id, *which)
    if before is not None:
        entries = entries.where(JournalEntry.number < before)
    return db.session.scalars(
        entries.options(joinedload(JournalEntry.actor))
        .order_by(JournalEntry.number.desc())
        .limit(limit)
    ).all()
