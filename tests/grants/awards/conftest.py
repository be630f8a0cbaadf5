"""A competition in each of the states that decisions pass through, made by the verbs."""

import pytest

from tests.factories import Make
from tests.world.scene import Scene, deciding


@pytest.fixture
def case(make: Make) -> Scene:
    return deciding(make)


@pytest.fixture
def drafted(case: Scene) -> Scene:
    return case.propose()


@pytest.fixture
def signed(drafted: Scene) -> Scene:
    return drafted.sign()


@pytest.fixture
def published(signed: Scene) -> Scene:
    return signed.publish()
