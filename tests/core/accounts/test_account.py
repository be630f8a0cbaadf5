"""One's own account: new password, new address, other browsers."""

from http import HTTPStatus

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.accounts.models import Person, SignIn
from tests.core.accounts.conftest import GOOD, Post
from tests.factories import Make
from tests.pages import PageClient, text

NEXT = "pelēks kaķis dzied operā"


def elsewhere(app: Flask, person: Person) -> PageClient:
    client = app.test_client()
    assert isinstance(client, PageClient)
    return client.sign_in(person)


def is_in(client: PageClient) -> bool:
    return client.get("/account").status_code == HTTPStatus.OK


def test_a_forgotten_password(
    english: PageClient, app: Flask, session: Session, anna: Person, post: Post
) -> None:
    other = elsewhere(app, anna)
    sent = english.send("/forgotten", {"email": anna.email})
    assert sent.location == "/forgotten/sent"
    link = post.link(anna.email)
    english.get(link)  # a scanner
    weak = english.send(link, {"password": "annabērziņa1"})
    assert weak.status_code == HTTPStatus.UNPROCESSABLE_ENTITY and "easy to guess" in text(weak)
    assert english.send(link, {"password": NEXT}).location == "/desk"
    assert is_in(english) and not is_in(other)
    english.post("/sign-out")
    english.page(link, status=HTTPStatus.GONE)
    old = english.send("/sign-in", {"email": anna.email, "password": GOOD})
    assert old.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_asking_for_a_password_does_not_tell_who_has_an_account(
    english: PageClient, make: Make, anna: Person, post: Post
) -> None:
    closed = make.person(email="slegta@example.lv", closed_at=clock.now())
    pages = set()
    for email in (anna.email, closed.email, "nobody@example.lv"):
        assert english.send("/forgotten", {"email": email}).location == "/forgotten/sent"
        pages.add(text(english.get("/forgotten/sent")).replace(email, "…"))
    assert len(pages) == 1
    assert post.count() == 1


def test_the_link_of_an_account_closed_since_opens_nothing(
    english: PageClient, session: Session, anna: Person, post: Post
) -> None:
    english.send("/forgotten", {"email": anna.email})
    anna.closed_at = clock.now()
    session.commit()
    answer = english.send(post.link(anna.email), {"password": NEXT})
    assert answer.status_code == HTTPStatus.GONE
    session.refresh(anna)
    assert anna.closed_at is not None


def test_links_are_for_one_purpose(english: PageClient, anna: Person, post: Post) -> None:
    english.send("/forgotten", {"email": anna.email})
    secret = post.link(anna.email).rsplit("/", 1)[1]
    for purpose in ("confirm", "address", "join"):
        english.page(f"/link/{purpose}/{secret}", status=HTTPStatus.GONE)


def test_changing_the_password_ends_the_other_browsers(
    english: PageClient, app: Flask, anna: Person, post: Post
) -> None:
    other = elsewhere(app, anna)
    english.sign_in(anna)
    wrong = english.send("/account/password", {"current": "no", "password": NEXT})
    assert wrong.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert is_in(other)
    right = english.send("/account/password", {"current": GOOD, "password": NEXT})
    assert right.location == "/account"
    assert is_in(english) and not is_in(other)
    assert post.templates(anna.email) == ["accounts/password-changed"]


def test_the_address_moves_once_the_new_mailbox_is_open(
    english: PageClient, session: Session, anna: Person, post: Post
) -> None:
    english.sign_in(anna)
    asked = english.send("/account/address", {"email": "Anna@Jauna.lv", "password": GOOD})
    assert asked.location == "/account"
    session.refresh(anna)
    assert anna.email == "anna@example.lv"
    english.send(post.link("anna@jauna.lv"))
    session.refresh(anna)
    assert anna.email == "anna@jauna.lv"
    assert post.templates("anna@example.lv") == ["accounts/address-changed"]


def test_an_address_of_somebody_else_is_not_told(
    english: PageClient, make: Make, anna: Person, post: Post
) -> None:
    make.person(email="cits@example.lv")
    english.sign_in(anna)
    asked = english.send("/account/address", {"email": "cits@example.lv", "password": GOOD})
    assert asked.location == "/account"
    assert post.templates("cits@example.lv") == ["accounts/already"]


def test_an_address_taken_meanwhile_is_refused_in_words(
    english: PageClient, make: Make, anna: Person, post: Post
) -> None:
    english.sign_in(anna)
    english.send("/account/address", {"email": "brivs@example.lv", "password": GOOD})
    link = post.link("brivs@example.lv")
    make.person(email="brivs@example.lv")
    refused = english.send(link)
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "cannot be used" in text(refused)


def test_name_and_language(english: PageClient, anna: Person) -> None:
    english.sign_in(anna)
    english.send("/account/details", {"name": "Anna Kalna", "language": "lv"})
    page = english.page("/account")
    assert "Anna Kalna" in page.get_text()
    assert page.html and page.html["lang"] == "lv"  # the account's language took over


def test_two_tabs_and_one_was_first(english: PageClient, session: Session, anna: Person) -> None:
    english.sign_in(anna)
    english.get("/account/details")
    anna.name = "Anna no otras lapas"
    session.commit()
    data = {"name": "Anna Vēlā", "language": "lv", "version": f"{anna.id}.1"}
    late = english.post("/account/details", data=data)
    assert late.status_code == HTTPStatus.CONFLICT
    assert "Anna Vēlā" in late.text and "Anna no otras lapas" in text(late)
    # What is shown now may overwrite knowingly.
    assert f'name="version" value="{anna.id}.2;' in late.text
    again = {**data, "version": f"{anna.id}.2"}
    assert english.post("/account/details", data=again).location == "/account"


def test_a_version_that_is_none_is_stale(english: PageClient, anna: Person) -> None:
    english.sign_in(anna)
    for number in ("", "x", "-1", "9" * 400, "²", "1.0", "1"):
        version = number if number == "1" else f"{anna.id}.{number}"
        data = {"name": "A", "language": "lv", "version": version}
        late = english.post("/account/details", data=data)
        assert late.status_code == HTTPStatus.CONFLICT


def test_other_browsers_are_listed_and_ended(
    english: PageClient, app: Flask, session: Session, anna: Person
) -> None:
    other, third = elsewhere(app, anna), elsewhere(app, anna)
    english.sign_in(anna)
    page = english.page("/account")
    assert len(page.select("tbody tr")) == 3
    ends = page.select("main td form")
    assert len(ends) == 2  # this one is ended by signing out
    english.post(str(ends[-1]["action"]))
    assert [is_in(other), is_in(third)].count(True) == 1
    english.post("/account/sign-ins/end")
    assert not is_in(other) and not is_in(third) and is_in(english)


def test_nobody_ends_the_sign_in_of_somebody_else(
    english: PageClient, app: Flask, make: Make, session: Session, anna: Person
) -> None:
    other = elsewhere(app, make.person())
    (theirs,) = session.scalars(select(SignIn)).all()
    english.sign_in(anna)
    answer = english.post(f"/account/sign-ins/{theirs.id}/end")
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert is_in(other)
