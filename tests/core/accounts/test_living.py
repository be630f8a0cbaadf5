"""Whether a role is held: the same of a grant in hand and in a query, on every day around it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.accounts.models import Role, RoleGrant
from tests.conftest import NOW
from tests.factories import Make

DAY = timedelta(days=1)


@pytest.mark.parametrize("lasts", [None, 0, 2])
@pytest.mark.parametrize("ended", [False, True])
def test_value_and_query_agree(make: Make, lasts: int | None, ended: bool) -> None:
    since = clock.today()
    grant = make.row(
        RoleGrant(
            person_id=make.person().id,
            role=Role.ADMINISTRATOR,
            since=since,
            until=None if lasts is None else since + lasts * DAY,
            ended_at=NOW if ended else None,
        )
    )
    held = []
    for days in range(-1, 4):
        with clock.at(NOW + days * DAY):
            found = select(RoleGrant.id).where(RoleGrant.id == grant.id, RoleGrant.is_living)
            assert (make.session.scalar(found) is not None) is grant.is_living
            held.append(grant.is_living)
    last = 3 if lasts is None else lasts
    assert held == [not ended and 0 <= days <= last for days in range(-1, 4)]
