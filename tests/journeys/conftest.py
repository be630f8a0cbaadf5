"""An empty portal with the personas of the demo, served from a database of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.accounts import passwords
from portal.core.accounts.demo.cast import personas
from portal.core.db import db
from tests.conftest import NOW
from tests.core.documents.samples import PDF
from tests.factories import Make
from tests.journeys.people import PASSWORD
from tests.live import chromium, serving
from tests.world.scene import Scene, evaluating


@pytest.fixture(scope="module")
def database_url() -> str:
    """Where the journey's portal keeps its data, if not on the tests' embedded PostgreSQL."""
    return ""


@pytest.fixture(scope="module")
def portal(demo_portal: Callable[..., Flask], database_url: str) -> Flask:
    app = demo_portal("journey", base_url="http://127.0.0.1", database_url=database_url)
    with clock.at(NOW), app.test_request_context():
        personas()
        db.session.remove()
    return app


@pytest.fixture(scope="module")
def address(portal: Flask) -> Iterator[str]:
    with serving(portal) as url:
        yield url


@pytest.fixture(scope="module")
def browser(address: str) -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def make(portal: Flask) -> Iterator[Make]:
    """Rows in the portal's own database."""
    with portal.app_context():
        engine = create_engine(db.engine.url)
    with Session(engine, expire_on_commit=False) as session:
        yield Make(session, portal)
    engine.dispose()


@pytest.fixture
def committee(make: Make) -> Scene:
    """A committee of people who read English, that has scored one application."""
    scene = evaluating(make)
    scene.scored(("8", "8"), ("8", "8"), ("9", "8"), title="A cinema in the yard")
    names = ("Carla Chair", "Sven Scribe", "Mia Member")
    for member, name in zip(scene.members, names, strict=True):
        member.name, member.language = name, "en"
        member.password_hash = passwords.hashed(PASSWORD)
    make.session.commit()
    return scene


@pytest.fixture(scope="session")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small PDF to upload."""
    path = tmp_path_factory.mktemp("papers") / "Apliecinājums.pdf"
    path.write_bytes(PDF)
    return path
