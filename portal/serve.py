"""The whole portal in one command: database, migrations, demo data, web server and mail worker.

Made for a laptop and for trying the portal out; in production each part is a service of its own
(docs/operations.md).
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import click
from flask import Flask
from sqlalchemy import select

from config import Settings
from portal.core import revision
from portal.core.accounts.models import Person
from portal.core.audit.models import JournalEntry
from portal.core.db import db
from portal.core.work import unit_of_work

ROOT = Path(__file__).parents[1]
FLASK = (sys.executable, "-m", "flask", "--app", "wsgi")
GUNICORN = (sys.executable, "-m", "gunicorn", "wsgi:app")

# Between these two events of the journal the demo data are half loaded.
DEMO_STARTED, DEMO_LOADED = "demo.started", "demo.loaded"


def serve(app: Flask) -> None:
    """Run everything until Ctrl-C or SIGTERM, or until a part of it ends."""
    settings: Settings = app.extensions["settings"]
    _refuse_taken(settings.host, settings.port)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(0))
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    _migrate(app, url)
    environment = {
        **os.environ,
        "VAR": str(settings.var),
        "DATABASE_URL": url,
        "DEMO": str(int(settings.demo)),
        "LOG_LEVEL": os.environ.get("LOG_LEVEL", "warning"),
    }
    if settings.demo:
        _load_demo(app, settings, environment)
    parts = {"The web server": GUNICORN, "The mail worker": (*FLASK, "worker")}
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in parts.items():
            # A session of its own: Ctrl-C reaches this process alone, which then stops the others.
            running[name] = subprocess.Popen(  # noqa: S603 - our own commands
                command, env=environment, cwd=ROOT, start_new_session=True
            )
        _wait_for(settings, running)
        click.echo(f"\n  Asns is at {settings.base_url}  (Ctrl-C stops it)\n")
        _watch(running)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        _stop(running.values())


def _refuse_taken(host: str, port: int) -> None:
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"{host}:{port} cannot be used ({error.strerror}). Another port: PORT={port + 1}"
            ) from error


def _migrate(app: Flask, url: str) -> None:
    with app.app_context():
        current = revision.is_current(db.session.connection())
        db.session.remove()
    if not current:
        from portal.core import migrate  # a tenth of the time that a start takes

        migrate.upgrade(url)


def _load_demo(app: Flask, settings: Settings, environment: dict[str, str]) -> None:
    """Load the demo data into an empty database, or anew where loading them was interrupted."""
    with app.app_context():
        events = set(
            db.session.scalars(
                select(JournalEntry.event).where(
                    JournalEntry.event.in_([DEMO_STARTED, DEMO_LOADED])
                )
            )
        )
        in_use = not events and db.session.scalar(select(Person.id).limit(1)) is not None
        db.session.remove()
        db.engine.dispose()
    if DEMO_LOADED in events or in_use:
        return
    if events and settings.database_url:
        raise click.ClickException("Loading the demo data was interrupted. Empty the database.")
    if events:
        from portal.core import migrate

        migrate.downgrade(environment["DATABASE_URL"])
        migrate.upgrade(environment["DATABASE_URL"])
    click.echo("Loading the demo data. This happens once.")
    _note(app, DEMO_STARTED)
    command = (*FLASK, "demo")
    loaded = subprocess.run(command, env=environment, cwd=ROOT, check=False)  # noqa: S603 - ours
    if loaded.returncode:
        raise click.ClickException("Loading the demo data failed; the next start tries it anew.")
    _note(app, DEMO_LOADED)


def _note(app: Flask, event: str) -> None:
    with app.app_context(), unit_of_work(None, event):
        pass


def _wait_for(settings: Settings, running: dict[str, subprocess.Popen[bytes]]) -> None:
    while all(process.poll() is None for process in running.values()):
        with socket.socket() as knock:
            if knock.connect_ex((settings.host, settings.port)) == 0:
                return
        time.sleep(0.1)


def _watch(running: dict[str, subprocess.Popen[bytes]]) -> None:
    """Wait until a part ends by itself, which it should not."""
    while True:
        for name, process in running.items():
            if process.poll() is not None:
                raise click.ClickException(f"{name} ended (status {process.returncode}).")
        time.sleep(0.5)


def _stop(processes: Iterable[subprocess.Popen[bytes]]) -> None:
    """End them, the gentle way first."""
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
