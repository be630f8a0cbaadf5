"""Checks at the start of a process: is this its database, and which services are reachable."""

import logging
import socket
import sys
import time
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import click
import psycopg
from flask import Flask, abort, request
from flask.cli import ScriptInfo
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from config import PORTS, Settings
from portal.core import connections, demo, revision
from portal.core.db import db
from portal.core.errors import MAY_BE_UNAVAILABLE, Missing, unavailable
from portal.core.settings import settings_of

log = logging.getLogger(__name__)

WITHOUT_DATABASE = ("health.", "static")  # endpoints that work without the database
PAUSE = 2  # seconds between two tries
CANNOT_BE_USED = {
    Missing.DATABASE: "The database of DATABASE_URL cannot be used",
    Missing.FILES: "The store of DOCUMENTS_URL cannot be used",
    Missing.ROOM: "There is no room on a disk",
}


# The message of commands and the worker if `flask migrate` has not run.
BEHIND = "The tables of DATABASE_URL are not those of this code. Run: flask --app wsgi migrate"


class Command(click.Command):
    """A command that reports an unusable database, storage or disk in one line.

    `tables`: whether it needs the tables of this code.
    """

    def __init__(self, *arguments: Any, tables: bool = True, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.tables = tables

    def invoke(self, ctx: click.Context) -> Any:
        try:
            if self.tables and not _has_tables(ctx.ensure_object(ScriptInfo).load_app()):
                raise click.ClickException(BEHIND)
            return super().invoke(ctx)
        except psycopg.OperationalError as error:
            raise click.ClickException(away(error)) from error
        except MAY_BE_UNAVAILABLE as error:
            found = unavailable(error)
            if found is None:
                raise
            raise click.ClickException(away(error, found.missing)) from error


def look_around(app: Flask) -> None:
    """Check the database's origin, and end the process if it is not for this mode.

    An unreachable one is reported; a server starts, and checks before the first page.
    """
    try:
        _take(app)
    except OperationalError as error:
        if click.get_current_context(silent=True) is None:  # commands report it on use
            say(away(error))
        app.before_request(_DatabaseCheck(app).ask)


def wait_for_database(app: Flask) -> None:
    """Wait until the database answers and has its tables, reporting the reason.

    Ends the process if the database is not for this mode.
    """
    said = ""
    while True:
        try:
            _take(app)
            if _has_tables(app):
                return
            words = BEHIND
        except OperationalError as error:
            words = away(error)
        if words != said:
            say(f"{words} Waiting for it.")
        said = words
        time.sleep(PAUSE)


def who_is_away(settings: Settings) -> Iterator[str]:
    """A line for each service other than the database that does not answer."""
    addresses = {"SMTP_URL": settings.smtp_url, "S3_ENDPOINT": settings.s3_endpoint}
    for variable, address in addresses.items():
        if address:
            url = urlsplit(address)
            try:
                place = url.hostname or "", url.port or PORTS[url.scheme]
                socket.create_connection(place, connections.CONNECT).close()
            except (OSError, UnicodeError) as error:  # no server has such a name
                yield f"{variable}: the server cannot be reached: {error}."


def away(error: Exception, missing: Missing = Missing.DATABASE) -> str:
    """A line with the reason why something cannot be used; drivers do not include passwords
    in it."""
    cause = getattr(error, "orig", None) or error.__cause__ or error
    said = " ".join(str(cause).split()).rstrip(".?")
    return f"{CANNOT_BE_USED[missing]}: {said}."


def say(line: str) -> None:
    """Write one line to standard error."""
    click.echo(line, file=sys.stderr)


def _connected(app: Flask) -> Connection:
    settings = settings_of(app)
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    return connections.at_the_start(url, settings).connect()


def _has_tables(app: Flask) -> bool:
    with _connected(app) as connection:
        return revision.is_current(connection)


def _take(app: Flask) -> None:
    settings = settings_of(app)
    with _connected(app) as connection:
        words = demo.refusal(settings.demo, demo.origin(connection))
    if words is not None:
        say(words)
        raise SystemExit(1)


class _DatabaseCheck:
    """Answers requests with 503 until the database has been checked."""

    def __init__(self, app: Flask) -> None:
        self.in_demo = settings_of(app).demo
        self.is_done = False

    def ask(self) -> None:
        """Check the database, or answer 503."""
        if self.is_done or str(request.endpoint).startswith(WITHOUT_DATABASE):
            return
        words = demo.refusal(self.in_demo, demo.origin(db.session.connection()))
        if words is not None:
            log.error(words)
            abort(HTTPStatus.SERVICE_UNAVAILABLE)
        self.is_done = True
