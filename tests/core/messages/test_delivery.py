"""Letters on their way: through a real SMTP server, once, and again where it was away."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from portal.core.db import db
from portal.core.jobs import MAIL, WORK, run_worker
from portal.core.messages import service
from portal.core.messages.models import Message, MessageState
from portal.core.work import unit_of_work
from tests.core.messages.conftest import Sink
from tests.core.messages.samples import URL
from tests.factories import Make

Change = Callable[..., None]


@pytest.fixture
def letter(ctx: None, make: Make) -> UUID:
    """A queued letter about glyphs and signs."""
    person = make.person(name="Ķēžu Ģirts <Šņāc> & co", email="girts@example.lv")
    with unit_of_work(person, "mail.tried", person) as work:
        work.send("accounts/confirm", to=person, key="confirm:1", url=f"{URL}?a=1&b=2", hours=24)
    return db.session.scalars(select(Message.id)).one()


def kept(letter: UUID) -> Message:
    return db.session.get_one(Message, letter, populate_existing=True)


def test_it_arrives_whole(letter: UUID, sink: tuple[Sink, str], settings: Change) -> None:
    server, url = sink
    settings(smtp_url=url, mail_from="Asns — ķirši <asns@example.lv>")
    text = kept(letter).text
    service.deliver(letter)
    (mail,) = server.received
    assert server.to == ["girts@example.lv"] and mail["To"] == "girts@example.lv"
    assert mail["From"] == "Asns — ķirši <asns@example.lv>"
    assert mail["Message-ID"] == f"<{letter}@example.lv>"
    assert mail["Auto-Submitted"] == "auto-generated" and mail["Date"]
    assert mail.get_content_type() == "multipart/alternative"
    plain, html = mail.iter_parts()
    assert plain.get_content().replace("\r\n", "\n") == text
    assert "Ķēžu Ģirts <Šņāc> & co" in text
    assert "Ķēžu Ģirts &lt;Šņāc&gt; &amp; co" in html.get_content()
    assert f'<a href="{URL}?a=1&amp;b=2">' in html.get_content()
    assert html.get_content_charset() == plain.get_content_charset() == "utf-8"


def test_it_is_sent_once_and_its_one_time_link_is_not_kept(
    letter: UUID, sink: tuple[Sink, str], settings: Change
) -> None:
    server, url = sink
    settings(smtp_url=url)
    service.deliver(letter)
    service.deliver(letter)
    sent = kept(letter)
    assert len(server.received) == 1
    assert sent.state is MessageState.SENT and sent.sent_at is not None and sent.attempts == 1
    assert URL not in sent.text + sent.html


def test_a_server_that_is_away_is_tried_again(
    letter: UUID, sink: tuple[Sink, str], settings: Change
) -> None:
    server, url = sink
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings(smtp_url=f"smtp://127.0.0.1:{closed.getsockname()[1]}")
        with pytest.raises(service.NotTaken, match="refused"):
            service.deliver(letter)
    tried = kept(letter)
    assert tried.state is MessageState.QUEUED and tried.attempts == 1
    assert "ConnectionRefusedError" in tried.last_error
    settings(smtp_url=url)
    service.deliver(letter)
    assert kept(letter).state is MessageState.SENT and len(server.received) == 1


@pytest.mark.parametrize(
    ("answer", "after"),
    [("550 no such mailbox", MessageState.FAILED), ("451 try later", MessageState.QUEUED)],
)
def test_only_a_refusal_for_good_ends_the_tries(
    letter: UUID,
    sink: tuple[Sink, str],
    settings: Change,
    answer: str,
    after: MessageState,
) -> None:
    server, url = sink
    server.answer = answer
    settings(smtp_url=url)
    if after is MessageState.QUEUED:
        with pytest.raises(service.NotTaken):
            service.deliver(letter)
    else:
        service.deliver(letter)
    assert kept(letter).state is after
    assert answer[:3] in kept(letter).last_error


def test_the_tries_end(letter: UUID, sink: tuple[Sink, str], settings: Change) -> None:
    server, url = sink
    server.answer = "451 try later"
    settings(smtp_url=url)
    for _ in range(service.ATTEMPTS - 1):
        with pytest.raises(service.NotTaken):
            service.deliver(letter)
    service.deliver(letter)
    assert kept(letter).state is MessageState.FAILED


# ------------------------------------------------------------------------ the worker, for real


def queued(app: Flask, letters: int, smtp_url: str) -> None:
    app.extensions["settings"] = replace(app.extensions["settings"], smtp_url=smtp_url)
    with app.test_request_context():
        for n in range(letters):
            with unit_of_work(None, "mail.tried") as work:
                work.send_to(
                    f"a{n}@example.lv", "lv", "accounts/confirm", key=f"{n}", url=URL, hours=1
                )
        db.session.remove()


def states(app: Flask) -> list[MessageState]:
    with app.app_context():
        return list(db.session.scalars(select(Message.state)))


def test_the_worker_sends_what_waits(alone: Flask, sink: tuple[Sink, str]) -> None:
    queued(alone, 3, sink[1])
    run_worker(alone, queues=[WORK], wait=False)
    assert states(alone) == [MessageState.QUEUED] * 3
    run_worker(alone, queues=[WORK, MAIL], wait=False)
    assert states(alone) == [MessageState.SENT] * 3
    assert sorted(sink[0].to) == ["a0@example.lv", "a1@example.lv", "a2@example.lv"]


def test_two_workers_send_a_letter_once(alone: Flask, sink: tuple[Sink, str]) -> None:
    queued(alone, 6, sink[1])
    with alone.app_context():
        ids = list(db.session.scalars(select(Message.id)))
    together = threading.Barrier(2)

    def work() -> None:
        together.wait()
        for letter in ids:
            with alone.app_context(), suppress(service.NotTaken):
                service.deliver(letter)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert states(alone) == [MessageState.SENT] * 6
    assert sorted(sink[0].to) == sorted({f"a{n}@example.lv" for n in range(6)})
