"""Registering: one letter, one link, the same words for everybody."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.accounts.models import Person, SignIn, Token
from portal.core.audit.models import JournalEntry
from tests.core.accounts.conftest import GOOD, Post
from tests.pages import PageClient, text

NEW = {"name": "Jana Kļava", "email": "Jana.Klava@Example.lv", "password": GOOD}


def person(session: Session, email: str = "jana.klava@example.lv") -> Person:
    session.commit()
    return session.scalars(select(Person).where(Person.email == email)).one()


def test_from_nothing_to_signed_in(english: PageClient, session: Session, post: Post) -> None:
    sent = english.send("/register", NEW)
    assert sent.status_code == HTTPStatus.FOUND and sent.location == "/register/sent"
    assert "jana.klava@example.lv" in text(english.get("/register/sent"))
    assert person(session).confirmed_at is None and person(session).language == "en"

    confirmed = english.send(post.link("jana.klava@example.lv"), {"password": GOOD})
    assert confirmed.location == "/my/organisations"
    assert person(session).confirmed_at is not None
    assert "Welcome" in text(english.get("/my/organisations"))


@pytest.mark.parametrize("onwards", ["/my/applications/start/lie-2026-1", "https://evil.example/"])
def test_whoever_came_from_a_call_returns_to_it(
    english: PageClient, post: Post, onwards: str
) -> None:
    page = english.page(f"/sign-in?next={onwards}")
    (link,) = page.select('a[href^="/register"]')
    sent = english.send(str(link["href"]), NEW)
    english.send(sent.location, {"email": "jana.klava@example.lv"})
    confirmed = english.send(post.link("jana.klava@example.lv"), {"password": GOOD})
    assert confirmed.location == (onwards if onwards.startswith("/") else "/my/organisations")


def test_no_secret_is_kept_or_journalled(english: PageClient, session: Session, post: Post) -> None:
    english.send("/register", NEW)
    secret = post.link("jana.klava@example.lv").rsplit("/", 1)[1]
    token = session.scalars(select(Token)).one()
    assert secret not in (token.digest, str(token.id)) and len(token.digest) == 64
    journal = str([entry.changes for entry in session.scalars(select(JournalEntry))])
    for hidden in (secret, token.digest, GOOD, "argon2"):
        assert hidden not in journal


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("name", "Your account is closed! Open http://evil.example", "Write just the name"),
        ("email", "jānis@example.lv", "before the @"),
    ],
)
def test_no_letter_for_a_message_in_place_of_a_name_or_to_where_none_arrives(
    english: PageClient, post: Post, field: str, typed: str, told: str
) -> None:
    refused = english.send("/register", {**NEW, field: typed})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY and told in text(refused)
    assert not post.count()


def test_a_mail_scanner_that_opens_the_link_changes_nothing(
    english: PageClient, session: Session, post: Post
) -> None:
    english.send("/register", NEW)
    link = post.link("jana.klava@example.lv")
    for _ in range(3):
        english.get(link)
        english.head(link)
    assert person(session).confirmed_at is None
    assert english.send(link, {"password": GOOD}).location == "/my/organisations"


def test_a_link_works_once(english: PageClient, post: Post) -> None:
    english.send("/register", NEW)
    link = post.link("jana.klava@example.lv")
    english.send(link, {"password": GOOD})
    english.post("/sign-out")
    english.page(link, status=HTTPStatus.GONE)
    assert english.post(link, data={"password": GOOD}).status_code == HTTPStatus.GONE


def test_a_link_grows_old(english: PageClient, post: Post, later: Callable[..., Any]) -> None:
    english.send("/register", NEW)
    link = post.link("jana.klava@example.lv")
    with later(hours=48, seconds=1):
        english.page(link, status=HTTPStatus.GONE)


def test_the_words_do_not_tell_who_has_an_account(
    english: PageClient, anna: Person, post: Post
) -> None:
    fresh = english.send("/register", NEW)
    fresh_page = text(english.get("/register/sent")).replace("jana.klava@example.lv", "…")
    known = english.send("/register", {**NEW, "email": anna.email})
    known_page = text(english.get("/register/sent")).replace(anna.email, "…")
    assert (fresh.status_code, fresh.location) == (known.status_code, known.location)
    assert fresh_page == known_page
    assert post.templates(anna.email) == ["accounts/already"]


def test_an_account_stays_as_it_is_when_somebody_registers_its_address(
    english: PageClient, session: Session, anna: Person
) -> None:
    before = (anna.name, anna.password_hash)
    english.send("/register", {**NEW, "email": anna.email})
    now = person(session, anna.email)
    assert (now.name, now.password_hash) == before


def test_a_stranger_who_registered_my_address_gets_nothing_of_my_click(
    english: PageClient, session: Session, post: Post
) -> None:
    """They chose a password; I open the link in my mailbox, not knowing of them."""
    english.send("/register", {**NEW, "password": "strangers violin under rain"})
    link = post.link("jana.klava@example.lv")
    refused = english.send(link, {"password": GOOD})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert person(session).confirmed_at is None
    # The way on is a new password of my own.
    english.send("/forgotten", {"email": "jana.klava@example.lv"})
    english.send(post.link("jana.klava@example.lv"), {"password": GOOD})
    assert person(session).confirmed_at is not None
    assert english.get(link).status_code in (HTTPStatus.OK, HTTPStatus.GONE)


def test_registering_again_replaces_the_link(english: PageClient, post: Post) -> None:
    english.send("/register", NEW)
    first = post.link("jana.klava@example.lv")
    english.send("/register", NEW)
    english.page(first, status=HTTPStatus.GONE)
    assert english.send(post.link("jana.klava@example.lv"), {"password": GOOD}).location


def test_the_letter_can_be_asked_for_again(
    english: PageClient, unconfirmed: Person, anna: Person, post: Post
) -> None:
    answers = [
        english.send("/register/sent", {"email": email})
        for email in (unconfirmed.email, anna.email, "nobody@example.lv")
    ]
    assert {(answer.status_code, answer.location) for answer in answers} == {
        (HTTPStatus.FOUND, "/register/sent")
    }
    assert post.templates(unconfirmed.email) == ["accounts/confirm"]
    assert post.count() == 1


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("", "Enter the password"),
        ("shortbutodd", "at least 12"),
        ("x" * 201, "at most 200"),
        ("passwordpassword", "easy to guess"),
        ("123456789012", "easy to guess"),
        ("aaaaaaaaaaaaaaaa", "easy to guess"),
        ("janaklava2026", "easy to guess"),
        ("jana.klava@example.lv", "easy to guess"),
    ],
)
def test_weak_passwords_are_refused_with_a_reason(
    english: PageClient, session: Session, password: str, says: str
) -> None:
    refused = english.send("/register", {**NEW, "password": password})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert says in text(refused)
    assert 'value="Jana Kļava"' in refused.text  # nothing typed is lost
    assert not password or password not in refused.text or password in NEW["email"].lower()
    assert session.scalars(select(Person)).all() == []


def test_a_mailbox_cannot_be_flooded(english: PageClient, post: Post) -> None:
    answers = [english.send("/register", NEW).status_code for _ in range(6)]
    assert answers == [HTTPStatus.FOUND] * 5 + [HTTPStatus.TOO_MANY_REQUESTS]
    assert post.count() == 5


def test_confirming_signs_in_with_a_session_of_its_own(
    english: PageClient, session: Session, post: Post
) -> None:
    english.send("/register", NEW)
    with english.session_transaction() as cookie:
        cookie["planted"] = "by a stranger"
    english.send(post.link("jana.klava@example.lv"), {"password": GOOD})
    with english.session_transaction() as cookie:
        assert "planted" not in cookie
    assert len(session.scalars(select(SignIn)).all()) == 1
