import pytest

from tests.factories import Make
from tests.world.scene import Scene, evaluating


@pytest.fixture
def scene(make: Make) -> Scene:
    return evaluating(make)
