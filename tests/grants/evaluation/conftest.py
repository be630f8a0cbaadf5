import pytest

from tests.factories import Make
from tests.grants.evaluation.world import World


@pytest.fixture
def world(make: Make) -> World:
    return World(make)
