"""`flask files`: keep the storage and the table of files in step."""

import click
from flask.cli import AppGroup

from portal.core.documents import service
from portal.core.startup import Command

files = AppGroup("files", help="Look after the stored files.")


@files.command("sweep", cls=Command)
def sweep() -> None:
    """Remove objects that are older than a day and belong to no file. To be run daily."""
    click.echo(f"{service.sweep()} abandoned objects removed.")


@files.command("check", cls=Command)
def check() -> None:
    """Read every stored file and compare it with its SHA-256. Exits with 1 where one differs."""
    damaged = list(service.damaged())
    for stored in damaged:
        click.echo(f"LOST OR CHANGED: {stored.id} (object {stored.object_key})")
    click.echo(f"{len(damaged)} files are not as they were stored.")
    if damaged:
        raise SystemExit(1)
