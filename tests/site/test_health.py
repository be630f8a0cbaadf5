"""What a load balancer asks."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.core import revision
from tests.pages import PageClient


def test_the_process_answers(client: PageClient) -> None:
    assert client.get("/healthz").json == {"status": "ok"}


def test_the_database_is_ready_once_it_is_migrated(client: PageClient) -> None:
    assert client.get("/readyz").json == {"status": "ok", "worker": None}


def test_a_worker_that_is_silent_is_told_and_keeps_nobody_away(
    client: PageClient, session: Session
) -> None:
    for ago, late in (("1 hour", True), ("5 seconds", False)):
        session.execute(
            text(
                "INSERT INTO procrastinate_workers (last_heartbeat)"
                " VALUES (now() - CAST(:ago AS interval))"
            ),
            {"ago": ago},
        )
        session.commit()
        answer = client.get("/readyz")
        assert answer.status_code == 200 and answer.json
        assert answer.json["worker"]["late"] is late


def test_a_database_behind_the_code_is_not_ready(
    client: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revision, "newest", lambda: "9999")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"status": "migrations are behind"})
    assert client.get("/healthz").status_code == 200
