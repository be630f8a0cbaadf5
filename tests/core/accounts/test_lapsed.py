"""A session that lapsed loses nothing of what was typed, and takes nothing from strangers."""

from collections.abc import Callable
from http import HTTPStatus
from io import BytesIO
from typing import Any

from bs4 import BeautifulSoup

from portal.core.accounts.demo import registration_number
from portal.core.accounts.models import Organisation, Person, Role
from tests.core.accounts.conftest import GOOD
from tests.factories import Make
from tests.pages import PageClient, fields, text

OWN = {"Origin": "http://localhost"}
TYPED = 'Šņaucamās "tabakdozes" <b>& citi</b>\nkrājēji'


def form(response: Any) -> tuple[str, dict[str, Any]]:
    """Where the page's form goes, and what it carries."""
    found = BeautifulSoup(response.text, "html5lib").select_one("main form[method=post]")
    assert found is not None
    return str(found.get("action", "")), fields(found)


def organisation(make: Make, anna: Person) -> Organisation:
    mine = make.organisation(registration_number=registration_number(77))
    make.grant(anna, Role.OWNER, mine)
    return mine


def test_what_was_typed_goes_through_the_sign_in_page(
    english: PageClient, make: Make, anna: Person, later: Callable[..., Any]
) -> None:
    path = f"/my/organisations/{organisation(make, anna).id}/edit"
    english.sign_in(anna)
    _, values = form(english.get(path))
    typed = {**values, "name": "Biedrība „Ķērpis”", "address": "Ezera iela 3", "kind": "foundation"}
    with later(minutes=90):
        asked = english.post(path, data=typed)
        assert asked.status_code == HTTPStatus.UNAUTHORIZED
        assert "What you typed is kept" in text(asked)

        action, carried = form(asked)
        wrong = english.post(action, data={**carried, "email": anna.email, "password": "wrong one"})
        assert wrong.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        action, carried = form(wrong)
        inside = english.post(action, data={**carried, "email": anna.email, "password": GOOD})
        assert inside.status_code == HTTPStatus.OK and "Go on where you were" in text(inside)
        assert anna.name in text(inside), "the page knows who has just signed in"

        action, carried = form(inside)
        assert action == path
        saved = english.post(action, data=carried)
        assert saved.status_code == HTTPStatus.FOUND
        page = text(english.get(saved.location))
    assert "Biedrība „Ķērpis”" in page and "Ezera iela 3" in page


def test_markup_stays_text_on_the_way(english: PageClient) -> None:
    asked = english.post("/my/organisations/new", data={"name": TYPED, "x": ["1", "2"]})
    _, carried = form(asked)
    assert carried["carried:name"] == [TYPED]
    assert carried["carried:x"] == ["1", "2"]
    assert "<b>" not in asked.text


def test_passwords_and_tokens_are_not_written_into_a_page(english: PageClient) -> None:
    sent = {"current": "first secret", "password": "second secret", "csrf_token": english.csrf()}
    asked = english.post("/account/password", data=sent)
    assert asked.status_code == HTTPStatus.UNAUTHORIZED
    assert "first secret" not in asked.text and "second secret" not in asked.text
    assert "carried:csrf_token" not in asked.text


def test_files_have_to_be_chosen_again_and_the_page_says_so(
    english: PageClient, anna: Person
) -> None:
    sent = {"name": "x", "file": (BytesIO(b"%PDF-1.7"), "plāns.pdf")}
    asked = english.post("/my/organisations/new", data=sent, content_type="multipart/form-data")
    assert "files have to be chosen again" in text(asked)
    action, carried = form(asked)
    inside = english.post(action, data={**carried, "email": anna.email, "password": GOOD})
    assert "files have to be chosen again" in text(inside)


def test_a_script_is_told_in_its_own_way(english: PageClient) -> None:
    for headers in ({"Accept": "application/json"}, {"Content-Type": "application/json"}):
        answer = english.post("/my/organisations/new", data={"name": "x"}, headers=headers)
        if answer.status_code == HTTPStatus.BAD_REQUEST:  # JSON carries no form token
            assert answer.get_json()["code"] == "csrf"
        else:
            assert answer.status_code == HTTPStatus.UNAUTHORIZED
            assert answer.get_json()["code"] == "signed_out"


def test_without_a_token_nothing_happens_and_nothing_is_lost(
    english: PageClient, make: Make, anna: Person
) -> None:
    path = f"/my/organisations/{organisation(make, anna).id}/edit"
    english.sign_in(anna)
    _, values = form(english.get(path))
    typed = {**values, "name": TYPED.replace("\n", " "), "csrf_token": "out of date"}
    refused = english.post(path, data=typed, headers=OWN)
    assert refused.status_code == HTTPStatus.BAD_REQUEST
    action, carried = form(refused)
    assert action == path and english.post(action, data=carried).status_code == HTTPStatus.FOUND


def test_who_is_out_and_has_no_token_signs_in_first(english: PageClient) -> None:
    refused = english.post(
        "/my/organisations/new", data={"name": "Ķērpis", "csrf_token": ""}, headers=OWN
    )
    assert refused.status_code == HTTPStatus.BAD_REQUEST
    action, carried = form(refused)
    assert action == "/sign-in" and carried["carried:name"] == ["Ķērpis"]


def test_a_form_on_a_strangers_page_is_not_carried(english: PageClient, anna: Person) -> None:
    english.sign_in(anna)
    for headers in (
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"},
    ):
        refused = english.post(
            "/my/organisations/new", data={"name": "planted", "csrf_token": ""}, headers=headers
        )
        assert refused.status_code == HTTPStatus.BAD_REQUEST
        assert "planted" not in refused.text


def test_a_stale_sign_in_page_asks_once_more(english: PageClient, anna: Person) -> None:
    values = {"email": anna.email, "password": GOOD, "csrf_token": "of yesterday"}
    refused = english.post("/sign-in", data=values, headers=OWN)
    assert refused.status_code == HTTPStatus.BAD_REQUEST
    assert GOOD not in refused.text and anna.email in refused.text
