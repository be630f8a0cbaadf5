"""`flask demo`: load the demo data."""

import click
from flask import current_app
from flask.cli import with_appcontext


@click.command()
@with_appcontext
def demo() -> None:
    """Load the demo data into an empty database (DEMO=1 only)."""
    from portal.site.demo.calls import load

    if not current_app.extensions["settings"].demo:
        raise click.ClickException("Demo data are loaded in demo mode only: set DEMO=1.")
    load()
