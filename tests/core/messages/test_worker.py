"""`flask worker` as a process of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import make_url, select

from portal.core.db import db
from portal.core.jobs import defer
from portal.core.messages.jobs import send
from portal.core.messages.links import page_url
from portal.core.messages.models import Message, MessageState
from portal.core.work import unit_of_work
from tests.core.messages.conftest import Sink
from tests.core.messages.odd import SILENCE, odd_server
from tests.core.messages.samples import URL

ROOT = Path(__file__).parents[3]


@contextmanager
def worker(
    app: Flask, *, tracebacks: bool = False, **environment: str
) -> Iterator["subprocess.Popen[str]"]:
    """A running worker; it is told to stop at the end and must stop well."""
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "worker"],
        cwd=ROOT,
        env={
            **os.environ,
            "VAR": str(app.extensions["settings"].var),
            "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
            "DEMO": "0",
            "SMTP_URL": "",
            **environment,
        },
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=20)
        assert process.returncode == 0, said
        assert tracebacks or "Traceback" not in said
    finally:
        process.kill()
        process.communicate()


def wait_for(app: Flask, state: MessageState) -> None:
    """Until the only letter is in that state."""
    for _ in range(150):
        with app.app_context():
            if db.session.scalar(select(Message.state)) is state:
                return
        time.sleep(0.1)
    pytest.fail(f"the letter is not {state}")


def test_the_worker_sends_what_comes_and_stops_when_it_is_told(
    alone: Flask, sink: tuple[Sink, str]
) -> None:
    with worker(alone, SMTP_URL=sink[1]):
        with alone.test_request_context(), unit_of_work(None, "mail.tried") as work:
            work.send_to("a@example.lv", "lv", "accounts/confirm", key="1", url=URL, hours=1)
        wait_for(alone, MessageState.SENT)
    assert sink[0].to == ["a@example.lv"]


def test_the_database_may_live_in_a_folder_with_a_space(
    alone: Flask, sink: tuple[Sink, str], tmp_path: Path
) -> None:
    url = make_url(alone.config["SQLALCHEMY_DATABASE_URI"])
    folder = tmp_path / "a folder"
    folder.symlink_to(str(url.query["host"]))
    address = url.update_query_dict({"host": str(folder)}).render_as_string(hide_password=False)
    with alone.test_request_context(), unit_of_work(None, "mail.tried") as work:
        work.send_to("a@example.lv", "lv", "accounts/confirm", key="1", url=URL, hours=1)
    with worker(alone, SMTP_URL=sink[1], DATABASE_URL=address):
        wait_for(alone, MessageState.SENT)


def test_a_job_that_a_killed_worker_had_in_hand_is_taken_up(
    alone: Flask, sink: tuple[Sink, str]
) -> None:
    with alone.test_request_context(), unit_of_work(None, "mail.tried") as work:
        work.send_to("a@example.lv", "lv", "accounts/confirm", key="1", url=URL, hours=1)
    with alone.app_context():
        db.session.execute(
            db.text(
                "WITH dead AS (INSERT INTO procrastinate_workers (last_heartbeat)"
                " VALUES (now() - interval '1 hour') RETURNING id)"
                " UPDATE procrastinate_jobs SET status = 'doing', worker_id = dead.id FROM dead"
            )
        )
        db.session.commit()
    with worker(alone, SMTP_URL=sink[1]):
        wait_for(alone, MessageState.SENT)


def test_a_worker_that_is_told_to_stop_waits_for_no_silent_mail_server(alone: Flask) -> None:
    with alone.test_request_context(), unit_of_work(None, "mail.tried") as work:
        work.send_to("a@example.lv", "lv", "accounts/confirm", key="1", url=URL, hours=1)
    with (
        odd_server(greeting=SILENCE) as (server, url),
        worker(alone, SMTP_URL=url, LOG_LEVEL="warning"),
    ):
        for _ in range(300):
            if server.lines:
                break
            time.sleep(0.1)
    with alone.app_context():
        message = db.session.scalars(select(Message)).one()
        assert message.state is MessageState.QUEUED and message.taken_at is None


def test_a_worker_that_is_told_to_stop_waits_for_no_lock(
    alone: Flask, sink: tuple[Sink, str]
) -> None:
    with alone.test_request_context(), unit_of_work(None, "mail.tried") as work:
        work.send_to("a@example.lv", "lv", "accounts/confirm", key="1", url=URL, hours=1)
    with alone.app_context():
        db.session.execute(db.text("LOCK TABLE messages"))
        waiting = db.text(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'messages'::regclass"
        )
        with worker(alone, SMTP_URL=sink[1], DATABASE_TIMEOUT="60"):
            for _ in range(300):
                if db.session.scalar(waiting):
                    break
                time.sleep(0.1)
        assert db.session.scalar(select(Message.state)) is MessageState.QUEUED


def test_without_a_mail_server_letters_wait(
    app: Flask, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[list[str]] = []
    monkeypatch.setattr(
        "portal.core.messages.cli.run_worker",
        lambda _app, *, queues, wait: ran.append([*queues]),
    )
    app.test_cli_runner().invoke(args=["worker"])
    assert ran == [["default"]] and "SMTP_URL is not set" in caplog.text


def test_links_of_letters_need_no_request(app: Flask, settings: Callable[..., None]) -> None:
    settings(base_url="https://asns.example.lv/portal")
    with app.app_context():
        assert page_url("messages.outbox", to="a@example.lv") == (
            "https://asns.example.lv/portal/demo/mail?to=a@example.lv"
        )


def test_a_letter_that_is_gone_is_no_fault(alone: Flask) -> None:
    from portal.core.jobs import run_worker

    with alone.app_context():
        defer(send, message_id="01a201c2-56da-76d5-9266-28626c99ad7f")
        db.session.commit()
    run_worker(alone, wait=False)
    with alone.app_context():
        # What runs by the clock may have come in between.
        left = db.text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = :name")
        assert db.session.scalar(left, {"name": send.name}) == 0


def test_the_worker_knows_what_to_do_by_the_clock(app: Flask) -> None:
    from portal.core.jobs import jobs

    known = {task.task.name for task in jobs.periodic_registry.periodic_tasks.values()}
    assert {"audit.seal", "jobs.take_up_stalled"} <= known
