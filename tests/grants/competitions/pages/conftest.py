"""An officer who has signed in, and a draft, for the pages."""

import pytest

from portal.core.accounts.models import Role
from portal.grants.competitions.models import Competition


@pytest.fixture
def officer(client, make):
    client.sign_in(make.person(Role.OFFICER))
    return client


@pytest.fixture
def draft(make) -> Competition:
    return make.competition("draft", slug="melnraksts")
