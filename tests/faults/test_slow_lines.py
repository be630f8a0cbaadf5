"""The real server alone: slow lines hold nobody up, and a worker that hangs is replaced."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection, RemoteDisconnected
from select import select
from subprocess import Popen

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.slow import A_LARGE_FILE, publish_large_file, slow_lines
from tests.factories import Make
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
