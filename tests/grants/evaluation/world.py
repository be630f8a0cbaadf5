"""A call whose deadline has passed, its committee, and applications in whatever state."""

from typing import Any, TypeVar

from portal.core import clock
from portal.core.accounts.models import Person, RoleGrant
from portal.core.db import Base, db
from portal.grants.applications.models import Application
from portal.grants.evaluation.committee.models import CommitteeRole
from tests.factories import DAY, Make

Row = TypeVar("Row", bound=Base)


def here(row: Row) -> Row:
    """The row in the application's own session, as a verb gets it."""
    found = db.session.get(type(row), row.id, populate_existing=True)  # type: ignore[attr-defined]
    assert found is not None
    return found


class World:
    """One call with one grant; chair, secretary and more members, all of whom score."""

    def __init__(self, make: Make, members: int = 3, **values: Any) -> None:
        self.make = make
        self.call = make.competition("closed", **{"grants": 1, **values})
        self.members = make.committee(self.call, members)
        self.chair, self.secretary, *self.others = self.members

    @property
    def member(self) -> Person:
        """A member who neither leads nor keeps the minutes."""
        return self.others[0]

    def another_secretary(self) -> Person:
        """Somebody who keeps the minutes beside, or after, whom the order named first."""
        person = self.make.person()
        self.make.rewrite(
            RoleGrant(
                person_id=person.id,
                role=CommitteeRole.SECRETARY,
                scope_id=self.call.id,
                since=clock.today() - DAY,
            )
        )
        return person

    def eligible(self, **values: Any) -> Application:
        """An eligible application that nobody has been given yet."""
        application = self.make.application(self.call, submitted=True, **values)
        self.make.eligible(application)
        return application

    def assigned(self, *, declared: bool = True, **values: Any) -> Application:
        """An eligible application that all members are to score."""
        application = self.eligible(**values)
        self.make.assigned(application, *self.members, declared=declared)
        return application

    def scored(self, *points: tuple[str, str], **values: Any) -> Application:
        """An assigned application that the first members have scored, each with (c1, c2)."""
        application = self.assigned(**values)
        for member, (c1, c2) in zip(self.members, points, strict=False):
            self.make.sheet(application, member, {"c1": c1, "c2": c2})
        return application
