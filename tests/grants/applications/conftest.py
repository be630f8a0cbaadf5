import pytest

from tests.factories import Make
from tests.world.scene import Scene, applying


@pytest.fixture
def scene(make: Make) -> Scene:
    return applying(make)
