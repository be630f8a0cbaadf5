"""A phase in SQL is the phase that the rule says, whatever the state and the instant."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.grants.competitions.models import Competition
from portal.grants.competitions.queries import in_phase
from portal.grants.competitions.rules import Phase, phase
from tests.factories import Make

SECOND = timedelta(seconds=1)
AROUND = [-SECOND, timedelta(0), timedelta(milliseconds=900), SECOND]


@pytest.mark.parametrize(
    "state", ["draft", "announced", "open", "closed", "decided", "published", "cancelled"]
)
def test_sql_and_rule_agree_around_opening_and_deadline(make: Make, state: str) -> None:
    call = make.competition(state)
    for bound in (call.opens_at, call.deadline):
        for apart in AROUND:
            now = bound + apart
            found = [
                stand
                for stand in Phase
                if make.session.scalar(
                    select(Competition.id).where(Competition.id == call.id, in_phase(stand, now))
                )
            ]
            assert found == [phase(call, now)]
