"""Queries on the journal. The caller has checked the right to the scope."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from portal.core.audit.models import JournalEntry
from portal.core.db import db

PAGE = 50
_DIGITS = 18  # the maximal number of digits of an entry's number


def entry_number(typed: str) -> int:
    """The number of an entry from a URL; raises ValueError if malformed."""
    if not (typed.isascii() and typed.isdigit() and len(typed) <= _DIGITS):
        raise ValueError(typed)
    return int(typed)


def entries_within(
    scope_id: UUID,
    *which: ColumnElement[bool],
    before: int | None = None,
    limit: int = PAGE,
) -> Sequence[JournalEntry]:
    """Entries of one scope that meet all conditions `which`, latest first."""
    entries = select(JournalEntry).where(JournalEntry.scope_id == scope_id, *which)
    if before is not None:
        entries = entries.where(JournalEntry.number < before)
    return db.session.scalars(
        entries.options(joinedload(JournalEntry.actor))
        .order_by(JournalEntry.number.desc())
        .limit(limit)
    ).all()
