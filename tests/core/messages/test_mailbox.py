"""/demo/mail."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.messages.models import Message
from portal.core.work import unit_of_work
from tests.core.messages.samples import URL
from tests.factories import Make
from tests.pages import PageClient, counted_queries

in_demo = pytest.mark.usefixtures("in_demo")


def write(app: Flask, make: Make, letters: int) -> None:
    people = [make.person(name=f"<b>Eva</b> {n}") for n in range(letters)]
    with app.test_request_context():
        for person in people:
            with unit_of_work(None, "mail.tried") as work:
                work.send("accounts/reset", to=person, key=f"reset:{person.id}", url=URL, hours=1)


def test_a_link_is_read_by_nobody_outside_of_the_demo(
    client: PageClient,
    settings: Callable[..., None],
    session: Session,
    make: Make,
    caplog: pytest.LogCaptureFixture,
) -> None:
    write(client.application, make, 1)
    letter = session.scalars(select(Message)).one()
    for demo in (False, True):  # whatever DEMO says: the demo did not make this database
        settings(demo=demo)
        assert client.get("/demo/mail").status_code == 404
        assert client.get(f"/demo/mail/{letter.id}").status_code == 404
        assert client.post("/demo/sign-in", data={"persona": "admin"}).status_code == 404
        assert "/demo" not in client.get("/").get_data(as_text=True)
    assert "not made by the demo" in caplog.text


@in_demo
def test_a_letter_can_be_read_and_its_link_followed(
    client: PageClient, session: Session, make: Make
) -> None:
    write(client.application, make, 1)
    letter = session.scalars(select(Message)).one()
    outbox = client.page("/demo/mail")
    link = outbox.select_one(f'a[href="/demo/mail/{letter.id}"]')
    assert link and link.get_text() == letter.subject
    page = client.page(f"/demo/mail/{letter.id}")
    assert page.select_one(f'main a[href="{URL}"]')
    assert not page.select("main b") and "<b>Eva</b>" in page.get_text()


@in_demo
def test_one_address(client: PageClient, session: Session, make: Make) -> None:
    write(client.application, make, 3)
    one = session.scalars(select(Message.recipient)).first()
    for part in (one, str(one).upper()[1:]):
        assert len(client.page(f"/demo/mail?to={part}").select("main tbody tr")) == 1
    assert len(client.page("/demo/mail").select("main tbody tr")) == 3


@pytest.mark.parametrize("query", ["to=" + "x" * 5000, "before=nonsense", "to=%f0%28"])
@in_demo
def test_odd_questions(client: PageClient, query: str) -> None:
    client.page(f"/demo/mail?{query}")
    client.page("/demo/mail/00000000-0000-0000-0000-000000000000", status=404)


@in_demo
def test_older_letters_are_a_page_away(client: PageClient, make: Make) -> None:
    write(client.application, make, 52)
    page = client.page("/demo/mail")
    assert len(page.select("main tbody tr")) == 50
    (older,) = page.select('main a[href*="before="]')
    assert len(client.page(str(older["href"])).select("main tbody tr")) == 2


@in_demo
def test_the_queries_do_not_grow_with_the_letters(client: PageClient, make: Make) -> None:
    counts = []
    client.page("/demo")  # which asks the database, once, whether it is the demo's
    for letters in (1, 29):
        write(client.application, make, letters)
        with counted_queries(client.application) as queries:
            client.page("/demo/mail")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12
