"""A call whose discussion is open: before, nobody sees points or votes on them."""

import pytest

from portal.core import clock
from tests.factories import Make
from tests.world.scene import Scene, evaluating


@pytest.fixture
def scene(make: Make) -> Scene:
    return evaluating(make, discussion_opened_at=clock.now())
