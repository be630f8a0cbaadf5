"""Two people at the same moment, in a database where a commit is a commit."""

import threading
from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from portal.core.accounts import service as accounts
from portal.core.accounts import throttle
from portal.core.accounts.demo import registration_number
from portal.core.accounts.models import Organisation, Person, Role, Throttle
from portal.core.accounts.organisations import queries, service
from portal.core.db import db
from portal.core.errors import DomainError
from portal.core.messages.models import Message
from tests.core.accounts.conftest import GOOD, good_hash
from tests.factories import Make


@pytest.fixture
def crowd(alone: Flask) -> tuple[Flask, list[UUID], UUID]:
    """An organisation with two owners, in a database where a commit is a commit."""
    with alone.app_context():
        make = Make(db.session())
        organisation = make.organisation(registration_number=registration_number(9))
        people = [make.person() for _ in range(2)]
        for person in people:
            make.grant(person, Role.OWNER, organisation)
        return alone, [person.id for person in people], organisation.id


def at_once(app: Flask, *verbs: Callable[[], None]) -> list[str]:
    """Run the verbs at the same moment; what each refused with, or "" where it went through."""
    barrier, answers = threading.Barrier(len(verbs)), [""] * len(verbs)

    def run(place: int, verb: Callable[[], None]) -> None:
        with app.test_request_context():
            barrier.wait()
            try:
                verb()
            except DomainError as refusal:
                answers[place] = refusal.code

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(verbs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_two_owners_who_remove_each_other_leave_one(
    crowd: tuple[Flask, list[UUID], UUID],
) -> None:
    app, (one, two), key = crowd

    def remove(actor: UUID, other: UUID) -> None:
        organisation = db.session.get_one(Organisation, key)
        (membership,) = (each for each in queries.members(organisation) if each.person_id == other)
        service.remove(db.session.get_one(Person, actor), organisation, membership)

    answers = at_once(app, lambda: remove(one, two), lambda: remove(two, one))
    assert sorted(answers) == ["", "not_owner"]
    with app.app_context():
        assert len(queries.owners(db.session.get_one(Organisation, key))) == 1


def test_two_owners_who_leave_at_once_leave_one(
    crowd: tuple[Flask, list[UUID], UUID],
) -> None:
    app, (one, two), key = crowd

    def leave(actor: UUID) -> None:
        service.leave(db.session.get_one(Person, actor), db.session.get_one(Organisation, key))

    answers = at_once(app, lambda: leave(one), lambda: leave(two))
    assert sorted(answers) == ["", "last_owner"]


def test_one_address_invited_twice_at_once_has_one_link(
    crowd: tuple[Flask, list[UUID], UUID],
) -> None:
    app, (one, two), key = crowd

    def invite(actor: UUID) -> None:
        service.invite(
            db.session.get_one(Person, actor),
            db.session.get_one(Organisation, key),
            email="x@example.lv",
            role=Role.EDITOR,
        )

    assert at_once(app, lambda: invite(one), lambda: invite(two)) == ["", ""]
    with app.app_context():
        assert len(queries.invitations(db.session.get_one(Organisation, key))) == 1


def test_one_link_claimed_twice_at_once_lets_one_in(
    crowd: tuple[Flask, list[UUID], UUID],
) -> None:
    app, (one, _two), key = crowd
    with app.test_request_context():
        service.invite(
            db.session.get_one(Person, one),
            db.session.get_one(Organisation, key),
            email="x@example.lv",
            role=Role.EDITOR,
        )
        link = db.session.scalars(select(Message.text)).one().split("/link/join/")[1].split()[0]
        guests = [Make(db.session()).person(email=f"g{n}@example.lv").id for n in range(2)]

    def join(actor: UUID) -> None:
        service.join(db.session.get_one(Person, actor), link)

    answers = at_once(app, lambda: join(guests[0]), lambda: join(guests[1]))
    assert sorted(answers) == ["", "link_spent"]


def test_a_hundred_guesses_at_once_are_five(alone: Flask) -> None:
    with alone.app_context():
        Make(db.session()).person(email="anna@example.lv", password_hash=good_hash())

    def guess() -> None:
        accounts.sign_in_with_password("anna@example.lv", "not the password")

    answers = [code for _ in range(3) for code in at_once(alone, *[guess] * 5)]
    assert answers.count("sign_in") == throttle.PASSWORD.tries
    assert answers.count("too_many") == 15 - throttle.PASSWORD.tries


def test_a_double_click_on_sign_in_goes_through_twice(alone: Flask) -> None:
    with alone.app_context():
        Make(db.session()).person(email="anna@example.lv", password_hash=good_hash())

    def enter() -> None:
        accounts.sign_in_with_password("anna@example.lv", GOOD)

    for _ in range(5):
        assert at_once(alone, enter, enter) == ["", ""]
    with alone.app_context():
        kept = db.session.scalars(select(Throttle.key)).all()
        assert [key for key in kept if key.startswith("password:")] == []
