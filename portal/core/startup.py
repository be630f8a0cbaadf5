"""What a process asks before it serves: whether this is its database, and who can be reached."""

import sys
from typing import cast

import click
from flask import Flask
from sqlalchemy import NullPool, create_engine
from sqlalchemy.exc import OperationalError

from config import Settings
from portal.core import demo

TIMEOUT = 5  # seconds to connect


def look_around(app: Flask) -> None:
    """Ask the database who made it, and end the process where it is not one for it.

    One that cannot be reached is told of: a server waits for it, and demo mode is off until then.
    """
    settings = cast(Settings, app.extensions["settings"])
    try:
        words = demo.refusal(settings.demo, origin_of(app.config["SQLALCHEMY_DATABASE_URI"]))
    except OperationalError as error:
        say(f"The database of DATABASE_URL cannot be reached: {in_a_line(error)}")
        return
    if words is not None:
        say(words)
        raise SystemExit(1)


def origin_of(url: str) -> demo.Origin:
    """Who made the database. Raises OperationalError where it cannot be reached."""
    engine = create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": TIMEOUT})
    with engine.connect() as connection:
        return demo.origin(connection)


def in_a_line(error: OperationalError) -> str:
    """What the driver says, which never has the password in it."""
    return " ".join(str(error.orig).split())


def say(line: str) -> None:
    """One line on standard error."""
    click.echo(line, file=sys.stderr)
