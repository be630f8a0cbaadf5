"""The web server: waitress handles connections, gunicorn manages the processes.

A request gets a thread when it is complete, and the response leaves the thread as soon as it is
made: slow clients cost a connection and disk space, never a thread. Reasons:
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

from portal.core.formats import KILOBYTE, MEGABYTE
from portal.core.pages import RETRY_AFTER, disk_full, reference

ABSURD = 512 * MEGABYTE  # bytes, if the application has no limit of its own
FILES = 4096  # open files; a connection may need three, and the portal some
STALLED = 60  # seconds without a byte, after which a connection is closed
FINISHING = 3  # seconds for running requests; waitress gives those in a thread five more
NUMBER = "0000-0000"
_FOLDED, _GAP = re.compile(rb"\n[ \t]"), re.compile(rb"[ \t]+")

log = logging.getLogger(__name__)


class _DiskFull(Error):  # type: ignore[misc]  # waitress carries no types
    """The disk cannot hold a request body; answered with the application's page and this number."""

    code = HTTPStatus.SERVICE_UNAVAILABLE.value
    reason = HTTPStatus.SERVICE_UNAVAILABLE.phrase
    page = ""  # rendered in advance, with NUMBER as a placeholder

    def to_response(self, ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:
        headers = [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Retry-After", str(RETRY_AFTER)),
        ]
        page = self.page.replace(NUMBER, self.body)
        return f"{self.code} {self.reason}", headers, page.encode()


class Parser(HTTPRequestParser):  # type: ignore[misc]  # waitress carries no types
    """waitress's request parser, with limits that it lacks.

    Its header pattern takes quadratic time in the spaces before a value. It limits neither chunk
    lines nor trailers: here bodies need a length. No browser sends folded headers, or chunks in
    HTTP/1.1, and nginx passes none on.
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
        except ValueError as error:  # an invalid URL or length
            raise ParsingError("The request cannot be read.") from error
        if self.chunked:
            raise TransferEncodingNotImplemented("Send the body with its length.")
        if self.content_length >= self.adj.max_request_body_size:
            self.expect_continue = False  # the body is refused, and waitress would ask for it first


class _Channel(HTTPChannel):  # type: ignore[misc]  # waitress carries no types
    parser_class = Parser

    def write_soon(self, data: Any) -> int:
        try:
            return super().write_soon(data)  # type: ignore[no-any-return]
        except OSError as error:  # the temporary file: the rest of the response cannot be buffered
            log.error("no room for an answer: %s", error)
            self.will_close = True
            self.server.pull_trigger()
            raise ClientDisconnected from error


class BufferingWorker(Worker):  # type: ignore[misc]  # gunicorn carries no types
    """A worker process: a loop for connections, and `threads` for responses."""

    def run(self) -> None:
        """Serve until stopped. The loop runs in the main thread, which handles signals."""
        # It would warn of every request that waits for a thread.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        if self.wsgi.blueprints:  # bare applications, of the bench or a test, have no pages
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
            asyncore_use_poll=True,  # select() is limited to 1,024 files
            recv_bytes=64 * KILOBYTE,
            # Longer bodies go to a temporary file.
            inbuf_overflow=32 * KILOBYTE,
            outbuf_overflow=256 * KILOBYTE,
            # For a longer response, the thread waits for its reader.
            outbuf_high_watermark=64 * MEGABYTE,
            max_request_header_size=32 * KILOBYTE,
            # The portal refuses large bodies with a page; this is a limit for absurd ones.
            max_request_body_size=2 * (self.wsgi.config["MAX_CONTENT_LENGTH"] or ABSURD),
            clear_untrusted_proxy_headers=False,  # PROXIES says which headers are trusted
            ident=None,
        )
        server.channel_class = _Channel
        threading.Thread(target=self._attend, daemon=True).start()
        server.run()

    def handle_exit(self, sig: int, frame: Any) -> None:
        """On SIGTERM, finish the requests that were received completely; drop the others."""
        self.leaving.set()

    def _attend(self) -> None:
        """Send gunicorn's heartbeat while the threads work, and end the process when told to."""
        self.notify()  # after the first heartbeat gunicorn expects the next
        while not self.leaving.wait(1) and os.getppid() == self.ppid:
            if not self.hands.are_stuck(self.timeout):
                self.notify()
        limit = time.monotonic() + FINISHING
        while self.hands.busy and time.monotonic() < limit:
            time.sleep(0.05)
        # Gunicorn's handler raises SystemExit, which ends waitress's loop.
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGQUIT)


class _Hands:
    """The application, with a count of its busy threads."""

    def __init__(self, app: Callable[..., Iterable[bytes]], threads: int) -> None:
        self.app = app
        self.threads = threads
        self.busy = 0
        self.freed = time.monotonic()  # since when all threads have been busy without a change
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
        """Whether no thread has finished a request for so long."""
        return self.busy >= self.threads and time.monotonic() - self.freed > seconds


def _files() -> int:
    """How many files this process may open, after raising its limit to FILES."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted
