"""Publication is one instant: two heads at once, a crash half-way, on commits that are commits."""

import pytest
from flask import Flask
from sqlalchemy import event, func, select, text
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.accounts.models import Role
from portal.core.db import Base
from portal.core.messages.models import Message
from portal.grants.applications.correspondence import service as correspondence
from portal.grants.applications.correspondence.models import Letter
from portal.grants.applications.models import Application
from portal.grants.awards import service
from portal.grants.awards.models import Decision, DecisionState
from portal.grants.competitions.models import Competition, CompetitionState
from tests.factories import Make
from tests.together import at_once, refusals
from tests.world.scene import POINTS, Scene, deciding, here


class Crash(Exception):
    """What happens to a server in the middle of a commit."""


@pytest.fixture
def ready(busy: tuple[Flask, Make]) -> Scene:
    """Signed decisions that wait for publication, with one officer and two heads."""
    _, make = busy
    make.session.rollback()
    return deciding(make).propose().sign()


def count(case: Scene, kind: type[Base]) -> int:
    """Rows that are there for everybody."""
    case.session.rollback()
    statement = select(func.count()).select_from(kind)
    if kind is Letter:
        statement = statement.join(Letter.application).where(
            Application.competition_id == case.call.id, Letter.matter.startswith("decision:")
        )
    return case.session.scalars(statement).one()


def test_of_two_heads_who_publish_at_once_one_does_and_letters_go_once(
    ready: Scene, busy: tuple[Flask, Make]
) -> None:
    heads = [ready.head, busy[1].person(Role.HEAD)]
    before = count(ready, Message)
    results = at_once(
        ready.app,
        *[lambda who=who: service.publish(here(who), here(ready.call)) for who in heads],
    )
    assert len(refusals(results)) == 1
    assert count(ready, Letter) == len(POINTS)
    assert count(ready, Message) - before == len(POINTS)


def test_a_declined_grant_is_given_on_once_by_two_heads_at_once(
    ready: Scene, busy: tuple[Flask, Make]
) -> None:
    ready.publish()
    declined = ready.decision(0)
    ready.run(service.decline, ready.owner_of(0), declined, reason="")
    heads = [ready.head, busy[1].person(Role.HEAD)]
    results = at_once(
        ready.app,
        *[
            lambda who=who: service.promote(here(who), here(declined), decided_on=clock.today())
            for who in heads
        ],
    )
    assert sum(isinstance(result, Decision) for result in results) == 1
    assert count(ready, Letter) == len(POINTS) + 1


@pytest.mark.parametrize("moment", ["before_commit", "after_letters"])
def test_a_crash_in_publication_leaves_no_letter_no_mail_and_nothing_public(
    ready: Scene, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    mails, letters, jobs = count(ready, Message), count(ready, Letter), jobs_of(ready)

    def crash(*_: object) -> None:
        raise Crash

    if moment == "before_commit":
        event.listen(Session, "before_commit", crash)
    else:
        sent = iter(range(len(POINTS) - 1))
        write = correspondence.write
        monkeypatch.setattr(
            correspondence,
            "write",
            lambda *a, **k: write(*a, **k) if next(sent, None) is not None else crash(),
        )
    try:
        with pytest.raises(Crash):
            ready.run(service.publish, ready.head, ready.call)
    finally:
        if moment == "before_commit":
            event.remove(Session, "before_commit", crash)
    assert (count(ready, Message), count(ready, Letter), jobs_of(ready)) == (mails, letters, jobs)
    assert ready.decision(0).state is DecisionState.SIGNED
    assert ready.session.get_one(Competition, ready.call.id).state is CompetitionState.DECIDED

    monkeypatch.undo()
    ready.publish()
    assert count(ready, Letter) == len(POINTS), "and publishing again afterwards sends all of them"


def jobs_of(case: Scene) -> int:
    case.session.rollback()
    return case.session.scalars(text("SELECT count(*) FROM procrastinate_jobs")).one()
