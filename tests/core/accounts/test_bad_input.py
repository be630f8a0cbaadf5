"""Whatever is typed into any form of accounts: taken unchanged, or refused with a message."""

import json
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.core import parsing
from portal.core.accounts.demo import registration_number
from portal.core.accounts.models import Person, Role
from portal.core.accounts.passwords import check_strength
from portal.core.errors import Invalid
from portal.core.versions import version_of
from tests.factories import Make
from tests.pages import PageClient, fields, marked

NAUGHTY: list[str] = json.loads((Path(__file__).parents[1] / "blns.json").read_text("utf-8"))
EXTREME = ["\0", "a\0b", "\x1b[31m", "\ud800", "a" * 200_000, "\u202e" * 50, "\r\n" * 500]
TEXTS = [*NAUGHTY, *EXTREME]
ANSWERS = (200, 302, 409, 422, 429)


def quick(client: PageClient, path: str, data: dict[str, Any]) -> TestResponse:
    """A POST without the look at the page that every other test takes."""
    return FlaskClient.open(client, path, method="POST", data=data)


def fill(client: PageClient, path: str) -> None:
    """Send every string through the form at `path`, another one in each field at a time."""
    form = client.page(path).select_one("main form[method=post]")
    assert form is not None
    names = [name for name in fields(form) if name != "csrf_token"] + ["kind", "role", "language"]
    token = client.csrf()
    for start in range(0, len(TEXTS), len(names)):
        values = {name: TEXTS[(start + n) % len(TEXTS)] for n, name in enumerate(names)}
        sent = {name: value.encode("utf-8", "surrogatepass") for name, value in values.items()}
        answer = quick(client, path, {**sent, "csrf_token": token})
        assert answer.status_code in ANSWERS, f"{path}: {answer.status_code} for {values}"


@pytest.mark.parametrize("path", ["/register", "/register/sent", "/sign-in", "/forgotten"])
def test_forms_for_everybody(english: PageClient, path: str) -> None:
    fill(english, path)


@pytest.mark.parametrize(
    "path",
    [
        "/account/details",
        "/account/password",
        "/account/address",
        "/my/organisations/new",
        "/my/organisations/{own}/edit",
        "/my/organisations/{own}/invite",
        "/admin/accounts/{other}/roles/new",
        "/admin/municipalities/{municipality}",
        "/admin/municipalities/new",
    ],
)
def test_forms_of_those_who_are_in(english: PageClient, make: Make, path: str) -> None:
    person = make.person(Role.ADMINISTRATOR)
    own = make.organisation(registration_number=registration_number(5))
    make.grant(person, Role.OWNER, own)
    english.sign_in(person)
    keys = {"own": own.id, "other": make.person().id, "municipality": make.municipality().id}
    fill(english, path.format(**keys))


def test_a_name_is_kept_as_it_is_or_given_back(
    english: PageClient, session: Session, anna: Person
) -> None:
    english.sign_in(anna)
    kept, token = 0, english.csrf()
    for name in NAUGHTY:
        session.refresh(anna)
        data = {"name": name, "language": "lv", "version": version_of(anna)}
        answer = quick(english, "/account/details", {**data, "csrf_token": token})
        session.commit()
        session.refresh(anna)
        if answer.status_code == 302:
            assert anna.name == parsing.text(name)
            kept += 1
        else:
            assert answer.status_code == 422
            assert marked(name.strip()) in unescape(answer.text)
    assert kept > 300


@given(st.text(max_size=300), st.text(max_size=50))
def test_any_password_is_judged(password: str, name: str) -> None:
    try:
        check_strength(password, about=(name, "anna@example.lv"))
    except Invalid as refusal:
        assert refusal.field == "password"


def test_links_that_are_none(english: PageClient) -> None:
    for secret in ("x", "a" * 5000, "%00", "%ff%fe", "..", "<script>", "\u202e", "-" * 43):
        for purpose in ("confirm", "reset", "address", "join"):
            assert english.get(f"/link/{purpose}/{secret}").status_code in (404, 410)
