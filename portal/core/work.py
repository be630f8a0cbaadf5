"""The unit of work: one verb, one transaction, one journal entry, and the mail that it causes.

    with unit_of_work(actor, "application.submitted", application) as work:
        work.lock(application)
        ...
        work.send("applications/received", to=actor, application=application)

Whatever raises inside leaves no row, no mail and no file. Verbs do not nest: share an inner
function instead.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from portal.core.audit.models import JournalEntry
from portal.core.db import Base, Words, db
from portal.core.errors import StaleForm, from_integrity_error

if TYPE_CHECKING:
    from portal.core.accounts.models import Person

log = logging.getLogger(__name__)

Row = TypeVar("Row", bound=Base)


class Work:
    """One running unit of work."""

    def __init__(self, actor: "Person | None", event: str, subject: Base | None) -> None:
        self.actor = actor
        self.event = event
        self.subject = subject
        self.facts: dict[str, Any] = {}
        self.changes: dict[str, dict[str, Any]] = {}
        self._after_rollback: list[Callable[[], None]] = []

    def lock(self, *rows: Base) -> None:
        """Lock rows for this transaction and read them afresh, in the order given."""
        for row in rows:
            db.session.refresh(row, with_for_update=True)

    def add(self, row: Row) -> Row:
        """Add a new row."""
        db.session.add(row)
        return row

    def delete(self, row: Base) -> None:
        """Delete a row that nothing refers to; the journal keeps what it held."""
        db.session.delete(row)

    def note(self, **facts: Any) -> None:
        """Facts for the journal entry that no column says."""
        self.facts.update(facts)

    def send(self, template: str, *, to: "Person", key: str, **context: Any) -> None:
        """Queue an e-mail to a person, in their language, in this transaction; see
        messages.service.queue.
        """
        from portal.core.messages import service

        service.queue(template, recipient=to.email, language=to.language, key=key, context=context)

    def after_rollback(self, step: Callable[[], None]) -> None:
        """How to undo what was done outside the database, should the verb fail."""
        self._after_rollback.append(step)

    def _roll_back(self) -> None:
        """Undo the verb, here and outside. A step that fails is logged: the verb has failed."""
        db.session.rollback()
        for step in reversed(self._after_rollback):
            try:
                step()
            except Exception:
                log.exception("could not undo a part of %s", self.event)

    def _see(self, session: Session) -> None:
        """Keep what is about to be flushed, before and after."""
        for row in [*session.new, *session.dirty, *session.deleted]:
            if isinstance(row, JournalEntry):
                continue
            state = inspect(row)
            columns = {c.key: c for c in state.mapper.column_attrs}
            changed = self.changes.setdefault(f"{row.__tablename__}:{_key(row)}", {})
            for name, attribute in columns.items():
                if attribute.columns[0].info.get("secret"):
                    continue
                history = state.attrs[name].history
                if not history.has_changes() and row not in session.deleted:
                    continue
                before = history.deleted[0] if history.deleted else None
                after = history.added[0] if history.added else None
                if row in session.deleted:
                    before, after = state.attrs[name].loaded_value, None
                first = changed[name][0] if name in changed else plain(before)
                changed[name] = [first, plain(after)]

    def _write_entry(self) -> None:
        db.session.flush()
        subject = self.subject
        db.session.add(
            JournalEntry(
                actor_id=self.actor.id if self.actor else None,
                event=self.event,
                subject_type=subject.__tablename__ if subject is not None else None,
                subject_id=getattr(subject, "id", None),
                facts=plain(self.facts),
                changes={key: value for key, value in self.changes.items() if value},
            )
        )


@contextmanager
def unit_of_work(actor: "Person | None", event: str, subject: Base | None = None) -> Iterator[Work]:
    """Run one verb. `actor` is None where nobody is signed in (registering, a job).

    Raises the domain error that a violated constraint stands for, StaleForm where somebody saved
    first.
    """
    session = db.session()
    if "work" in session.info:
        raise RuntimeError(f"{event} inside {session.info['work'].event}: verbs do not nest")
    work = session.info["work"] = Work(actor, event, subject)
    try:
        yield work
        work._write_entry()
        session.commit()
    except OperationalError:
        # A connection lost in the commit leaves open whether it took place: undo nothing else.
        session.rollback()
        raise
    except IntegrityError as error:
        work._roll_back()
        refusal = from_integrity_error(error)
        if refusal is None:
            raise
        raise refusal from error
    except StaleDataError as error:
        work._roll_back()
        raise StaleForm(_l("Somebody else saved this while you were working on it.")) from error
    except BaseException:
        work._roll_back()
        raise
    finally:
        session.info.pop("work", None)


@sqlalchemy_event.listens_for(Session, "before_flush")
def _journal_changes(session: Session, *_: object) -> None:
    if work := session.info.get("work"):
        work._see(session)


def _key(row: Base) -> str:
    return str(getattr(row, "id", None) or inspect(row).identity or "new")


def plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    match value:
        case None | bool() | int() | str():
            return value
        case Words():
            return value.to_json()
        case dict():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple() | set():
            return [plain(item) for item in value]
        case datetime() | date():
            return value.isoformat()
        case UUID():
            return str(value)
        case _:
            return str(value)
