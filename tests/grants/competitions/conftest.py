"""An officer, and the draft of a call made from the template, for calling verbs."""

from datetime import date

import pytest

from portal.core import clock
from portal.core.accounts.models import Person, Role
from portal.grants.competitions import service
from portal.grants.competitions.documents import service as documents
from portal.grants.competitions.models import Competition
from tests.grants.competitions.rows import DAY, mine, pdf


@pytest.fixture
def officer(make) -> Person:
    return mine(make.person(Role.OFFICER))


@pytest.fixture
def draft(make, officer) -> Competition:
    opens = clock.now() + 10 * DAY
    return service.create_from_template(
        officer, mine(make.municipality()), "pumpurs-2020", opens_at=opens
    )


@pytest.fixture
def ready(officer, draft) -> Competition:
    for document in list(draft.documents):
        if document.kind != "regulations":
            documents.remove(officer, draft, document)
        else:
            documents.replace(officer, draft, document, documents.Upload(pdf(), date(2026, 11, 1)))
    return draft
