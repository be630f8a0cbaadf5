"""The command `flask verify FILE` and `flask verify --journal`: checks seals."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from portal.core.audit import service
from portal.core.audit.hooks import checks_of_file
from portal.core.startup import Command


@click.command("verify", cls=Command)
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--journal", is_flag=True, help="Check the journal's chain of seals.")
@with_appcontext
def verify(file: Path | None, journal: bool) -> None:
    """Check FILE, or the journal, against its seal. Exits with 1 if it differs."""
    if journal == (file is not None):
        raise click.UsageError("Name either a FILE or --journal.")
    answers = [_verify_journal()] if file is None else checks_of_file(file)
    for _, words in answers:
        click.echo(words)
    if not all(holds for holds, _ in answers):
        raise SystemExit(1)


def _verify_journal() -> tuple[bool, str]:
    broken = service.verify()
    if broken:
        return (
            False,
            f"BROKEN: entries {broken.first} to {broken.last} are not as they were sealed.",
        )
    head = service.head()
    if head is None:
        return True, "Nothing has been sealed yet."
    return True, f"Intact up to entry {head.last}. Newest seal: {head.digest}"
