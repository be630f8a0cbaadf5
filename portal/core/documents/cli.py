"""The commands `flask files`: keep the storage and the table of files consistent."""

import click
from flask.cli import AppGroup

from portal.core.documents import service
from portal.core.errors import StateConflict
from portal.core.startup import Command

files = AppGroup("files", help="Look after the stored files.")


@files.command("sweep", cls=Command)
def sweep() -> None:
    """Delete objects and partial objects older than a day that have no row. Run it daily."""
    try:
        abandoned, half = service.sweep()
    except StateConflict as refusal:
        raise click.ClickException(str(refusal.message)) from refusal
    click.echo(f"{abandoned} abandoned objects and {half} half-written ones removed.")


@files.command("check", cls=Command)
def check() -> None:
    """Read every stored file and compare its SHA-256. Exits with 1 if one differs."""
    damaged = list(service.damaged())
    for stored in damaged:
        click.echo(f"LOST OR CHANGED: {stored.id} (object {stored.object_key})")
    click.echo(f"{len(damaged)} files are not as they were stored.")
    if damaged:
        raise SystemExit(1)
