"""PostgreSQL stands still, goes away and comes back: nobody waits for ever, and all goes on."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from http import HTTPStatus
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, OperationalError

from config import Settings
from portal import create_app
from portal.core import circuit_breaker, connections, embedded, migrate, startup
from portal.core.db import db
from portal.core.errors import Missing, Unavailable, unavailable
from portal.core.work import unit_of_work
from tests.core.messages.conftest import Sink
from tests.core.messages.samples import URL
from tests.core.messages.test_worker import worker
from tests.faults.neighbours import standing_still
from tests.pages import PageClient


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A PostgreSQL of its own, migrated."""
    folder = tmp_path_factory.mktemp("stopped") / "postgres"
    migrate.upgrade(embedded.start(folder, embedded.NOT_DURABLE))
    yield folder
    embedded.stop(folder)


@pytest.fixture
def portal(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """A portal that waits for it for a second."""
    monkeypatch.setattr(connections, "FREE_CONNECTION", 0.1)
    app = create_app(
        Settings(
            var=folder.parent,
            database_url=embedded.start(folder, embedded.NOT_DURABLE),
            secret_key="a key for tests only",
            base_url="http://localhost",
            database_timeout=1,
        )
    )
    app.testing = True
    app.test_client_class = PageClient
    yield app
    with app.app_context():
        db.engine.dispose()


def test_nobody_waits_for_a_server_that_stands_still(
    portal: Flask, folder: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = portal.test_client()
    assert browser.get("/readyz").status_code == HTTPStatus.OK
    with standing_still(folder):
        ready = browser.get("/readyz")
        assert (ready.status_code, ready.json) == (503, {"status": "no database"})
        page = browser.get("/competitions")
        assert page.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert "Portāls pašlaik nav pieejams" in page.text
        assert "did not answer a moment ago" in caplog.text, "it was asked again at once"
        data = browser.get("/open-data/competitions.json").json
        assert data and data["code"] == "unavailable" and data["reference"] in caplog.text
        assert browser.get("/healthz").status_code == HTTPStatus.OK
    monkeypatch.setattr(circuit_breaker, "monotonic", lambda: float("inf"))  # the pause is over
    assert browser.get("/readyz").status_code == HTTPStatus.OK


def test_no_start_waits_for_a_database_that_somebody_holds(
    portal: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    with portal.app_context(), db.engine.connect() as somebody:
        somebody.execute(text("LOCK TABLE journal_entries IN ACCESS EXCLUSIVE MODE"))
        startup.look_around(portal)
    assert "cannot be used: canceling statement" in capsys.readouterr().err


@pytest.mark.parametrize("at_commit", [False, True])
def test_it_is_said_whether_a_verb_may_have_taken_place(
    portal: Flask, folder: Path, at_commit: bool
) -> None:
    with ExitStack() as stopped, portal.test_request_context():

        def stop(_connection: object = None) -> None:
            stopped.enter_context(standing_still(folder))

        if at_commit:
            event.listen(db.engine, "commit", stop, once=True)
        with pytest.raises((Unavailable, OperationalError)) as caught:  # noqa: SIM117
            with unit_of_work(None, "verb.tried") as work:
                work.note(fact=1)
                if not at_commit:
                    stop()
    found = unavailable(caught.value)
    assert found and (found.missing, found.unknown) == (Missing.DATABASE, at_commit)


@pytest.mark.parametrize(
    ("state", "missing"),
    [
        ("57P01", Missing.DATABASE),  # it is being restarted
        ("53300", Missing.DATABASE),  # it has too many connections
        ("25006", Missing.DATABASE),  # it may only be read
        ("57014", Missing.DATABASE),  # it has ended what took too long
        ("53100", Missing.ROOM),
        ("22P02", None),  # a fault of ours
    ],
)
def test_what_the_server_says_is_told_as_what_it_is(
    portal: Flask, state: str, missing: Missing | None
) -> None:
    with portal.app_context(), pytest.raises(DBAPIError) as caught:
        db.session.execute(text(f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{state}'; END $$"))
    found = unavailable(caught.value)
    assert (found and found.missing) == missing


def test_what_takes_too_long_is_ended_by_the_server_itself(portal: Flask) -> None:
    with portal.app_context():
        with pytest.raises(OperationalError, match="statement timeout"):
            db.session.execute(text("SELECT pg_sleep(60)"))
        db.session.rollback()
        assert db.session.scalar(text("SELECT 1")) == 1


def test_whoever_gets_no_connection_is_told(portal: Flask) -> None:
    with portal.app_context(), ExitStack() as others:
        for _ in range(portal.extensions["settings"].threads + 5):
            others.enter_context(db.engine.connect())
        page = portal.test_client().get("/competitions")
        assert page.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert "Portāls pašlaik nav pieejams" in page.text
        assert portal.test_client().get("/readyz").status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert portal.test_client().get("/competitions").status_code == HTTPStatus.OK


def test_portal_and_worker_outlive_a_restart(
    portal: Flask, folder: Path, sink: tuple[Sink, str]
) -> None:
    browser = portal.test_client()
    with worker(portal, tracebacks=True, SMTP_URL=sink[1]) as process:
        until_sent(portal, "before", sink[0])
        seen = browser.get("/readyz").json["worker"]
        assert seen and not seen["late"]
        embedded.stop(folder)
        page = browser.get("/competitions")
        assert page.status_code == HTTPStatus.SERVICE_UNAVAILABLE and page.headers["Retry-After"]
        embedded.start(folder, embedded.NOT_DURABLE)
        assert browser.get("/competitions").status_code == HTTPStatus.OK
        until_sent(portal, "after", sink[0])
        assert process.poll() is None
    assert browser.get("/readyz").json == {"status": "ok", "worker": None}


def until_sent(app: Flask, key: str, sink: Sink) -> None:
    """Write a letter, and wait until the worker has sent it."""
    before = len(sink.to)
    with app.test_request_context(), unit_of_work(None, "mail.tried") as work:
        work.send_to("a@example.lv", "lv", "accounts/confirm", key=key, url=URL, hours=1)
    for _ in range(300):
        if len(sink.to) > before:
            return
        time.sleep(0.1)
    pytest.fail(f"the letter {key} is not sent")
