"""The scripts of static/src/js, in a real Chromium, against a server that answers as it is told."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from tests.core.scripts.server import Server, serving
from tests.live import chromium


@pytest.fixture(scope="module")
def server(application: Flask) -> Iterator[Server]:
    with serving(application) as server:
        yield server


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """A page at the server, in English; a script's error fails the test."""
    server.forget()
    context = browser.new_context(base_url=server.address)
    for name, value in (("language", "en"), ("test", str(server.test))):
        context.add_cookies([{"name": name, "value": value, "url": server.address}])
    page = context.new_page()
    page.set_default_timeout(5000)
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    yield page
    context.close()
    assert not faults
