"""The command `flask worker`: sends letters and runs jobs."""

import logging
from typing import cast

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from portal.core import demo, startup
from portal.core.jobs import MAIL, WORK, run_worker
from portal.core.settings import settings

log = logging.getLogger(__name__)


@click.command("worker", cls=startup.Command, tables=False)
@click.option("--once", is_flag=True, help="Stop when no job is left.")
@with_appcontext
def worker(once: bool) -> None:
    """Run jobs until SIGTERM or Ctrl-C; the job in hand is finished first."""
    set_up = settings()
    level = set_up.log_level.upper()
    logging.basicConfig(level=level, format="%(asctime)s %(name)s %(message)s")
    app = cast(Flask, current_app._get_current_object())  # type: ignore[attr-defined]  # a proxy
    startup.wait_for_database(app)
    for line in startup.who_is_away(set_up):
        startup.say(line)
    queues = [WORK, MAIL]
    if not set_up.smtp_url and not demo.is_on():
        log.warning("SMTP_URL is not set: letters wait in the outbox until it is")
        queues = [WORK]
    run_worker(app, queues=queues, wait=not once)
