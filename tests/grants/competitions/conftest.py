"""An officer, and the draft of a call made from the template, for calling verbs."""

import pytest

from portal.core.accounts.models import Person, Role
from portal.grants.competitions.models import Competition
from tests.grants.competitions.rows import completed, drafted, mine


@pytest.fixture
def officer(make) -> Person:
    return mine(make.person(Role.OFFICER))


@pytest.fixture
def draft(make, officer) -> Competition:
    return drafted(officer, mine(make.municipality()))


@pytest.fixture
def ready(officer, draft) -> Competition:
    return completed(officer, draft)
