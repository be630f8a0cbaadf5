"""How a request that has only read ends: with COMMIT, so that what the driver prepared stays so.

SQLAlchemy would end it with ROLLBACK, at which psycopg forgets its prepared statements, and
PostgreSQL would parse and plan every query of every page anew: half of what it does for a page.
"""

from contextlib import suppress

from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction

from portal.core.db import db

WRITES = "writes"


def init_app(app: Flask) -> None:
    """Register it behind the database: what is torn down first was set up last."""
    app.teardown_appcontext(_end)


def pause() -> None:
    """End what has been read so far and give the connection back, before somebody else is asked.

    Raises RuntimeError within a verb, or where something has been written: nothing that may hang is
    asked while rows are locked.
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
    """Commit where there is nothing to keep. All else is rolled back, as the session is removed."""
    if error is not None or not db.session.registry.has():
        return
    session = db.session()
    if not has_written(session):
        # A connection that has broken has nothing to end; the answer is made already.
        with suppress(SQLAlchemyError):
            session.commit()


def has_written(session: Session) -> bool:
    """Whether the transaction of a session holds anything that a commit would keep."""
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
