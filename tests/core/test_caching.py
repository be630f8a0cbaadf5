"""Pages that are answered without being made again."""

import secrets
import threading
from contextlib import suppress
from datetime import timedelta

import pytest
from flask import Flask, session

from portal.core import clock
from portal.core.caching import Pages, conditional
from portal.core.db import Words
from portal.grants.competitions.models import Competition
from portal.grants.competitions.public import queries
from tests.factories import Make
from tests.pages import PageClient, counted_queries


def test_a_page_that_is_as_it_was_is_not_made_again(
    make: Make, client: PageClient, app: Flask
) -> None:
    make.competition("open")
    with counted_queries(app) as statements:
        first = client.get("/")
        made = len(statements)
        again = client.get("/")
    assert again.data == first.data and again.headers["ETag"] == first.headers["ETag"]
    assert len(statements) == made + 1, "the stamp, and nothing else"


def test_a_kept_page_is_never_an_old_one(make: Make, client: PageClient) -> None:
    competition = make.competition("open", title=Words("Pirmais"))
    for path in ("/", f"/competitions/{competition.slug}"):
        assert "Pirmais" in client.get(path).text
    make.rewrite(make.session.get_one(Competition, competition.id), title=Words("Otrais"))
    for path in ("/", f"/competitions/{competition.slug}"):
        assert "Pirmais" not in client.get(path).text
    with clock.at(competition.deadline + timedelta(seconds=1)):
        assert "Otrais" not in client.get("/").text, "no longer open"


def test_a_page_says_nothing_that_was_read_before_its_name(
    make: Make, client: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A commit between the two makes another name, and a page of before must not go by it."""
    competition = make.competition("open", title=Words("Pirmais"))
    stamp = queries.stamp

    def meanwhile(read: Competition) -> object:
        make.rewrite(make.session.get_one(Competition, competition.id), title=Words("Otrais"))
        return stamp(read)

    monkeypatch.setattr(queries, "stamp", meanwhile)
    assert "Otrais" in client.get(f"/competitions/{competition.slug}").text


def test_a_deadline_ends_within_the_minute_that_it_begins(make: Make, client: PageClient) -> None:
    """Its first second belongs to the open time, and not another one."""
    competition = make.competition("open", title=Words("Pirmais"))
    assert competition.deadline.second == 0
    for seconds, is_open in ((-1, True), (0.5, True), (1, False), (59, False)):
        with clock.at(competition.deadline + timedelta(seconds=seconds)):
            assert ("Pirmais" in client.get("/").text) == is_open, seconds


def test_nobody_gets_the_page_of_another(make: Make, client: PageClient) -> None:
    path = f"/competitions/{make.competition('open').slug}"
    anonymous = client.get(path).data
    pages = {anonymous}
    for name in ("Anna Pirmā", "Berta Otrā"):
        client.sign_in(make.person(name=name))
        page = client.get(path)
        assert name in page.text
        pages.add(page.data)
    assert len(pages) == 3
    assert client.application.test_client().get(path).data == anonymous


def test_a_page_that_gave_its_reader_a_token_is_not_kept(app: Flask) -> None:
    tokens = iter(("one", "another"))

    def render() -> str:
        session["csrf_token"] = next(tokens)
        return session["csrf_token"]

    for token in ("one", "another"):
        with app.test_request_context("/"):
            assert conditional(lambda: "a stamp", render).data == token.encode()


def test_pages_that_nobody_asks_for_make_room() -> None:
    pages, page = Pages(limit=2500), secrets.token_bytes(1000)  # nothing that can be compressed
    for name in ("a", "b", "c"):
        pages.keep(name, page)
        pages.get("a")
    assert pages.get("a") == page and pages.get("b") is None and pages.get("c") == page
    pages.keep("large", page * 3 + secrets.token_bytes(2500))
    assert pages.get("large") is None and pages.get("a") == page
    pages.keep("long", b"1" * 100_000)
    assert pages.get("long") == b"1" * 100_000 and pages.get("a") == page


def test_what_many_ask_for_at_once_is_made_once(app: Flask) -> None:
    another, made, answers = threading.Barrier(2), list[str](), list[bytes]()

    def render() -> str:
        made.append("once")
        with suppress(threading.BrokenBarrierError):
            another.wait(timeout=0.5)  # until a second one is made beside this, if it is
        return "The page"

    def ask() -> None:
        with app.test_request_context("/"):
            answers.append(conditional(lambda: "a stamp", render).data)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert made == ["once"] and answers == [b"The page"] * 4
