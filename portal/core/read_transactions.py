"""Ends requests that only read with COMMIT, so that prepared statements are kept.

SQLAlchemy's ROLLBACK makes psycopg discard its prepared statements, and PostgreSQL would parse and
plan each query of each page again: half of its work for a page.
"""

from contextlib import suppress

from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction

from portal.core.db import db

WRITES = "writes"


def init_app(app: Flask) -> None:
    """Call it after the database's init_app: teardown runs in reverse."""
    app.teardown_appcontext(_end)


def pause() -> None:
    """End the reading transaction and return the connection, before calling another service.

    Raises RuntimeError within a verb or after a write: nothing that may hang is called while rows
    are locked.
    """
    if not db.session.registry.has():
        return
    session = db.session()
    if "work" in session.info or has_written(session):
        raise RuntimeError(
            "something outside the database is asked within a transaction that writes"
        )
    session.commit()


def _end(error: BaseException | None) -> None:
    """Commit if nothing was written. Otherwise removing the session rolls back."""
    if error is not None or not db.session.registry.has():
        return
    session = db.session()
    if not has_written(session):
        # A broken connection has nothing to end; the response is made already.
        with suppress(SQLAlchemyError):
            session.commit()


def has_written(session: Session) -> bool:
    """Whether a session's transaction has written anything."""
    return bool(session.info.get(WRITES) or session.new or session.dirty or session.deleted)


@event.listens_for(Session, "do_orm_execute")
def _statement(state: ORMExecuteState) -> None:
    if not state.is_select:
        state.session.info[WRITES] = True


@event.listens_for(Session, "after_flush")
def _flushed(session: Session, _context: object) -> None:
    session.info[WRITES] = True


@event.listens_for(Session, "after_transaction_end")
def _ended(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(WRITES, None)
