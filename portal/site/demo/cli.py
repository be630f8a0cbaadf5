"""`flask demo`: load the demo data."""

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from portal.core.accounts.models import Person
from portal.core.db import db
from portal.core.revision import is_current


@click.command()
@with_appcontext
def demo() -> None:
    """Load the demo data into an empty database (DEMO=1 only)."""
    from portal.site.demo.calls import load

    if not current_app.extensions["settings"].demo:
        raise click.ClickException("Demo data are loaded in demo mode only: set DEMO=1.")
    if not is_current(db.session.connection()):
        raise click.ClickException("Bring the database to the newest migration: flask migrate.")
    if db.session.scalar(select(Person.id).limit(1)) is not None:
        raise click.ClickException("Somebody is there already: demo data need an empty database.")
    load()
