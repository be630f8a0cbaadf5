"""Signing in and staying in: what lets in, what keeps out, and what ends it."""

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from unicodedata import normalize

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.accounts import passwords, sign_in
from portal.core.accounts.models import Person, Role, SignIn, Throttle
from tests.core.accounts.conftest import GOOD, Post
from tests.factories import Make
from tests.pages import PageClient, counted_queries, text

WRONG = "not the password at all"


def enter(client: PageClient, email: str, password: str = GOOD, **more: str) -> Any:
    return client.send("/sign-in", {"email": email, "password": password, **more})


def is_in(client: PageClient) -> bool:
    return client.get("/account").status_code == HTTPStatus.OK


def test_in_and_out(english: PageClient, session: Session, anna: Person) -> None:
    assert enter(english, " Anna@Example.LV ").location == "/desk"
    assert is_in(english)
    english.post("/sign-out")
    assert not is_in(english)
    assert session.scalars(select(SignIn.ended_at)).all() == [clock.now()]


def test_a_password_fits_however_a_keyboard_composes_its_letters(
    english: PageClient, session: Session, anna: Person
) -> None:
    decomposed = normalize("NFD", GOOD)
    assert decomposed != GOOD
    assert enter(english, anna.email, decomposed).location == "/desk"
    anna.password_hash = passwords.hashed(decomposed)
    session.commit()
    english.post("/sign-out")
    assert enter(english, anna.email, GOOD).location == "/desk"


def test_nobody_signs_out_by_a_link(client: PageClient, anna: Person) -> None:
    client.sign_in(anna)
    assert client.get("/sign-out").status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert is_in(client)


def test_the_same_answer_for_unknown_wrong_closed_and_unconfirmed(
    english: PageClient, make: Make, anna: Person, unconfirmed: Person, post: Post
) -> None:
    closed = make.person(
        email="slegta@example.lv", password_hash=anna.password_hash, closed_at=clock.now()
    )
    invited = make.person(email="bezparoles@example.lv")
    answers = [
        enter(english, "nobody@example.lv"),
        enter(english, anna.email, WRONG),
        enter(english, closed.email),
        enter(english, invited.email),
        enter(english, unconfirmed.email),
    ]
    assert {answer.status_code for answer in answers} == {HTTPStatus.UNPROCESSABLE_ENTITY}
    words = {
        text(answer).replace(email, "…") for answer in answers for email in ("nobody@example.lv",)
    }
    assert len(words) == 1
    assert post.templates(unconfirmed.email) == ["accounts/confirm"]
    assert post.count() == 1


def test_an_unknown_address_costs_the_same_work(
    english: PageClient, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    hasher = passwords._hasher

    class Counting:
        def verify(self, password_hash: str, password: str) -> bool:
            checked.append(password)
            return hasher.verify(password_hash, password)

        def hash(self, password: str) -> str:
            return hasher.hash(password)

    monkeypatch.setattr(passwords, "_hasher", Counting())
    enter(english, "nobody@example.lv", WRONG)
    enter(english, anna.email, WRONG)
    assert checked == [WRONG, WRONG]


def test_what_was_planted_in_the_session_does_not_survive_signing_in(
    client: PageClient, anna: Person
) -> None:
    client.get("/sign-in")
    with client.session_transaction() as cookie:
        cookie["planted"], before = "by a stranger", cookie["csrf_token"]
    enter(client, anna.email)
    with client.session_transaction() as cookie:
        assert "planted" not in cookie and cookie.get("csrf_token") != before
        assert cookie[sign_in.COOKIE_KEY]


def test_a_token_chosen_by_a_stranger_opens_nothing(client: PageClient, anna: Person) -> None:
    client.sign_in(anna)
    with client.session_transaction() as cookie:
        cookie[sign_in.COOKIE_KEY] = "a" * 43
    assert not is_in(client)


def test_the_cookie_is_for_the_server_alone(client: PageClient, anna: Person) -> None:
    header = enter(client, anna.email).headers["Set-Cookie"]
    assert "HttpOnly" in header and "SameSite=Lax" in header


def test_an_idle_hour_ends_it(client: PageClient, anna: Person, later: Callable[..., Any]) -> None:
    client.sign_in(anna)
    with later(minutes=59):
        assert is_in(client)
    with later(minutes=118):
        assert is_in(client)
    with later(minutes=179):
        assert not is_in(client)


def test_twelve_hours_end_it_whatever_one_does(
    client: PageClient, anna: Person, later: Callable[..., Any]
) -> None:
    client.sign_in(anna)
    for minutes in range(30, 12 * 60, 30):
        with later(minutes=minutes):
            assert is_in(client)
    with later(hours=12, seconds=1):
        assert not is_in(client)


def test_an_old_cookie_is_as_old_as_it_says(
    client: PageClient, anna: Person, later: Callable[..., Any]
) -> None:
    client.sign_in(anna)
    old = client.get_cookie("asns")
    assert old is not None
    with later(minutes=50):
        assert is_in(client)
    with later(minutes=70):
        client.set_cookie("asns", old.value)
        assert not is_in(client)


def test_whoever_is_closed_is_out_at_once(
    client: PageClient, session: Session, anna: Person
) -> None:
    client.sign_in(anna)
    anna.closed_at = clock.now()
    session.commit()
    assert not is_in(client)


def test_a_page_writes_nothing(client: PageClient, anna: Person, app: Flask) -> None:
    client.sign_in(anna)
    with counted_queries(app) as statements:
        for path in ("/account", "/my/organisations", "/sign-in", "/register", "/forgotten"):
            client.get(path)
    assert statements
    assert all(statement.lstrip().upper().startswith("SELECT") for statement in statements)


def test_who_asks_is_one_query(client: PageClient, make: Make, app: Flask) -> None:
    person = make.person(Role.OFFICER, Role.HEAD)
    for _ in range(5):
        make.grant(person, Role.EDITOR, make.organisation())
    client.sign_in(person)
    with counted_queries(app) as statements:
        assert client.get("/desk").status_code == HTTPStatus.FOUND
    assert len(statements) == 1


def test_five_wrong_passwords_and_one_waits(
    english: PageClient, anna: Person, later: Callable[..., Any]
) -> None:
    for _ in range(5):
        enter(english, anna.email, WRONG)
    held = enter(english, anna.email)
    assert held.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert held.headers["Retry-After"] == "61"
    assert "Try again in 1 minute." in text(held)
    assert "This cannot be done now" in text(held) and "Look at this" not in text(held)
    assert f'value="{anna.email}"' in held.text
    with later(minutes=1):
        assert enter(english, anna.email).location == "/desk"


def test_waiting_is_by_account_and_not_by_address(
    english: PageClient, anna: Person, unconfirmed: Person, make: Make
) -> None:
    for _ in range(6):
        enter(english, "other@example.lv", WRONG)
    assert enter(english, anna.email).location == "/desk"


def test_a_school_behind_one_address_signs_in_on_the_day_of_the_deadline(
    app: Flask, make: Make, anna: Person
) -> None:
    people = [make.person(password_hash=anna.password_hash) for _ in range(30)]
    for person in people:
        client = app.test_client()
        answer = client.post("/sign-in", data={"email": person.email, "password": GOOD})
        assert answer.status_code == HTTPStatus.FOUND


def test_signing_in_forgives_what_went_wrong_before(
    english: PageClient, session: Session, anna: Person
) -> None:
    for _ in range(3):
        for _ in range(4):
            enter(english, anna.email, WRONG)
        assert enter(english, anna.email).location == "/desk"
        english.post("/sign-out")


def test_the_table_of_tries_names_nobody(
    english: PageClient, session: Session, anna: Person
) -> None:
    enter(english, anna.email, WRONG)
    assert all("anna" not in key for key in session.scalars(select(Throttle.key)))


def test_a_hash_of_older_parameters_is_made_anew(
    english: PageClient, session: Session, anna: Person
) -> None:
    anna.password_hash = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(GOOD)
    session.commit()
    enter(english, anna.email)
    session.refresh(anna)
    assert "$argon2id$" in anna.password_hash and not passwords.outdated(anna.password_hash)


def test_one_goes_on_where_one_wanted_to(english: PageClient, anna: Person) -> None:
    asked = english.get("/account/details")
    assert asked.location == "/sign-in?next=/account/details"
    answer = english.send(asked.location, {"email": anna.email, "password": GOOD})
    assert answer.location == "/account/details"


@pytest.mark.parametrize(
    "address", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:x", "x"]
)
def test_nobody_is_sent_elsewhere(english: PageClient, anna: Person, address: str) -> None:
    assert enter(english, anna.email, next=address).location == "/desk"


def test_who_is_in_does_not_sign_in_again(english: PageClient, anna: Person) -> None:
    english.sign_in(anna)
    assert english.get("/sign-in?next=/account").location == "/account"


def test_the_absolute_end_stands_in_the_table(
    client: PageClient, session: Session, anna: Person
) -> None:
    client.sign_in(anna)
    (row,) = session.scalars(select(SignIn)).all()
    assert row.expires_at == clock.now() + timedelta(hours=12)


def test_a_busy_page_moves_its_cookie_once_a_minute(
    client: PageClient, anna: Person, later: Callable[..., Any]
) -> None:
    client.sign_in(anna)
    client.get("/account")  # which puts its forms' token into the session
    assert "Set-Cookie" not in client.get("/account").headers
    with later(seconds=61):
        assert "Set-Cookie" in client.get("/account").headers


def test_tries_are_counted_though_the_verb_refuses(
    english: PageClient, app: Flask, connection: Any, anna: Person
) -> None:
    """The count is committed before the password is looked at."""
    ended: list[str] = []
    event.listen(connection, "release_savepoint", lambda *_: ended.append("kept"))
    enter(english, anna.email, WRONG)
    assert ended
