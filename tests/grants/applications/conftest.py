import pytest

from tests.factories import Make
from tests.world.scene import Scene, applying


@pytest.fixture
def world(make: Make) -> Scene:
    return applying(make)
