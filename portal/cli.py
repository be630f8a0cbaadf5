"""flask commands, gathered from the parts that they belong to."""

from flask import Flask

from portal.core.audit.cli import verify
from portal.core.messages.cli import worker


def init_app(app: Flask) -> None:
    """Give the application its commands."""
    for command in (verify, worker):
        app.cli.add_command(command)
