"""A letter lives and dies with the transaction of its verb, and goes out once."""

from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from portal.core.accounts.models import Organisation, Person
from portal.core.errors import Invalid
from portal.core.messages.composing import Address
from portal.core.messages.models import Message, MessageState
from portal.core.work import unit_of_work
from tests.core.messages.samples import URL
from tests.factories import Make

pytestmark = pytest.mark.usefixtures("ctx")


def confirm(person: Person | Address, key: str = "confirm:1", **values: Any) -> None:
    with unit_of_work(None, "mail.tried") as work:
        work.send("accounts/confirm", to=person, key=key, url=URL, hours=24, **values)


def jobs(session: Session) -> list[str]:
    return list(
        session.scalars(
            text("SELECT args->>'message_id' FROM procrastinate_jobs WHERE status = 'todo'")
        )
    )


def test_the_letter_and_its_job_are_written_with_the_verb(session: Session, make: Make) -> None:
    person = make.person()
    with unit_of_work(person, "mail.tried", person) as work:
        work.send("accounts/confirm", to=person, key="confirm:1", url=URL, hours=24)
    message = session.scalars(select(Message)).one()
    assert message.state is MessageState.QUEUED
    assert message.recipient == person.email and message.person_id == person.id
    assert (message.about_type, message.about_id) == ("persons", person.id)
    assert jobs(session) == [str(message.id)]


def test_a_verb_that_fails_leaves_no_letter_and_no_job(session: Session, make: Make) -> None:
    person = make.person()
    with pytest.raises(RuntimeError), unit_of_work(None, "mail.tried") as work:
        work.send("accounts/confirm", to=person, key="confirm:1", url=URL, hours=24)
        raise RuntimeError
    assert session.scalar(select(func.count(Message.id))) == 0
    assert jobs(session) == []


def test_a_key_is_one_letter(session: Session, make: Make) -> None:
    person = make.person()
    confirm(person)
    confirm(person, language="en")
    confirm(person, key="confirm:2")
    letters = session.scalars(select(Message).order_by(Message.key)).all()
    assert [(letter.key, letter.language) for letter in letters] == [
        ("confirm:1", "lv"),
        ("confirm:2", "lv"),
    ]
    assert sorted(jobs(session)) == sorted(str(letter.id) for letter in letters)


def test_a_letter_can_be_in_another_language_than_its_reader(session: Session, make: Make) -> None:
    confirm(make.person(), language="en")
    assert session.scalars(select(Message)).one().subject == "Confirm your e-mail address"


def test_an_address_without_an_account(session: Session) -> None:
    confirm(Address("jauns@example.lv", "en"))
    message = session.scalars(select(Message)).one()
    assert message.person_id is None and message.text.startswith("You are one step")


@pytest.mark.parametrize(
    "address",
    [
        "anna@example.lv\r\nBcc: eve@example.lv",
        "anna@example.lv, eve@example.lv",
        "Anna <anna@example.lv>",
        "anna",
        "",
        "a@b@example.lv",
        "anna@example.lv\x00",
        "a" * 5000 + "@example.lv",
    ],
)
def test_what_is_no_address_is_refused(session: Session, address: str) -> None:
    with pytest.raises(Invalid) as refusal:
        confirm(Address(address, "lv"))
    assert refusal.value.field == "email"
    assert session.scalar(select(func.count(Message.id))) == 0


def invite(organisation: Organisation, inviter: Person) -> None:
    with unit_of_work(None, "mail.tried") as work:
        work.send_to(
            "jauns@example.lv",
            "lv",
            "accounts/invitation",
            key="invitation:1",
            organisation=organisation,
            role="Reader",
            inviter=inviter,
            url=URL,
            until=organisation.created_at,
        )


MESSAGE = "Jūsu konts ir bloķēts! Atveriet http://evil.example"


@pytest.mark.parametrize(
    ("organisation", "inviter"),
    [(MESSAGE, "Anna"), ("Ķēde", MESSAGE), ("Ķēde\r\nBcc: eve@example.lv", "Anna")],
)
def test_no_verb_can_send_a_stranger_s_message(
    session: Session, make: Make, organisation: str, inviter: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        invite(make.organisation(name=organisation), make.person(name=inviter))
    assert refusal.value.code == "name_is_message"
    assert session.scalar(select(func.count(Message.id))) == 0


def test_a_name_that_is_a_web_address_is_no_link_in_a_letter(session: Session, make: Make) -> None:
    invite(make.organisation(name="Nodibinājums „Ziedot.lv”"), make.person(name="A.Bērziņa"))
    letter = session.scalars(select(Message)).one()
    assert letter.subject == "Uzaicinājums: Nodibinājums „Ziedot. lv”"
    assert "A. Bērziņa" in letter.text and "iedot.lv" not in letter.text + letter.html


def test_whose_address_nobody_has_confirmed_is_not_greeted_by_a_name(
    session: Session, make: Make
) -> None:
    confirm(make.person(name="Liels Laimests", confirmed_at=None))
    assert "Liels" not in session.scalars(select(Message.text)).one()
