"""An empty portal with the personas of the demo, served from a database of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser

from config import Settings
from portal import create_app
from portal.core import clock
from portal.core.accounts.demo.cast import personas
from portal.core.db import db
from tests.conftest import NOW
from tests.live import chromium, serving


@pytest.fixture(scope="module")
def portal(
    new_database: Callable[[str], str], worker: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DEMO", "1")
        settings = Settings(
            var=tmp_path_factory.mktemp("journey"),
            database_url=new_database(f"journey_{worker}"),
            demo=True,
            secret_key="a key for tests only",
            base_url="http://127.0.0.1",
        )
    app = create_app(settings)
    with clock.at(NOW), app.test_request_context():
        personas()
        db.session.remove()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="module")
def address(portal: Flask) -> Iterator[str]:
    with serving(portal) as url:
        yield url


@pytest.fixture(scope="module")
def browser(address: str) -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small PDF to upload."""
    path = tmp_path_factory.mktemp("papers") / "Apliecinājums.pdf"
    path.write_bytes(b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n")
    return path
