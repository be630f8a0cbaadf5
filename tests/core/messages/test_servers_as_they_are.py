"""Mail servers that answer late, wrongly or not at all; a letter goes once all the same."""

import socket
import threading
from collections.abc import Callable
from datetime import timedelta
from email import message_from_string, policy
from pathlib import Path
from time import sleep
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from sqlalchemy import select

from portal.core import clock
from portal.core.db import db
from portal.core.errors import Invalid
from portal.core.jobs import run_worker
from portal.core.messages import service, smtp
from portal.core.messages.composing import Address
from portal.core.messages.models import Message, MessageState
from portal.core.work import unit_of_work
from tests.certificates import for_loopback
from tests.core.messages.conftest import Sink, sinking
from tests.core.messages.odd import GONE, SILENCE, Answer, OddServer, odd_server
from tests.core.messages.samples import URL
from tests.core.messages.test_delivery import kept, queued, states

Change = Callable[..., None]


def write(email: str = "girts@example.lv", language: str = "lv") -> UUID:
    with unit_of_work(None, "mail.tried") as work:
        return work.send(
            "accounts/confirm", to=Address(email, language), key=email, url=URL, hours=24
        )


@pytest.fixture
def letter(ctx: None) -> UUID:
    return write()


@pytest.mark.parametrize("goodbye", ["421 too busy", "502 what", GONE, SILENCE])
def test_taken_is_taken_whatever_is_said_to_quit(
    letter: UUID, settings: Change, goodbye: Answer
) -> None:
    with odd_server(QUIT=goodbye) as (server, url):
        settings(smtp_url=url)
        service.deliver(letter)
        service.deliver(letter)
        assert len(server.taken) == 1
    assert kept(letter).state is MessageState.SENT


@pytest.mark.parametrize(
    "says",
    [
        {"greeting": "554 no service"},
        {"greeting": "421 too busy"},
        {"greeting": GONE},
        {"MAIL": "550 who are you"},
        {"DATA": GONE},
        {"end": "451 later"},
        {"end": GONE},
    ],
    ids=str,
)
def test_a_server_that_will_not_talk_to_us_now_is_tried_again(
    letter: UUID, settings: Change, says: dict[str, Answer], caplog: pytest.LogCaptureFixture
) -> None:
    with odd_server(**says) as (server, url):
        settings(smtp_url=url)
        with pytest.raises(service.NotTaken):
            service.deliver(letter)
        assert kept(letter).state is MessageState.QUEUED
        server.says.clear()
        service.deliver(letter)
        assert kept(letter).state is MessageState.SENT and len(server.taken) == 1
    assert str(letter) in caplog.text and "girts" not in caplog.text


def test_of_two_readers_the_one_who_is_refused_has_the_reason(ctx: None, settings: Change) -> None:
    def refusing(_: OddServer, line: str) -> str:
        return "550 no such mailbox" if "<nobody@" in line else "250 OK"

    letters = [write("anna@example.lv"), write("nobody@example.lv")]
    with odd_server(RCPT=refusing) as (server, url):
        settings(smtp_url=url)
        for letter in letters:
            service.deliver(letter)
    assert [kept(letter).state for letter in letters] == [MessageState.SENT, MessageState.FAILED]
    assert "no such mailbox" in kept(letters[1]).last_error
    assert len(server.taken) == 1 and server.heard.count("rcpt TO:<anna@example.lv>") == 1


def test_a_domain_with_letters_travels_in_ascii(ctx: None, settings: Change) -> None:
    letter = write("Birojs@Ķirši.example")
    with odd_server() as (server, url):
        settings(smtp_url=url, mail_from='"Liepāja, pašvaldība" <raksti@ķirši.example>')
        service.deliver(letter)
    assert kept(letter).recipient == "birojs@ķirši.example"
    assert "rcpt TO:<birojs@xn--iri-6ua6s.example>" in server.heard
    assert "mail FROM:<raksti@xn--iri-6ua6s.example>" in server.heard
    assert server.taken[0].isascii()
    mail = message_from_string(server.taken[0], policy=policy.default)
    assert mail["To"] == "birojs@xn--iri-6ua6s.example"
    assert mail["From"].addresses[0].display_name == "Liepāja, pašvaldība"
    assert mail["Message-ID"] == f"<{letter}@xn--iri-6ua6s.example>"


def test_letters_before_the_at_sign_are_refused(ctx: None) -> None:
    with pytest.raises(Invalid) as refusal:
        write("ķirsis@example.lv")
    assert refusal.value.code == "address_letters"


def test_a_letter_says_what_it_is_in_words_that_arrive_whole(
    ctx: None, sink: tuple[Sink, str], settings: Change
) -> None:
    letters = [write("anna@example.lv", "en"), write("berta@example.lv")]
    long = "Uzaicinājums: Liepājas Valstspilsētas jauniešu biedrība „Ķēžu šķūnis” " * 3
    db.session.execute(db.text("ALTER TABLE messages DISABLE TRIGGER USER"))
    kept(letters[1]).subject = long.strip()[:200]
    db.session.commit()
    settings(smtp_url=sink[1])
    for letter in letters:
        service.deliver(letter)
    first, second = sink[0].received
    assert (first["Content-Language"], second["Content-Language"]) == ("en", "lv")
    assert second["Subject"] == long.strip()[:200]
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["Date"].datetime == clock.now().replace(microsecond=0)
    assert 'lang="en"' in first.get_body(("html",)).get_content()


@pytest.mark.parametrize("verb", ["greeting", "RCPT", "end"])
@pytest.mark.parametrize("silent", [True, False])
def test_a_server_that_never_ends_its_answer_is_left(
    letter: UUID, settings: Change, monkeypatch: pytest.MonkeyPatch, verb: str, silent: bool
) -> None:
    monkeypatch.setattr(smtp, "ALL", 0.5)
    left = threading.Event()

    def dripping(server: OddServer, _: str) -> str:
        for _ in range(1200):
            try:
                server.lines[-1].sendall(b"250-still thinking\r\n")
            except OSError:
                left.set()
                break
            sleep(0.05)
        return GONE

    with odd_server(**{verb: SILENCE if silent else dripping}) as (_, url):
        settings(smtp_url=url)
        with pytest.raises(service.NotTaken, match="Timeout"):
            service.deliver(letter)
        assert silent or left.wait(30), "the line is cut"
    assert kept(letter).state is MessageState.QUEUED


def test_an_address_that_is_not_found_in_time_is_left_and_nothing_is_sent_there_later(
    letter: UUID, settings: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "ALL", 0.2)
    found, look_up = threading.Event(), socket.getaddrinfo

    def slowly(*args: Any) -> Any:
        found.wait(30)
        return look_up(*args)

    monkeypatch.setattr(socket, "getaddrinfo", slowly)
    with odd_server() as (server, url):
        settings(smtp_url=url)
        with pytest.raises(service.NotTaken, match="Timeout"):
            service.deliver(letter)
        found.set()
        for thread in threading.enumerate():
            if thread.name == "smtp":
                thread.join(30)
        assert not any("FROM" in line for line in server.heard)


@pytest.mark.parametrize("smtps", [True, False])
def test_a_certificate_that_nobody_signed_needs_a_setting(
    letter: UUID,
    settings: Change,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    smtps: bool,
) -> None:
    authority, server = for_loopback(tmp_path)
    sink = Sink()
    options: dict[str, Any] = (
        {"ssl_context": server} if smtps else {"tls_context": server, "require_starttls": True}
    )
    with sinking(sink, **options) as url:
        secure = url.replace("smtp:", "smtps:") if smtps else url
        settings(smtp_url=secure)
        with pytest.raises(service.NotTaken, match="CERTIFICATE_VERIFY_FAILED"):
            service.deliver(letter)
        assert "CERTIFICATE_VERIFY_FAILED" in caplog.text and not sink.received
        settings(smtp_url=secure, smtp_ca=str(authority))
        service.deliver(letter)
    assert len(sink.received) == 1


def test_a_password_is_not_sent_in_the_clear(
    letter: UUID, settings: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    with odd_server(EHLO="250 AUTH PLAIN LOGIN") as (server, url):
        settings(smtp_url=url.replace("//", "//asns:secret@"))
        with monkeypatch.context() as elsewhere:
            elsewhere.setattr(smtp, "is_loopback", lambda _: False)
            with pytest.raises(service.NotTaken, match="STARTTLS"):
                service.deliver(letter)
        assert server.heard == ["ehlo " + server.heard[0].split()[1]]


def test_a_letter_in_hand_is_left_to_its_worker_until_that_must_have_died(
    letter: UUID, sink: tuple[Sink, str], settings: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise SystemExit

    settings(smtp_url=sink[1])
    with monkeypatch.context() as killed, pytest.raises(SystemExit):
        killed.setattr(smtp, "send", die)
        service.deliver(letter)
    with pytest.raises(service.NotTaken, match="other hands"):
        service.deliver(letter)
    settings(smtp_url=sink[1], database_timeout=3600)
    with clock.at(clock.now() + timedelta(hours=2)), pytest.raises(service.NotTaken):
        service.deliver(letter)
    settings(smtp_url=sink[1])
    with clock.at(clock.now() + timedelta(minutes=10)):
        service.deliver(letter)
    assert kept(letter).state is MessageState.SENT and len(sink[0].received) == 1


def test_a_worker_that_stood_still_leaves_a_letter_to_whoever_has_it_now(
    letter: UUID, settings: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken_over(*_: object) -> None:
        with clock.at(clock.now() + timedelta(hours=1)):
            assert service._taken(letter)
        raise ConnectionResetError

    settings(smtp_url="smtp://127.0.0.1")
    monkeypatch.setattr(smtp, "send", taken_over)
    with pytest.raises(service.NotTaken):
        service.deliver(letter)
    assert kept(letter).taken_at == clock.now() + timedelta(hours=1)
    assert kept(letter).last_error == ""


def test_a_letter_that_cannot_be_sent_says_why_and_is_not_tried_for_ever(
    letter: UUID, settings: Change, caplog: pytest.LogCaptureFixture
) -> None:
    with odd_server(EHLO="250-odd\r\n250 AUTH PLAIN") as (_, url):
        settings(smtp_url=url.replace("//", "//anna:par%C4%81dze@"))
        for _ in range(service.ATTEMPTS - 1):
            with pytest.raises(service.NotTaken):
                service.deliver(letter)
        service.deliver(letter)
    failed = kept(letter)
    assert failed.state is MessageState.FAILED
    assert failed.last_error.startswith("UnicodeEncodeError (smtplib.py")
    assert "\\u0101" not in failed.last_error + caplog.text


def test_a_letter_that_every_worker_dies_of_is_given_up(
    letter: UUID, settings: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise SystemExit

    settings(smtp_url="smtp://127.0.0.1")
    monkeypatch.setattr(smtp, "send", die)
    for hours in range(service.ATTEMPTS):
        with clock.at(clock.now() + timedelta(hours=hours)), pytest.raises(SystemExit):
            service.deliver(letter)
    with clock.at(clock.now() + timedelta(hours=service.ATTEMPTS)):
        service.deliver(letter)
    assert kept(letter).state is MessageState.FAILED and kept(letter).last_error


# ------------------------------------------------------------------------ the worker, for real


def test_one_letter_that_hangs_holds_neither_the_others_nor_the_database(alone: Flask) -> None:
    database = alone.extensions["settings"].database_url
    sent = "SELECT count(*) FROM messages WHERE state = 'sent'"
    locked = "SELECT id FROM messages WHERE recipient = 'a0@example.lv' FOR UPDATE NOWAIT"
    open_ = (
        "SELECT query FROM pg_stat_activity"
        " WHERE datname = current_database() AND state LIKE 'idle in transaction%'"
    )
    held = list[object]()

    def slow_for_one(server: OddServer, line: str) -> str:
        if "<a0@" in line:
            with psycopg.connect(database, autocommit=True) as other:
                while other.execute(sent).fetchone() != (3,):
                    if server.over.wait(0.05):
                        return GONE
                held.extend(other.execute(open_).fetchall())
                other.execute(locked)
        return "250 OK"

    with odd_server(RCPT=slow_for_one) as (server, url):
        queued(alone, 4, url)
        run_worker(alone, wait=False)
        assert len(server.taken) == 4
    assert states(alone) == [MessageState.SENT] * 4 and not held


def test_what_became_of_a_letter_is_written_down_once_the_database_is_back(alone: Flask) -> None:
    def cut(_: OddServer, __: str) -> str:
        with psycopg.connect(alone.extensions["settings"].database_url) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        return "250 OK"

    with odd_server(end=cut) as (server, url):
        queued(alone, 1, url)
        with alone.app_context():
            letter = db.session.scalars(select(Message.id)).one()
            db.session.rollback()
            service.deliver(letter)
            service.deliver(letter)
        assert len(server.taken) == 1
    assert states(alone) == [MessageState.SENT]
