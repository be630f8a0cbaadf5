"""Keeps demo mode and databases of real data apart.

The oldest entry of a demo database's journal, which cannot be altered, is `demo.started`; only
`begin` writes it, into an empty database.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, auto
from http import HTTPStatus
from typing import cast

from flask import abort, current_app
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from config import Settings
from portal.core.db import db
from portal.core.work import unit_of_work

log = logging.getLogger(__name__)

STARTED, LOADED = "demo.started", "demo.loaded"

# Milliseconds to wait for the lock of a loading that was just killed.
PATIENCE = 15_000


class Origin(Enum):
    """The origin of a database's data."""

    NOTHING = auto()
    DEMO = auto()
    OTHERS = auto()


class InUseError(RuntimeError):
    """The database is not the demo's, or is being loaded."""


def origin(connection: Connection) -> Origin:
    """Whether the database holds demo data, other data or none."""
    if connection.scalar(text("SELECT to_regclass('journal_entries')")) is None:
        return Origin.NOTHING
    oldest = text("SELECT event FROM journal_entries ORDER BY number LIMIT 1")
    first = connection.scalar(oldest)
    if first == STARTED:
        return Origin.DEMO
    somebody = connection.scalar(text("SELECT EXISTS (SELECT FROM persons)"))
    return Origin.OTHERS if first or somebody else Origin.NOTHING


def is_loaded(connection: Connection) -> bool:
    """Whether the demo data have been loaded completely."""
    asked = text("SELECT EXISTS (SELECT FROM journal_entries WHERE event = :loaded)")
    return origin(connection) is Origin.DEMO and bool(connection.scalar(asked, {"loaded": LOADED}))


def refusal(demo: bool, found: Origin) -> str | None:
    """Why a process in this mode must not serve the database; None if it may."""
    if demo and found is Origin.OTHERS:
        return (
            "DEMO: it is on, and the database was not made by the demo."
            " Set DEMO=0, or the DATABASE_URL of an empty database."
        )
    if not demo and found is Origin.DEMO:
        return (
            "DEMO: it is off, and the demo made the database: anybody could be anybody in it."
            " Set DEMO=1, or the DATABASE_URL of another database."
        )
    return None


def is_on() -> bool:
    """Whether this is demo mode with a demo database; False while the database is unavailable."""
    settings = cast(Settings | None, current_app.extensions.get("settings"))
    if settings is None or not settings.demo:
        return False
    if not current_app.extensions.get("demo"):
        try:
            found = origin(db.session.connection())
        except SQLAlchemyError:
            return False
        if (words := refusal(True, found)) is not None:
            log.error(words)
        current_app.extensions["demo"] = found is Origin.DEMO
    return cast(bool, current_app.extensions["demo"])


def require() -> None:
    """404 outside demo mode; runs before each page of the demo's blueprints."""
    if not is_on():
        abort(HTTPStatus.NOT_FOUND)


def begin() -> None:
    """Mark an empty database as the demo's, permanently. Raises InUseError for any other."""
    with unit_of_work(None, STARTED):
        # Entries being written are completed first, so the oldest is either one of them or this
        # one.
        db.session.execute(text("LOCK TABLE journal_entries IN SHARE ROW EXCLUSIVE MODE"))
        if origin(db.session.connection()) is not Origin.NOTHING:
            raise InUseError("Demo data need an empty database, and this one is in use.")


def end() -> None:
    """Record that the demo data are loaded."""
    with unit_of_work(None, LOADED):
        pass


@contextmanager
def alone(engine: Engine) -> Iterator[None]:
    """Within: the only process that loads demo data. Raises InUseError if another does."""
    with engine.connect() as connection:
        connection.execute(text(f"SET lock_timeout = {PATIENCE}"))
        try:
            connection.execute(text("SELECT pg_advisory_lock(hashtext('asns.demo'))"))
        except OperationalError as error:
            raise InUseError("The demo data are being loaded already.") from error
        try:
            yield
        finally:
            connection.invalidate()  # the lock ends with its connection
