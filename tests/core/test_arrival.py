"""A request counts when all of it has come; a proxy may say when that was, within bounds."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from flask import Flask, request_finished
from werkzeug.test import Client, create_environ, run_wsgi_app

from portal.core import clock
from portal.core.arrival import HEADER, LONGEST_WAIT, arrived_at
from tests.conftest import NOW

LATER = NOW + timedelta(minutes=1)
MILLISECOND = timedelta(milliseconds=1)


@pytest.fixture
def noted(app: Flask) -> Iterator[list[datetime]]:
    """When each request was received, as it is known at its end."""
    found: list[datetime] = []

    def note(_: Flask, **__: object) -> None:
        found.append(arrived_at())

    with request_finished.connected_to(note, app):
        yield found


class Late:
    """A body of which a server passes on what it has, and whose last byte comes at LATER."""

    def __init__(self, body: bytes, clocks: ExitStack) -> None:
        self.come, self.last = BytesIO(body[:-1]), BytesIO(body[-1:])
        self.clocks = clocks

    def read(self, size: int) -> bytes:
        if found := self.come.read(size):
            return found
        self.clocks.enter_context(clock.at(LATER))
        return self.last.read(size)


PART = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n'


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", b"a=b&c=d"),
        ("multipart/form-data; boundary=b", PART + b"--b--\r\n"),
        ("multipart/form-data; boundary=b", PART + b"--b--\r\nan epilogue"),
        ("multipart/form-data; boundary=b", PART + b"never ended"),
        ("multipart/form-data", b"without a boundary"),
        ("application/json", b'{"a": 1}'),
        ("text/plain", b"a=b"),
        ("", b"anything"),
    ],
)
@pytest.mark.parametrize("chunked", [False, True])
def test_it_is_received_when_its_last_byte_is(
    app: Flask, noted: list[datetime], kind: str, body: bytes, chunked: bool
) -> None:
    length = (
        {"HTTP_TRANSFER_ENCODING": "chunked"} if chunked else {"CONTENT_LENGTH": str(len(body))}
    )
    with ExitStack() as clocks:
        sent = {"CONTENT_TYPE": kind, "wsgi.input": Late(body, clocks), **length}
        environ = create_environ("/sign-in", method="POST")
        run_wsgi_app(app, {**environ, **sent, "wsgi.input_terminated": True})
    assert noted == [LATER]


def test_a_body_that_is_no_form_is_bounded(app: Flask) -> None:
    sent = Client(app).post("/sign-in", data=b"x" * 4_194_305, content_type="text/plain")
    assert sent.status_code == 413


def test_outside_of_a_request_it_is_now(app: Flask) -> None:
    assert arrived_at() == NOW
    with app.app_context():
        assert arrived_at() == NOW


def stamp(instant: datetime) -> str:
    """As nginx writes $msec."""
    return f"{instant.timestamp():.3f}"


@pytest.mark.usefixtures("proxied")
@pytest.mark.parametrize("ago", [timedelta(0), MILLISECOND, timedelta(seconds=59), LONGEST_WAIT])
def test_behind_a_proxy_it_is_when_the_proxy_had_it(
    app: Flask, noted: list[datetime], caplog: pytest.LogCaptureFixture, ago: timedelta
) -> None:
    Client(app).post("/sign-in", headers={HEADER: stamp(NOW - ago)})
    assert noted == [NOW - ago]
    assert HEADER not in caplog.text


NOT_SO = [
    *(stamp(NOW + MILLISECOND), stamp(NOW + timedelta(days=365))),
    *(stamp(NOW - LONGEST_WAIT - MILLISECOND), "0000000000.000"),
    *("", "nan", "inf", "-1", "1e9", "now", stamp(NOW)[:-4], stamp(NOW) + "0", "+" + stamp(NOW)),
    *(f"{stamp(NOW)},{stamp(NOW)}", stamp(NOW).replace(".", ","), "²" * 10 + ".000"),
    "1" * 1_000_000,
]


@pytest.mark.usefixtures("proxied")
@pytest.mark.parametrize("said", NOT_SO, ids=lambda said: said[:20])
def test_what_cannot_be_is_not_believed(
    app: Flask, noted: list[datetime], caplog: pytest.LogCaptureFixture, said: str
) -> None:
    with caplog.at_level(logging.WARNING, "portal.core.arrival"):
        Client(app).get("/sign-in", headers={HEADER: said})
        assert HEADER not in caplog.text, "reading is never late"
        Client(app).post("/sign-in", headers={HEADER: said})
    assert noted == [NOW, NOW]
    assert HEADER in caplog.text and len(caplog.text) < 1000


def test_without_a_proxy_nobody_is_believed(app: Flask, noted: list[datetime]) -> None:
    Client(app).post("/sign-in", headers={HEADER: stamp(NOW - timedelta(seconds=5))})
    assert noted == [NOW]
