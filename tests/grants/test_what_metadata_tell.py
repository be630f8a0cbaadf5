"""What the board does within itself is seen by nobody outside before it is published.

Not by a page, a file or a feed, and not by what goes with it: tags, instants, lengths, orders.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from http import HTTPStatus
from itertools import count

from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.core import clock
from portal.core.accounts.models import Person
from portal.core.db import db
from portal.grants.applications.models import Application
from portal.grants.awards import service as awards
from portal.grants.awards.models import Decision
from portal.grants.competitions.models import Competition
from tests.conftest import NOW
from tests.factories import Make
from tests.world import World

# Who is outside: the public, an applicant of this call, an applicant elsewhere.
READERS = ("visitor", "owner", "other-owner")
OWN_TIME = {"Date", "Set-Cookie"}  # of the answer, not of what it says
LATER = NOW + timedelta(minutes=50)  # when everything is read

Said = dict[tuple[str, str], tuple[int, list[tuple[str, str]], bytes]]


class Board:
    """What a board does with a call that has closed, step by step."""

    def __init__(self, world: World) -> None:
        self.world = world
        with world.app.app_context():
            connection = db.engines[None]
        self.session = Session(
            connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        )
        self.make = make = Make(self.session, world.app)
        make.count = count(5000)
        scene = world.near["unchecked"]
        self.call = self.session.get_one(Competition, scene["competition"].id)
        ours = self.session.get_one(Application, scene["application"].id)
        others = [make.application(self.call, submitted=True) for _ in range(2)]
        # The order of the ranking is not the one in which they came in.
        self.applied = [*reversed(others), ours]

    def checked(self) -> None:
        for application in self.applied:
            self.make.eligible(application)

    def seated(self) -> None:
        self.members = self.make.committee(self.call)

    def declared(self) -> None:
        for application in self.applied:
            self.make.assigned(application, *self.members)

    def scored(self) -> None:
        for points, application in zip(("9", "8", "7"), self.applied, strict=True):
            for member in self.members:
                self.make.sheet(application, member, {"c1": points, "c2": points})

    def discussed(self) -> None:
        self.call.discussion_opened_at = clock.now()
        self.session.commit()

    def approved(self) -> None:
        order = [str(application.number) for application in self.applied]
        self.make.meeting(self.call, self.members, order)

    def drafted(self) -> None:
        self.carry_out("officer", awards.propose_decisions)

    def signed(self) -> None:
        self.carry_out("head", awards.sign_off, decided_on=clock.today())

    def published(self) -> None:
        self.carry_out("head", awards.publish)

    def carry_out(self, who: str, verb: Callable[..., object], **values: object) -> None:
        self.session.close()  # its savepoint, for the verb has its own
        with self.world.app.test_request_context():
            actor = db.session.get_one(Person, self.world.people[who].id)
            verb(actor, db.session.get_one(Competition, self.call.id), **values)

    def in_the_order_of_decisions(self) -> list[str | None]:
        """The applications' numbers, by the numbers of the decisions on them."""
        found = self.session.query(Decision).filter_by(competition_id=self.call.id)
        assert {decision.place for decision in found} == {1, 2, 3}
        return [decision.application.number for decision in found.order_by(Decision.number)]

    @property
    def steps(self) -> list[Callable[[], None]]:
        return [
            *(self.checked, self.seated, self.declared, self.scored, self.discussed),
            *(self.approved, self.drafted, self.signed),
        ]


def surfaces(world: World) -> Iterator[tuple[str, str]]:
    """Every address that can be asked for here, and who asks."""
    for rule in world.app.url_map.iter_rules():
        if (
            rule.endpoint != "static"
            and "GET" in (rule.methods or ())
            and not rule.arguments - world.near["unchecked"].keys()
        ):
            yield from ((role, world.url(rule.endpoint, "unchecked")) for role in READERS)


def heard(world: World, asked: Iterable[tuple[str, str]]) -> Said:
    with clock.at(LATER):
        return {(role, url): said(world.ask(role, url)) for role, url in asked}


def said(response: TestResponse) -> tuple[int, list[tuple[str, str]], bytes]:
    headers = [(name, value) for name, value in response.headers if name not in OWN_TIME]
    return response.status_code, headers, response.data


def test_nobody_outside_notices_anything_before_it_is_published(world: World) -> None:
    with world.undone():
        with clock.at(NOW):
            board = Board(world)
        everything = heard(world, surfaces(world))
        seen = {one: what for one, what in everything.items() if what[0] == HTTPStatus.OK}
        assert len(seen) > 90
        assert different(seen, heard(world, seen)) == [], "it reads alike twice"
        for minutes, step in enumerate(board.steps, start=1):
            with clock.at(NOW + timedelta(minutes=minutes)):
                step()
            assert different(seen, heard(world, seen)) == [], step.__name__
        assert different(everything, heard(world, everything)) == []
        assert board.in_the_order_of_decisions() == sorted(one.number for one in board.applied)
        board.published()
        assert different(seen, heard(world, seen)), "and then it is seen"


def different(before: Said, after: Said) -> list[tuple[str, str]]:
    return [asked for asked in before if before[asked] != after[asked]]
