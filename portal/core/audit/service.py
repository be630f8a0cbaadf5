"""The journal's seals: batches in a chain of hashes, so that any change or loss is found.

    digest = SHA-256(digest before, each entry's canonical JSON, RFC 8785, one after the other)

The database's owner could make the whole chain anew: keep `head()` elsewhere as well.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC

import rfc8785
from sqlalchemy import func, select, text

from portal.core.audit.models import JournalEntry, JournalSeal
from portal.core.db import db

BATCH = 1000  # entries under one seal


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """The first batch of entries, by number, that differs from its seal."""

    first: int
    last: int


def seal(batch: int = BATCH) -> int:
    """Seal the entries not yet sealed; returns their number."""
    final = _final()
    # Locks out other sealers only; entries never change, so nothing else needs a lock.
    db.session.execute(text("LOCK TABLE journal_seals IN EXCLUSIVE MODE"))
    sealed = 0
    previous = head()
    while numbers := _next_numbers(previous, final, batch):
        first, last = numbers[0], numbers[-1]
        previous = JournalSeal(
            first=first, last=last, digest=_digest(previous, _entries(first, last))
        )
        db.session.add(previous)
        db.session.flush()
        sealed += len(numbers)
    db.session.commit()
    return sealed


def verify() -> BrokenLink | None:
    """The first broken link of the chain; None if every sealed entry is unchanged."""
    previous: JournalSeal | None = None
    for link in db.session.scalars(select(JournalSeal).order_by(JournalSeal.last)):
        # Counted from the previous seal, not from `first`, so that an entry slipped in between is
        # found.
        after = previous.last if previous else 0
        if link.digest != _digest(previous, _entries(after + 1, link.last)):
            return BrokenLink(link.first, link.last)
        previous = link
    return None


def head() -> JournalSeal | None:
    """The newest seal, which covers everything before it."""
    return db.session.scalar(select(JournalSeal).order_by(JournalSeal.last.desc()).limit(1))


def _final() -> int:
    """The highest number below which no entry can still be added.

    A number is drawn before its verb commits; waiting for running verbs closes the gap.
    """
    db.session.execute(text("SET LOCAL lock_timeout = '10s'"))
    db.session.execute(text("LOCK TABLE journal_entries IN SHARE MODE"))
    highest = db.session.scalar(select(func.max(JournalEntry.number))) or 0
    db.session.commit()
    return highest


def _next_numbers(previous: JournalSeal | None, final: int, batch: int) -> list[int]:
    after = previous.last if previous else 0
    return list(
        db.session.scalars(
            select(JournalEntry.number)
            .where(JournalEntry.number > after, JournalEntry.number <= final)
            .order_by(JournalEntry.number)
            .limit(batch)
        )
    )


def _entries(first: int, last: int) -> Iterator[JournalEntry]:
    return db.session.scalars(
        select(JournalEntry)
        .where(JournalEntry.number.between(first, last))
        .order_by(JournalEntry.number)
        .execution_options(yield_per=200, populate_existing=True)
    )


def _digest(previous: JournalSeal | None, entries: Iterable[JournalEntry]) -> str:
    chain = hashlib.sha256((previous.digest if previous else "").encode())
    for entry in entries:
        chain.update(_canonical(entry))
    return chain.hexdigest()


def _canonical(entry: JournalEntry) -> bytes:
    return rfc8785.dumps(
        {
            "number": entry.number,
            "at": entry.at.astimezone(UTC).isoformat(),
            "actor": str(entry.actor_id) if entry.actor_id else None,
            "event": entry.event,
            "subject": [entry.subject_type, str(entry.subject_id) if entry.subject_id else None],
            "scope": str(entry.scope_id) if entry.scope_id else None,
            "facts": entry.facts,
            "changes": entry.changes,
        }
    )
