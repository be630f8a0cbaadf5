"""Commands for the tables: `flask --app wsgi <command>`. Stages register their own."""

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from portal.core.startup import Command


def init_app(app: Flask) -> None:
    for command in (migrate, migration):
        app.cli.add_command(command)


@click.command("migrate", cls=Command, tables=False)
@with_appcontext
def migrate() -> None:
    """Upgrade the database to the newest migration."""
    from portal.core.migrate import upgrade

    upgrade(current_app.config["SQLALCHEMY_DATABASE_URI"])


@click.command("migration", cls=Command, tables=False)
@click.argument("message")
@with_appcontext
def migration(message: str) -> None:
    """Write a migration from the difference between models and database."""
    from portal.core.migrate import revise, upgrade

    url = current_app.config["SQLALCHEMY_DATABASE_URI"]
    upgrade(url)
    click.echo(revise(url, message))
