"""Demo mode: personas to choose from; nothing of it elsewhere."""

from http import HTTPStatus

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from stdnum.lv import pvn

from portal.core.accounts.demo import personas, registration_number
from portal.core.accounts.models import Person, RoleGrant
from tests.pages import PageClient, text

CODES = (
    "ngo-owner",
    "ngo-editor",
    "ngo-other",
    "officer",
    "head",
    "chair",
    "secretary",
    "member-1",
    "member-2",
    "member-3",
    "member-4",
    "member-5",
    "auditor",
    "admin",
)


@pytest.fixture
def demo(app: Flask, in_demo: None) -> None:
    with app.test_request_context():
        personas()


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("code", CODES)
def test_every_persona_signs_in_and_lands(client: PageClient, code: str) -> None:
    cards = {
        str(field["value"]): field for field in client.page("/demo").select('[name="persona"]')
    }
    assert code in cards
    assert client.post("/demo/sign-in", data={"persona": code}).location == "/desk"
    assert client.get("/desk", follow_redirects=True).status_code == HTTPStatus.OK


@pytest.mark.usefixtures("demo")
def test_the_demo_keeps_to_its_codes(client: PageClient, session: Session) -> None:
    assert tuple(sorted(CODES)) == tuple(sorted(session.scalars(select(Person.persona))))
    for code in ("", "nobody", "officer'--", "\0", "x" * 10_000):
        answer = client.post("/demo/sign-in", data={"persona": code})
        assert answer.status_code == HTTPStatus.NOT_FOUND
    assert client.get("/demo/sign-in").status_code == HTTPStatus.METHOD_NOT_ALLOWED


@pytest.mark.usefixtures("demo")
def test_a_script_signs_in_with_the_code_alone(client: PageClient) -> None:
    answer = client.post("/demo/sign-in", data={"persona": "admin", "csrf_token": ""})
    assert answer.location == "/desk"
    assert client.get("/admin").status_code == HTTPStatus.OK


@pytest.mark.usefixtures("demo")
def test_making_the_personas_again_makes_none(app: Flask, session: Session) -> None:
    count = select(func.count(Person.id)), select(func.count(RoleGrant.id))
    before = [session.scalar(each) for each in count]
    with app.test_request_context():
        cast = personas()
    assert set(cast.people) == set(CODES)
    assert [session.scalar(each) for each in count] == before


def test_without_demo_mode_there_is_no_door(client: PageClient) -> None:
    for answer in (
        client.get("/demo"),
        client.post("/demo/sign-in", data={"persona": "admin"}),
    ):
        assert answer.status_code == HTTPStatus.NOT_FOUND
    assert "ngo-owner" not in text(client.get("/demo"))


def test_invented_numbers_add_up_and_begin_as_no_real_one() -> None:
    numbers = [registration_number(serial) for serial in range(1, 200)]
    assert len(set(numbers)) == len(numbers)
    assert all(pvn.is_valid(number) and number.startswith("8") for number in numbers)
