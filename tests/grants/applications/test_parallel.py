"""Two at the same moment, on a real second database whose commits are commits."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from config import Settings
from portal import create_app
from portal.core import clock
from portal.core.accounts.models import Person, Role
from portal.core.db import db
from portal.core.errors import DomainError
from portal.grants.applications import queries
from portal.grants.applications.drafts import service as drafts
from portal.grants.applications.models import Application, Part, Submission
from portal.grants.applications.submission import service
from tests.factories import Make


@pytest.fixture(scope="module")
def busy(
    new_database: Callable[[str], str], worker: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Flask, Make]]:
    """An application on a database of its own; nothing is rolled back."""
    folder: Path = tmp_path_factory.mktemp("busy")
    url = new_database(f"asns_busy_{worker}")
    app = create_app(Settings(var=folder, database_url=url, secret_key="a key for tests only"))
    with app.app_context():
        engine = create_engine(db.engine.url)
    with Session(engine, expire_on_commit=False) as session:
        yield app, Make(session)
    engine.dispose()
    with app.app_context():
        db.engine.dispose()


def at_once(app: Flask, number: int, act: Callable[[int], object]) -> list[object]:
    """Run `act` in so many threads that all begin together; what each gave or was refused with."""
    gate, results = threading.Barrier(number), list[object]([None] * number)

    def run(place: int) -> None:
        with app.test_request_context():
            gate.wait()
            try:
                results[place] = act(place)
            except DomainError as refusal:
                results[place] = refusal
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def submit(owner: Person, application: Application) -> str:
    actor = db.session.get_one(Person, owner.id)
    mine = queries.by_key(application.id)
    assert mine is not None
    seen = service.print_of(queries.draft(mine))
    return service.submit(actor, mine, seen=seen, received_at=clock.now()).seal


def test_submitted_by_four_hands_at_once_it_is_in_once(busy: tuple[Flask, Make]) -> None:
    app, make = busy
    session = make.session
    draft = make.application(make.competition("open"))
    owner = session.get_one(Person, draft.started_by_id)
    seals = at_once(app, 4, lambda _place: submit(owner, draft))
    assert len(set(map(str, seals))) == 1, seals
    session.expire_all()
    assert session.query(Submission).filter_by(application_id=draft.id).count() == 1


def test_numbers_of_six_at_once_have_no_gaps_and_no_doubles(busy: tuple[Flask, Make]) -> None:
    app, make = busy
    session = make.session
    call = make.competition("open")
    all_drafts = [make.application(call) for _ in range(6)]
    owners = [session.get_one(Person, one.started_by_id) for one in all_drafts]
    at_once(app, 6, lambda place: submit(owners[place], all_drafts[place]))
    session.expire_all()
    numbers = [session.get_one(Application, one.id).ordinal for one in all_drafts]
    assert sorted(numbers, key=str) == [1, 2, 3, 4, 5, 6]


def test_an_organisation_cannot_slip_a_second_one_in(busy: tuple[Flask, Make]) -> None:
    app, make = busy
    call = make.competition("open", applications_per_organisation=1)
    organisation = make.organisation()
    owner = make.person(Role.OWNER, scope=organisation)
    pair = [make.application(call, by=owner, organisation=organisation) for _ in range(2)]
    results = at_once(app, 2, lambda place: submit(owner, pair[place]))
    assert sum(isinstance(one, DomainError) for one in results) == 1, results


def test_of_two_editors_who_save_at_once_one_is_told(busy: tuple[Flask, Make]) -> None:
    app, make = busy
    session = make.session
    draft = make.application(make.competition("open"))
    people = [session.get_one(Person, draft.started_by_id)]
    people.append(make.person(Role.EDITOR, scope=draft.organisation))

    def save(place: int) -> object:
        mine = queries.by_key(draft.id)
        assert mine is not None
        section = queries.section(mine.competition, "project")
        assert section is not None
        actor = db.session.get_one(Person, people[place].id)
        answers = {"title": f"No {place}"}
        return drafts.save_part(
            *(actor, mine, section, answers), version=1, received_at=clock.now()
        ).part.answers

    results = at_once(app, 2, save)
    refusals = [one for one in results if isinstance(one, DomainError)]
    assert [refusal.code for refusal in refusals] == ["stale"]
    session.expire_all()
    (kept,) = session.query(Part).filter_by(application_id=draft.id)
    assert kept.answers in results
