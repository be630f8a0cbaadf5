"""A call whose discussion is open: before, nobody sees points or votes on them."""

import pytest

from portal.core import clock
from tests.factories import Make
from tests.grants.evaluation.world import World


@pytest.fixture
def world(make: Make) -> World:
    return World(make, discussion_opened_at=clock.now())
