"""The unit of work: one verb, one transaction, one journal entry, and the letters that it causes.

    with unit_of_work(actor, "application.submitted", application) as work:
        work.lock(application)
        ...
        work.send("applications/received", to=actor, key=f"received:{revision.id}", url=receipt)

An exception inside leaves no row, letter or file. Verbs do not nest: share an inner function
instead.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, bindparam, insert, inspect, select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import InstanceState, Mapper
from sqlalchemy.orm.exc import StaleDataError

from portal.core.audit.changes import Changes, plain
from portal.core.audit.models import JournalEntry
from portal.core.db import Base, db
from portal.core.errors import (
    DomainError,
    Missing,
    StaleForm,
    Unavailable,
    from_integrity_error,
)
from portal.core.versions import is_seen

if TYPE_CHECKING:
    from portal.core.accounts.models import Person
    from portal.core.messages.composing import Address

log = logging.getLogger(__name__)

Row = TypeVar("Row", bound=Base)

DEADLOCK = "40P01"  # PostgreSQL ended one of two verbs in a deadlock
SOMEBODY_FIRST = _l("Somebody else saved this while you were working on it.")


class Subject(Protocol):
    """The subject of a verb: a row with the scope of its journal."""

    __tablename__: str

    @property
    def id(self) -> Any:
        """Its key."""

    @property
    def scope_id(self) -> UUID | None:
        """The scope in whose journal it is recorded; None: in none."""


class Work:
    """One running unit of work."""

    def __init__(self, actor: "Person | None", event: str, subject: Subject | None) -> None:
        self.actor = actor
        # From the session's key, without a query if the row has expired: reloading it later would
        # flush half-made changes.
        self.actor_id: UUID | None = _key_of(actor) if actor else None
        self.event = event
        self.subject = subject
        self.facts: dict[str, Any] = {}
        self.changes = Changes()
        self.scope_id: UUID | None = None
        self._held: list[object] = []
        self._after_rollback: list[Callable[[], None]] = []

    def lock(self, *rows: Base) -> None:
        """Lock rows for this transaction and reload them, in the order given.

        Raises StaleForm for a row that no longer exists.
        """
        for row in rows:
            state: InstanceState[Any] = inspect(row)
            if not state.persistent:
                raise RuntimeError(f"{self.event} would lock a row that is not there yet")
            table = state.mapper
            # The row's relations are expired; the rows it belongs to stay in memory.
            self._held += [row.__dict__.get(one.key) for one in table.relationships]
            keys = zip((key.name for key in table.primary_key), state.identity or (), strict=True)
            if db.session.scalar(_locked(table), dict(keys)) is None:
                raise StaleForm(SOMEBODY_FIRST)

    def expect(self, row: Base, version: int) -> None:
        """Lock a row and require the version that the form showed. Raises StaleForm."""
        self.lock(row)
        if not is_seen(row, version):
            raise StaleForm(SOMEBODY_FIRST, theirs=row)

    def add(self, row: Row) -> Row:
        """Add a new row."""
        db.session.add(row)
        return row

    def delete(self, row: Base) -> None:
        """Delete a row to which nothing refers; the journal keeps its values."""
        db.session.delete(row)

    def note(self, **facts: Any) -> None:
        """Add facts to the journal entry that no column contains."""
        self.facts.update(facts)

    def within(self, scope_id: UUID) -> None:
        """Set the scope of the journal entry, if the subject does not give it."""
        self.scope_id = scope_id

    def send(
        self,
        template: str,
        *,
        to: "Person | Address",
        key: str,
        language: str | None = None,
        **context: Any,
    ) -> UUID:
        """Queue a letter from `emails/<template>.txt` in this transaction; returns its id.

        `key` is unique per letter ("decision:<application>:<publication>"): the same key again
        sends nothing. The template's head lists its context; the letter is in `language`, or else
        the recipient's.
        """
        from portal.core.messages import service

        return service.queue(
            template, to=to, key=key, context=context, language=language, about=self.subject
        )

    def send_to(
        self, address: str, language: str, template: str, *, key: str, **context: Any
    ) -> UUID:
        """As `send`, to an address without an account. Raises Invalid for an invalid address."""
        from portal.core.messages.composing import Address

        return self.send(template, to=Address(address, language), key=key, **context)

    def after_rollback(self, step: Callable[[], None]) -> None:
        """Register a further step to undo if the verb fails."""
        self._after_rollback.append(step)

    def _roll_back(self) -> None:
        """Roll back, and run the further steps. A step's error is only logged, as the verb has
        failed."""
        db.session.rollback()
        for step in reversed(self._after_rollback):
            try:
                step()
            except Exception:
                log.exception("could not undo a part of %s", self.event)

    def _write_entry(self) -> None:
        db.session.flush()
        subject = self.subject
        # Deferred constraints are checked before the commit.
        db.session.execute(
            _ENTRY,
            {
                "actor_id": self.actor_id,
                "event": self.event,
                "subject_type": subject.__tablename__ if subject is not None else None,
                "subject_id": subject.id if subject is not None else None,
                "scope_id": self.scope_id or (subject.scope_id if subject is not None else None),
                "facts": plain(self.facts),
                "changes": self.changes.as_json(),
            },
        )


# Not through the session: a verb writes one entry, and nothing reads it back.
_ENTRY = insert(Base.metadata.tables[JournalEntry.__tablename__])


def _key_of(actor: "Person") -> UUID:
    state: InstanceState[Any] = inspect(actor)
    return state.identity[0] if state.identity else actor.id


@cache
def _locked(table: Mapper[Any]) -> Select[Any]:
    """The statement that locks a row and reloads it, without its relations."""
    return (
        select(table.class_)
        .where(*(key == bindparam(key.name) for key in table.primary_key))
        .with_for_update(of=table.class_)
        .execution_options(populate_existing=True)
    )


@contextmanager
def unit_of_work(
    actor: "Person | None", event: str, subject: Subject | None = None
) -> Iterator[Work]:
    """Run one verb. `actor` is None if nobody is signed in (registering, a job).

    Raises the domain error of a violated constraint, StaleForm if somebody else saved first,
    Unavailable if the connection was lost in the commit, OnlyReplayed if the request is a replay in
    another language (language_replay.py).
    """
    session = db.session()
    if "work" in session.info:
        raise RuntimeError(f"{event} inside {session.info['work'].event}: verbs do not nest")
    work = session.info["work"] = Work(actor, event, subject)
    committing = False
    try:
        yield work
        work._write_entry()
        committing = True
        session.commit()
    except BaseException as error:
        if committing and _may_have_been_committed(error):
            session.rollback()  # and nothing else is undone
            raise Unavailable(Missing.DATABASE, unknown=True) from error
        work._roll_back()
        refusal = _refusal(error)
        if refusal is None:
            raise
        raise refusal from error
    finally:
        session.info.pop("work", None)


def _may_have_been_committed(error: BaseException) -> bool:
    """Whether the connection was lost before the commit was answered."""
    return isinstance(error, DBAPIError) and error.connection_invalidated


def _refusal(error: BaseException) -> DomainError | None:
    """The domain error for the database's refusal, if there is one."""
    match error:
        case IntegrityError():
            return from_integrity_error(error)
        case StaleDataError():
            return StaleForm(SOMEBODY_FIRST)
        case DBAPIError() if getattr(error.orig, "sqlstate", None) == DEADLOCK:
            return StaleForm(SOMEBODY_FIRST)
        case _:
            return None
