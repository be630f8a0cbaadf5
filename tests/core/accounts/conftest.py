"""What tests of accounts share: letters that were sent, a good password, English pages."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from functools import cache

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.accounts import passwords
from portal.core.accounts.models import Person
from portal.core.messages.models import Message
from tests.factories import Make
from tests.pages import PageClient

GOOD = "zaļa siena lido klusi"


@cache
def good_hash() -> str:
    return passwords.hashed(GOOD)


class Post:
    """The letters that wait in the outbox."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def to(self, email: str) -> list[Message]:
        self.session.commit()
        return list(
            self.session.scalars(
                select(Message).where(Message.recipient == email).order_by(Message.id)
            )
        )

    def templates(self, email: str) -> list[str]:
        return [letter.template for letter in self.to(email)]

    def link(self, email: str) -> str:
        """The path of the one-time link in the newest letter."""
        found = re.search(r"http://localhost(/link/\S+)", self.to(email)[-1].text)
        assert found, "no link in the letter"
        return found[1]

    def count(self) -> int:
        return self.session.scalar(select(func.count(Message.id))) or 0


@pytest.fixture
def post(session: Session) -> Post:
    return Post(session)


@pytest.fixture
def english(client: PageClient) -> PageClient:
    client.set_cookie("language", "en")
    return client


@pytest.fixture
def anna(make: Make) -> Person:
    """Somebody with a confirmed account and a password."""
    return make.person(email="anna@example.lv", name="Anna Bērziņa", password_hash=good_hash())


@pytest.fixture
def unconfirmed(make: Make) -> Person:
    return make.person(email="jauna@example.lv", password_hash=good_hash(), confirmed_at=None)


@pytest.fixture
def later() -> Callable[..., AbstractContextManager[None]]:
    """Hold the clock at some time after now: `with later(minutes=61): …`."""
    start = clock.now()
    return lambda **units: clock.at(start + timedelta(**units))
