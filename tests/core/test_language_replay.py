"""The answer to a form in the other language: as it was, and nothing is carried out."""

from http import HTTPStatus
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.core.accounts import passwords
from portal.core.accounts.models import Organisation, Person, Role
from portal.core.audit.models import JournalEntry
from portal.core.messages.models import Message
from tests.factories import Make
from tests.pages import PageClient, fields, parsed, text

OWN = {"Origin": "http://localhost"}
PASSWORD = "zaļš vilciens pār tiltu"


@pytest.fixture
def anna(make: Make) -> Person:
    hashed = passwords.hashed(PASSWORD)
    return make.person(name="Anna Bērziņa", email="anna@example.lv", password_hash=hashed)


@pytest.fixture
def mine(make: Make, anna: Person) -> Organisation:
    mine = make.organisation(registration_number="40008000009", name="Biedrība „Vējš”")
    make.grant(anna, Role.OWNER, mine)
    return mine


def form_of(page: TestResponse, selector: str) -> tuple[str, dict[str, Any]]:
    found = parsed(page.text).select_one(selector)
    assert found is not None, text(page)
    return str(found.get("action") or page.request.full_path), fields(found)


def switched(client: PageClient, page: TestResponse) -> TestResponse:
    """The page after a press on "English" or "Latviski"."""
    action, values = form_of(page, "form[data-language]")
    if action.startswith("?"):
        action = page.request.path + action
    return client.post(action, data=values, headers=OWN)


def lang(page: TestResponse) -> str:
    html = parsed(page.text).html
    assert html is not None
    return str(html["lang"])


def test_a_refused_form_says_in_english_what_is_wrong_with_what_was_typed(
    client: PageClient, mine: Organisation, anna: Person
) -> None:
    path = f"/my/organisations/{mine.id}/edit"
    client.sign_in(anna)
    typed = {"name": "Biedrība „Ķērpis” <b>", "iban": "LV00 NAV KONTS", "address": ""}
    refused = client.send(path, typed)
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY and lang(refused) == "lv"
    english = switched(client, refused)
    assert english.status_code == HTTPStatus.UNPROCESSABLE_ENTITY and lang(english) == "en"
    assert "Look at this once more" in text(english)
    _, values = form_of(english, "main form[method=post]")
    assert values["name"] == [typed["name"]] and values["iban"] == [typed["iban"]]
    assert lang(switched(client, english)) == "lv", "and back"
    assert lang(client.get("/account")) == "lv", "the choice is kept"


def test_what_a_verb_refuses_it_refuses_again(
    client: PageClient, session: Session, mine: Organisation, anna: Person
) -> None:
    path = f"/my/organisations/{mine.id}/edit"
    client.sign_in(anna)
    _, opened = form_of(client.get(path), "main form[method=post]")
    client.send(path, {"name": "Biedrība „Otrā cilne”"})
    stale = client.post(path, data={**opened, "name": "Biedrība „Pirmā cilne”"})
    assert stale.status_code == HTTPStatus.CONFLICT
    english = switched(client, stale)
    assert english.status_code == HTTPStatus.CONFLICT
    assert "Somebody else saved this" in text(english) and "Otrā cilne" in text(english)
    assert form_of(english, "main form[method=post]")[1]["name"] == ["Biedrība „Pirmā cilne”"]
    session.refresh(mine)
    assert mine.name == "Biedrība „Otrā cilne”"


def test_a_verb_that_nothing_refuses_is_not_carried_out(
    client: PageClient, session: Session, mine: Organisation, anna: Person
) -> None:
    path = f"/my/organisations/{mine.id}/edit"
    client.sign_in(anna)
    entries = session.scalar(select(func.count()).select_from(JournalEntry))
    answer = client.send(path, {"name": "Biedrība „Ķērpis”", "shown-again": "1"})
    assert "nekas nav nosūtīts" in text(answer)
    assert form_of(answer, "main form[method=post]")[1]["name"] == ["Biedrība „Ķērpis”"]
    client.post("/sign-out", data={"shown-again": "1"})
    assert client.get("/account").status_code == HTTPStatus.OK, "nor is anybody signed out"
    session.refresh(mine)
    assert mine.name == "Biedrība „Vējš”"
    assert session.scalar(select(func.count()).select_from(JournalEntry)) == entries


def test_a_mark_tells_nobody_which_address_has_an_account(
    client: PageClient, session: Session, anna: Person
) -> None:
    for path in ("/forgotten", "/register/sent"):
        known, unknown = (
            client.send(path, {"email": email, "shown-again": "1"})
            for email in (anna.email, "nobody@example.lv")
        )
        assert known.status_code == unknown.status_code == HTTPStatus.OK
        assert text(known).replace(anna.email, "") == text(unknown).replace("nobody@example.lv", "")
        assert "nekas nav nosūtīts" in text(known)
    with client.session_transaction() as cookie:
        assert "letter_to" not in cookie
    assert not session.scalar(select(func.count()).select_from(Message))


def test_a_mark_guesses_no_more_passwords(client: PageClient, anna: Person) -> None:
    tried = {"email": anna.email, "shown-again": "1"}
    for _try in range(5):
        client.send("/sign-in", {**tried, "password": "not this one"})
    assert client.send("/sign-in", {**tried, "password": PASSWORD}).status_code == 429


def test_a_mark_neither_signs_in_nor_out(
    client: PageClient, session: Session, anna: Person
) -> None:
    answer = client.send(
        "/sign-in", {"email": anna.email, "password": PASSWORD, "shown-again": "1"}
    )
    assert answer.status_code == HTTPStatus.OK
    assert client.get("/account").location.startswith("/sign-in")
    with client.session_transaction() as cookie:
        cookie["letter_to"] = "anna@example.lv"
    client.post("/sign-out", data={"shown-again": "1"})
    with client.session_transaction() as cookie:
        assert cookie["letter_to"] == "anna@example.lv"


def test_a_late_form_goes_on_through_sign_in_pages_of_either_language(
    client: PageClient, session: Session, mine: Organisation, anna: Person
) -> None:
    path = f"/my/organisations/{mine.id}/edit"
    client.sign_in(anna)
    _, opened = form_of(client.get(path), "main form[method=post]")
    with client.session_transaction() as cookie:
        cookie.clear()
    late = client.post(path, data={**opened, "name": "Biedrība „Ķērpis”"}, headers=OWN)
    english = switched(client, late)
    assert english.status_code == late.status_code and "What you typed is kept" in text(english)

    action, carried = form_of(english, "main form[method=post]")
    sign_in = {**carried, "email": anna.email, "password": "not this one"}
    latvian = switched(client, client.post(action, data=sign_in, headers=OWN))
    assert "not this one" not in latvian.text and lang(latvian) == "lv"

    action, carried = form_of(latvian, "main form[method=post]")
    sign_in = {**carried, "email": anna.email, "password": PASSWORD}
    inside = switched(client, client.post(action, data=sign_in, headers=OWN))
    assert "Go on where you were" in text(inside) and anna.name in text(inside)
    action, carried = form_of(inside, "main form[method=post]")
    assert client.post(action, data=carried, headers=OWN).status_code == HTTPStatus.FOUND
    session.refresh(mine)
    assert mine.name == "Biedrība „Ķērpis”"


def test_what_one_person_typed_does_not_come_to_another_by_the_language(
    client: PageClient, make: Make, mine: Organisation, anna: Person
) -> None:
    client.sign_in(anna)
    token = client.csrf()
    client.sign_in(make.person(name="Berta Otrā"))
    sent = {"name": "Annas vārdi", "csrf_token": token}
    refused = client.post(f"/my/organisations/{mine.id}/edit", data=sent, headers=OWN)
    english = switched(client, refused)
    assert english.status_code == HTTPStatus.CONFLICT
    assert "Berta Otrā is signed in now" in text(english)
    planted = client.post("/my/organisations/new", data={"name": "planted", "csrf_token": ""})
    for page in (refused, english, planted, switched(client, planted)):
        assert "Annas vārdi" not in page.text and "planted" not in page.text


def test_files_have_to_be_chosen_again_and_the_page_says_so(
    client: PageClient, anna: Person
) -> None:
    client.sign_in(anna)
    sent = {"name": "", "proof": (BytesIO(b"%PDF-1.7"), "plāns.pdf"), "csrf_token": client.csrf()}
    refused = client.post(
        "/my/organisations/claims/new", data=sent, content_type="multipart/form-data"
    )
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "files have to be chosen again" in text(switched(client, refused))


@pytest.mark.parametrize(
    ("path", "send", "status"),
    [
        ("/no-such-page", {"data": {"a": "b"}}, 404),
        ("/competitions", {"data": {"a": "b"}}, 405),
        ("/sign-in", {"data": {"a\0": "b"}}, 400),
        ("/sign-in", {"data": {"a": "b" * 5_000_000}}, 413),
    ],
)
def test_pages_of_errors_are_shown_again(
    client: PageClient, path: str, send: dict[str, Any], status: int
) -> None:
    refused = client.post(path, headers=OWN, **send)
    english = switched(client, refused)
    assert (refused.status_code, english.status_code) == (status, status)
    assert (lang(refused), lang(english)) == ("lv", "en")
