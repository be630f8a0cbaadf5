"""The world of tests/world.py behind a real server, and a browser before it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.live import Visitor, chromium, serving
from tests.world import World

AXE = Path(__file__).parents[1] / "data" / "axe.min.js"


@pytest.fixture(scope="module")
def address(world: World) -> Iterator[str]:
    with serving(world.app) as url:
        yield url


@pytest.fixture(scope="module")
def browser(address: str) -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def visitor(browser: Browser, address: str) -> Iterator[Visitor]:
    """One browser that looks at many pages, with axe-core at hand on each."""
    visitor = Visitor(browser, address)
    visitor.context.add_init_script(path=AXE)
    yield visitor
    visitor.close()
