"""The journal's tables. Append-only: a trigger refuses UPDATE and DELETE."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core import clock
from portal.core.accounts.models import Person
from portal.core.db import Base
from portal.core.triggers import append_only

# SQL: whether an entry's verb made or changed a role grant.
TOUCHES_ROLES = "jsonb_path_exists(changes, '$.keyvalue() ? (@.key starts with \"role_grants:\")')"


class JournalEntry(Base):
    """One verb that was carried out: its event, object and changes.

    `changes` maps "table:key" to {column: [before, after]}, for the columns listed in each model's
    `__journal__`. It can never be erased, so it holds nothing that must be erasable.
    """

    __tablename__ = "journal_entries"
    __journal__ = None
    __table_args__ = (
        Index("ix_journal_entries_subject", "subject_type", "subject_id"),
        Index("ix_journal_entries_scope", "scope_id", "number"),
        Index("ix_journal_entries_at", "at"),
        Index("ix_journal_entries_roles", "number", postgresql_where=text(TOUCHES_ROLES)),
    )

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    event: Mapped[str]
    subject_type: Mapped[str | None]
    subject_id: Mapped[UUID | None]
    # The scope in which it happened, if any; a scope's entries are read as one journal.
    scope_id: Mapped[UUID | None] = mapped_column(ForeignKey("scopes.id"))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    changes: Mapped[dict[str, Any]] = mapped_column(default=dict)

    actor: Mapped[Person | None] = relationship()


class JournalSeal(Base):
    """A sealed batch of entries: `digest` is SHA-256 over the seal before it and the entries."""

    __tablename__ = "journal_seals"
    __journal__ = None

    last: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    first: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str]
    sealed_at: Mapped[datetime] = mapped_column(default=clock.now)


append_only(JournalEntry)
append_only(JournalSeal)
