"""A session that expired loses nothing of what was typed, and takes nothing from strangers."""

from collections.abc import Callable
from http import HTTPStatus
from io import BytesIO
from typing import Any

from portal.core.accounts import form_tokens
from portal.core.accounts.demo import registration_number
from portal.core.accounts.models import Organisation, Person, Role
from tests.core.accounts.conftest import GOOD
from tests.factories import Make
from tests.pages import PageClient, fields, parsed, text

OWN = {"Origin": "http://localhost"}
TYPED = 'Šņaucamās "tabakdozes" <b>& citi</b>\nkrājēji'


def form(response: Any) -> tuple[str, dict[str, Any]]:
    """Where the page's form goes, and what it carries."""
    found = parsed(response.text).select_one("main form[method=post]")
    assert found is not None
    return str(found.get("action", "")), fields(found)


def of_before(client: PageClient, who: Person | None = None) -> str:
    """The token of a page that this browser was given before its session ended."""
    if who is not None:
        client.sign_in(who)
    token = client.csrf()
    with client.session_transaction() as cookie:
        cookie.clear()
    return token


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


def test_with_an_old_token_nothing_happens_and_nothing_is_lost(
    english: PageClient, make: Make, anna: Person
) -> None:
    path = f"/my/organisations/{organisation(make, anna).id}/edit"
    token = of_before(english, anna)
    english.sign_in(anna)
    _, values = form(english.get(path))
    typed = {**values, "name": TYPED.replace("\n", " "), "csrf_token": token}
    refused = english.post(path, data=typed, headers=OWN)
    assert refused.status_code == HTTPStatus.BAD_REQUEST
    action, carried = form(refused)
    assert action == path and english.post(action, data=carried).status_code == HTTPStatus.FOUND


def test_who_is_out_and_has_an_old_token_signs_in_first(english: PageClient, anna: Person) -> None:
    sent = {"name": "Ķērpis", "csrf_token": of_before(english, anna)}
    refused = english.post("/my/organisations/new", data=sent, headers=OWN)
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
    values = {"email": anna.email, "password": GOOD, "csrf_token": of_before(english)}
    refused = english.post("/sign-in", data=values, headers=OWN)
    assert refused.status_code == HTTPStatus.BAD_REQUEST
    assert GOOD not in refused.text and anna.email in refused.text


# ------------------------------------------------------- another person's page


def test_what_one_person_typed_is_neither_saved_by_another_nor_shown_to_them(
    english: PageClient, make: Make, anna: Person
) -> None:
    path = f"/my/organisations/{organisation(make, anna).id}/edit"
    sent = {"name": "Annas vārdi", "csrf_token": of_before(english, anna)}
    english.sign_in(make.person(name="Berta Otrā"))
    for url in (path, "/my/organisations/new", "/sign-out", "/account/details"):
        refused = english.post(url, data=sent, headers=OWN)
        assert refused.status_code == HTTPStatus.CONFLICT, url
        assert "Berta Otrā is signed in now" in text(refused)
        assert "Annas vārdi" not in refused.text
        script = english.post(url, data=sent, headers={**OWN, "Accept": "application/json"})
        assert script.status_code == HTTPStatus.CONFLICT
        assert script.get_json()["code"] == "another" and "Berta" in script.get_json()["message"]
    assert english.get("/account").status_code == HTTPStatus.OK, "she is still signed in"


def test_what_one_person_typed_does_not_go_with_another_through_the_sign_in_page(
    english: PageClient, make: Make, anna: Person
) -> None:
    sent = {"name": "Annas vārdi", "csrf_token": of_before(english, anna)}
    action, carried = form(english.post("/my/organisations/new", data=sent, headers=OWN))
    other = make.person(password_hash=anna.password_hash)
    inside = english.post(
        action, data={**carried, "email": other.email, "password": GOOD}, follow_redirects=True
    )
    assert "Another user had filled in that page" in text(inside)
    assert "Annas vārdi" not in inside.text


def test_a_visitors_form_is_not_taken_from_who_has_signed_in_meanwhile(
    english: PageClient, anna: Person
) -> None:
    sent = {"email": "visitor@example.lv", "csrf_token": of_before(english)}
    english.sign_in(anna)
    refused = english.post("/forgotten", data=sent, headers=OWN)
    assert refused.status_code == HTTPStatus.CONFLICT and "visitor@" not in refused.text
    inside = english.post("/sign-in", data=sent, headers=OWN)
    assert inside.location == "/desk", "a second tab with the sign-in page goes on"


def test_a_script_goes_on_with_a_new_token_where_its_person_is_back(
    english: PageClient, anna: Person
) -> None:
    sent = {"name": "x", "csrf_token": of_before(english, anna)}
    headers = {**OWN, "Accept": "application/json"}
    assert english.post("/account/details", data=sent, headers=headers).status_code == 401
    english.sign_in(anna)
    refused = english.post("/account/details", data=sent, headers=headers)
    token = refused.get_json()["token"]
    foreign = english.post("/account/details", data=sent, headers={"Accept": "application/json"})
    assert "token" not in foreign.get_json(), "for our own pages only"
    saved = english.post("/account/details", data={**sent, "csrf_token": token})
    assert saved.status_code != HTTPStatus.BAD_REQUEST


def test_a_token_that_is_none_says_nothing(app: Any) -> None:
    bomb = "." + "eJzT0yMAAGTvBe8" * 40
    with app.test_request_context():
        for token in ("", "x", "IjEi.x.y", "WzFd.x.y", bomb, "ā"):
            assert form_tokens.made_for(token) in (None, ""), token
