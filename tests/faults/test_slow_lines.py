"""The real server alone: slow lines hold nobody up, and a worker that hangs is replaced."""

import re
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection, RemoteDisconnected
from select import select
from subprocess import Popen

import psutil
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session
from waitress.adjustments import Adjustments

from bench.slow import A_LARGE_FILE, publish_large_file, slow_lines
from portal.core.serving import Parser
from tests.factories import Make
from tests.faults.test_costs import check
from tests.test_proxy import portal, until_it_waits, wait_for
from tests.test_serve import free_port


@contextmanager
def serving(busy: tuple[Flask, Make], **settings: str) -> Iterator[tuple[int, Popen[bytes]]]:
    port = free_port()
    with portal(busy, port, **settings) as process:
        wait_for(port)
        yield port, process


def answer(port: int, path: str) -> tuple[int, bytes]:
    with closing(HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read()


@contextmanager
def a_page_that_waits(session: Session, port: int) -> Iterator[HTTPConnection]:
    """Ask for a page that a thread can make only at the end of the block."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        session.execute(text("LOCK TABLE competitions"))
        try:
            connection.request("GET", "/competitions")
            until_it_waits(session)
            yield connection
        finally:
            session.rollback()


def test_slow_lines_hold_neither_a_visitor_nor_the_end_of_the_server(
    busy: tuple[Flask, Make],
) -> None:
    app, make = busy
    call = make.competition("open")
    with app.app_context():
        download = publish_large_file(call.slug)
    with serving(busy) as (port, server), slow_lines(port, download) as lines:
        for reader in lines[-1]:
            assert select([reader], [], [], 20)[0], "every download has begun"
        for path in ("/healthz", f"/competitions/{call.slug}"):
            assert answer(port, path)[0] == 200
        assert answer(port, download) == (200, A_LARGE_FILE)
        with a_page_that_waits(make.session, port) as in_hand:
            server.terminate()
            time.sleep(1)
            make.session.rollback()
            response = in_hand.getresponse()
            assert response.status == 200 and b"</html>" in response.read()
        assert server.wait(20) == 0


def test_a_worker_whose_threads_all_hang_is_replaced(busy: tuple[Flask, Make]) -> None:
    hang = {"WEB_CONCURRENCY": "1", "THREADS": "1", "GUNICORN_CMD_ARGS": "--timeout=2"}
    with (
        serving(busy, **hang) as (port, _),
        a_page_that_waits(busy[1].session, port) as waiting,
    ):
        with pytest.raises(RemoteDisconnected):
            waiting.getresponse()
        assert answer(port, "/healthz")[0] == 200


def test_what_finds_no_room_on_the_disk_is_told_and_leaves_none_taken(
    busy: tuple[Flask, Make],
) -> None:
    """No file may have more than 256 KB: so does a full disk end what waitress keeps."""
    few = {"WEB_CONCURRENCY": "1", "THREADS": "1"}
    with serving(busy, **few) as (port, server):
        assert answer(port, "/healthz")[0] == 200
        (worker,) = psutil.Process(server.pid).children()
        worker.rlimit(psutil.RLIMIT_FSIZE, (256 * 1024, 256 * 1024))
        for _ in range(3):
            with closing(HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
                kind = {"Content-Type": "multipart/form-data; boundary=b"}
                connection.request("POST", "/verify", b"x" * 1024 * 1024, kind)
                response = connection.getresponse()
                assert response.status == 503 and response.headers["Retry-After"]
                page = response.read().decode()
                assert "nav saglabāts" in page and "Serverī pietrūkst vietas" in page
                assert re.search(r"numuru <strong>[0-9A-F]{4}-[0-9A-F]{4}<", page)
        assert answer(port, "/healthz")[0] == 200
        assert not [file for file in worker.open_files() if "deleted" in file.path]


@pytest.mark.parametrize(
    "head",
    [
        b"GET http://[::1/ HTTP/1.1\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: " + b"9" * 5000 + b"\r\n",
        b"GET / HTTP/1.1\r\nA: a\r\n b\r\n",
    ],
)
def test_a_head_that_cannot_be_is_answered(busy: tuple[Flask, Make], head: bytes) -> None:
    parser = Parser(Adjustments())
    parser.received(head + b"\r\n")
    assert parser.completed and parser.error.code == 400


def test_a_head_costs_what_its_length_says() -> None:
    for gap in (b" ", b"\t", b" \t", b"x ", b"\r\n "):
        check(
            read_head, lambda n, gap=gap: b"A:" + gap * (n // len(gap)) + b"x", (2048, 8192, 32_000)
        )


def read_head(field: bytes) -> None:
    parser = Parser(Adjustments(max_request_header_size=64 * 1024))
    parser.received(b"GET / HTTP/1.1\r\n" + field + b"\r\n\r\n")
    assert parser.completed
