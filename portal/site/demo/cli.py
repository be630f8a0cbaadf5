"""The command `flask demo`: loads the demo data."""

import click
from flask import current_app
from flask.cli import with_appcontext

from portal.core import demo as mode
from portal.core.db import db
from portal.core.revision import is_current
from portal.core.settings import settings
from portal.core.startup import Command


@click.command("demo", cls=Command)
@with_appcontext
def demo() -> None:
    """Load the demo data into an empty database with DEMO=1; a half loaded one is emptied first."""
    from portal.core import migrate
    from portal.site.demo.calls import load

    if not settings().demo:
        raise click.ClickException("Demo data are loaded in demo mode only: set DEMO=1.")
    try:
        with mode.alone(db.engine):
            with db.engine.connect() as connection:
                current = is_current(connection)
                begun = mode.origin(connection) is mode.Origin.DEMO
                half = current and begun and not mode.is_loaded(connection)
            if not current:
                raise click.ClickException("Bring the database to the newest migration first.")
            if half:
                url = current_app.config["SQLALCHEMY_DATABASE_URI"]
                migrate.downgrade(url)
                migrate.upgrade(url)
            mode.begin()
            load()
            mode.end()
    except mode.InUseError as error:
        raise click.ClickException(str(error)) from error
