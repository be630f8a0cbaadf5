"""A request that has only read keeps what the driver prepared; one that left a write loses that."""

from collections.abc import Callable, Iterator

import psycopg
import pytest
from flask import Flask
from sqlalchemy import select, text, update

from config import Settings
from portal import create_app
from portal.core.accounts.models import Municipality
from portal.core.db import Words, db


@pytest.fixture
def alone(
    new_database: Callable[[str], str], worker: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """An application with one connection to a database of its own."""
    url = new_database(f"asns_reading_{worker}")
    folder = tmp_path_factory.mktemp("var")
    yield (app := create_app(Settings(var=folder, database_url=url)))
    with app.app_context():
        db.engine.dispose()


def city(code: str) -> Municipality:
    return Municipality(
        code=code, name=Words("Pilsēta"), organiser=Words("Pārvalde"), email="a@b.lv"
    )


def codes(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Municipality.code)))


def test_a_page_asked_for_often_is_planned_once(alone: Flask) -> None:
    browser = alone.test_client()
    for _ in range(8):
        assert browser.get("/competitions").status_code == 200
    with alone.app_context():
        prepared = db.session.scalar(text("SELECT count(*) FROM pg_prepared_statements"))
    assert prepared


@pytest.mark.parametrize("write", ["flushed", "pending", "changed", "by a statement"])
def test_what_no_verb_has_committed_is_lost(alone: Flask, write: str) -> None:
    with alone.app_context():
        db.session.add(city("ONE"))
        db.session.commit()
    with alone.app_context():
        match write:
            case "flushed":
                db.session.add(city("TWO"))
                db.session.flush()
            case "pending":
                db.session.add(city("TWO"))
            case "changed":
                db.session.scalars(select(Municipality)).one().code = "TWO"
            case _:
                db.session.execute(update(Municipality).values(code="TWO"))
    assert codes(alone) == ["ONE"]


def test_what_is_read_after_a_commit_is_not_taken_for_a_write(alone: Flask) -> None:
    with alone.app_context():
        db.session.add(city("ONE"))
        db.session.commit()
        for _ in range(6):
            db.session.scalars(select(Municipality)).all()
    assert codes(alone) == ["ONE"]
    with alone.app_context():
        assert db.session.scalar(text("SELECT count(*) FROM pg_prepared_statements"))


def test_a_connection_that_the_server_has_closed_is_noticed_before_it_is_used(alone: Flask) -> None:
    browser = alone.test_client()
    assert browser.get("/readyz").status_code == 200
    with psycopg.connect(alone.config["SQLALCHEMY_DATABASE_URI"].replace("+psycopg", "")) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert browser.get("/readyz").status_code == 200
