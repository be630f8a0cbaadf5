"""The web server: waitress takes requests in and sends answers out, gunicorn keeps its processes.

A request reaches a thread when all of it is here, and an answer leaves the thread as soon as it is
made: slow lines cost a connection and room on disk, never a thread. Why these two:
docs/decisions/web-server.md.
"""

import logging
import os
import re
import resource
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from gunicorn.workers.base import Worker
from waitress import create_server
from waitress.channel import ClientDisconnected, HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError, TransferEncodingNotImplemented
from waitress.utilities import Error

from portal.core.pages import RETRY_AFTER, disk_full, reference

ABSURD = 512 * 1024 * 1024  # bytes, where the application has no bound of its own
FILES = 4096  # open at once; a connection may need three, and the portal some
STALLED = 60  # seconds without a byte, after which somebody has lost the line
FINISHING = 3  # seconds for requests in hand; waitress gives those in a thread five more
KILOBYTE, MEGABYTE = 1024, 1024 * 1024
NUMBER = "0000-0000"
_FOLDED, _GAP = re.compile(rb"\n[ \t]"), re.compile(rb"[ \t]+")

log = logging.getLogger(__name__)


class _DiskFull(Error):  # type: ignore[misc]  # waitress carries no types
    """There is no room for what somebody sends: the application's page, under this number."""

    code = HTTPStatus.SERVICE_UNAVAILABLE.value
    reason = HTTPStatus.SERVICE_UNAVAILABLE.phrase
    page = ""  # made before it is needed; NUMBER stands in the place of the number

    def to_response(self, ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:
        headers = [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Retry-After", str(RETRY_AFTER)),
        ]
        page = self.page.replace(NUMBER, self.body)
        return f"{self.code} {self.reason}", headers, page.encode()


class Parser(HTTPRequestParser):  # type: ignore[misc]  # waitress carries no types
    """What waitress takes from whoever connects, with the bounds that it lacks.

    Its pattern of a header costs the square of the gap before a value. It bounds neither the line
    before a chunk nor the trailer: bodies have a length here. No browser sends folded lines, or
    chunks in HTTP/1.1, and nginx passes none on.
    """

    def received(self, data: bytes) -> int:
        try:
            return super().received(data)  # type: ignore[no-any-return]
        except OSError as error:  # its temporary file
            number = reference()
            log.error("%s: no room for a form to %s: %s", number, self.path, error)
            self.error = _DiskFull(number)
            self.completed = self.connection_close = True
            return len(data)

    def parse_header(self, header_plus: bytes) -> None:
        first, end, fields = header_plus.partition(b"\r\n")
        if _FOLDED.search(fields):
            raise ParsingError("Header lines are not folded.")
        try:
            super().parse_header(first + end + _GAP.sub(b" ", fields))
        except ValueError as error:  # an address or a length that cannot be
            raise ParsingError("The request cannot be read.") from error
        if self.chunked:
            raise TransferEncodingNotImplemented("Send the body with its length.")
        if self.content_length >= self.adj.max_request_body_size:
            self.expect_continue = False  # it is refused, and waitress would ask for it first


class _Channel(HTTPChannel):  # type: ignore[misc]  # waitress carries no types
    parser_class = Parser

    def write_soon(self, data: Any) -> int:
        try:
            return super().write_soon(data)  # type: ignore[no-any-return]
        except OSError as error:  # its temporary file: the rest of the answer has no place
            log.error("no room for an answer: %s", error)
            self.will_close = True
            self.server.pull_trigger()
            raise ClientDisconnected from error


class BufferingWorker(Worker):  # type: ignore[misc]  # gunicorn carries no types
    """One process: a loop that reads and writes, and `threads` that answer."""

    def run(self) -> None:
        """Serve until told to leave. The loop has this thread, in which signals are handled."""
        # It warns of every request that waits for a thread.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        if self.wsgi.blueprints:  # a bare application, of the bench or a test, has no pages
            with self.wsgi.test_request_context():
                _DiskFull.page = disk_full(NUMBER)
        self.leaving = threading.Event()
        self.hands = _Hands(self.wsgi, self.cfg.threads)
        (listener,) = (socket.socket(fileno=os.dup(s.fileno())) for s in self.sockets)
        server = create_server(
            self.hands,
            sockets=[listener],
            threads=self.cfg.threads,
            connection_limit=_files() // 4,
            channel_timeout=STALLED,
            asyncore_use_poll=True,  # select() ends at the 1,024th file
            recv_bytes=64 * KILOBYTE,
            # What is longer goes to a temporary file.
            inbuf_overflow=32 * KILOBYTE,
            outbuf_overflow=256 * KILOBYTE,
            # A thread waits for the reader of an answer that is longer.
            outbuf_high_watermark=64 * MEGABYTE,
            max_request_header_size=32 * KILOBYTE,
            # The portal refuses in words what is larger than it takes; this is for what is absurd.
            max_request_body_size=2 * (self.wsgi.config["MAX_CONTENT_LENGTH"] or ABSURD),
            clear_untrusted_proxy_headers=False,  # PROXIES says whom to believe
            ident=None,
        )
        server.channel_class = _Channel
        threading.Thread(target=self._attend, daemon=True).start()
        server.run()

    def handle_exit(self, sig: int, frame: Any) -> None:
        """On SIGTERM, finish what is in hand; who has said half a request has said nothing."""
        self.leaving.set()

    def _attend(self) -> None:
        """Tell gunicorn that all is well while it is, and see to it that this process ends."""
        self.notify()  # from the first time on gunicorn expects the next
        while not self.leaving.wait(1) and os.getppid() == self.ppid:
            if not self.hands.are_stuck(self.timeout):
                self.notify()
        limit = time.monotonic() + FINISHING
        while self.hands.busy and time.monotonic() < limit:
            time.sleep(0.05)
        # Gunicorn's handler raises SystemExit, at which waitress leaves its loop.
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGQUIT)


class _Hands:
    """The application, and how many threads are at work in it."""

    def __init__(self, app: Callable[..., Iterable[bytes]], threads: int) -> None:
        self.app = app
        self.threads = threads
        self.busy = 0
        self.freed = time.monotonic()  # since when all have been busy, and none has got free
        self.lock = threading.Lock()

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        with self.lock:
            self.busy += 1
            if self.busy == self.threads:
                self.freed = time.monotonic()
        try:
            return self.app(environ, start_response)
        finally:
            with self.lock:
                self.busy -= 1
                self.freed = time.monotonic()

    def are_stuck(self, seconds: float) -> bool:
        """Whether every thread has been at the same request for so long."""
        return self.busy >= self.threads and time.monotonic() - self.freed > seconds


def _files() -> int:
    """How many files this process may have open, once it has asked for FILES."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted
