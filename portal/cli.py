"""The commands: `flask --app wsgi <command>`. Most live in the room that does their work."""

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from portal.core.audit.cli import verify
from portal.core.documents.cli import files
from portal.core.messages.cli import worker
from portal.core.startup import Command
from portal.site.demo.cli import demo


def init_app(app: Flask) -> None:
    """Give the application its commands."""
    for command in (migrate, migration, verify, worker, files, demo):
        app.cli.add_command(command)


@click.command("migrate", cls=Command, tables=False)
@with_appcontext
def migrate() -> None:
    """Bring the database to the newest migration."""
    from portal.core.migrate import upgrade

    upgrade(current_app.config["SQLALCHEMY_DATABASE_URI"])


@click.command("migration", cls=Command, tables=False)
@click.argument("message")
@with_appcontext
def migration(message: str) -> None:
    """Write a new migration from the database's tables to the models'."""
    from portal.core.migrate import revise, upgrade

    url = current_app.config["SQLALCHEMY_DATABASE_URI"]
    upgrade(url)
    click.echo(revise(url, message))
