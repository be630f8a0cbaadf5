"""Five hundred slow lines at once, and how long others wait for an answer meanwhile."""

import io
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPConnection

from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from portal.core import clock
from portal.core.db import Words, db
from portal.grants.competitions.documents import service as documents
from portal.grants.competitions.models import Competition

SILENT, HALVES, UPLOADS, DOWNLOADS = 200, 200, 50, 50
TICK = 0.1  # seconds between two pieces of what comes slowly
ASKED = 40  # times each

HALF = (
    b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\nemail=" + b"a" * 500
)
UPLOAD = (
    b"POST /verify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 26000000\r\n"
    b"Content-Type: multipart/form-data; boundary=b\r\n\r\n"
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
)
DOWNLOAD = b"GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n"

# A PDF of one empty page; qpdf finds what there is without a list of objects.
A_PAGE = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n"
)
AN_END = b"\ntrailer<</Root 1 0 R>>\n%%EOF\n"
A_LARGE_FILE = A_PAGE + bytes(25 * 1024 * 1024 - 512) + AN_END


def publish_large_file(slug: str) -> str:
    """Give an announced call a document of 25 MB that everybody may have; its address."""
    call = db.session.scalars(select(Competition).filter_by(slug=slug)).one()
    facts = documents.DocumentFacts("regulations", Words("Nolikums"))
    file = FileStorage(io.BytesIO(A_LARGE_FILE), "nolikums.pdf")
    document = documents.add(None, call, facts, documents.Upload(file, clock.today()))
    return f"/competitions/{slug}/documents/{document.id}/1"


@contextmanager
def slow_lines(
    port: int, download: str, source: str = "127.0.0.1"
) -> Iterator[list[socket.socket]]:
    """Hold them open from the address `source`; gives the readers of `download`, a large file."""
    with ExitStack() as open_lines:

        def begin(said: bytes = b"") -> socket.socket:
            line = open_lines.enter_context(socket.socket())
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            line.bind((source, 0))
            line.connect(("127.0.0.1", port))
            line.sendall(said)
            return line

        lines = [
            [begin(said) for _ in range(number)]
            for said, number in (
                (b"", SILENT),
                (HALF, HALVES),
                (UPLOAD, UPLOADS),
                (DOWNLOAD % download.encode(), DOWNLOADS),
            )
        ]
        _silent, _halves, senders, readers = lines
        done = threading.Event()

        def go_on() -> None:
            while not done.wait(TICK):
                for line in senders:
                    with suppress(OSError):  # closed at the other end
                        line.send(b"x" * 1000, socket.MSG_DONTWAIT)
                for line in readers:
                    with suppress(OSError):  # or nothing has come
                        line.recv(1000, socket.MSG_DONTWAIT)

        pieces = threading.Thread(target=go_on)
        pieces.start()
        try:
            yield lines
        finally:
            done.set()
            pieces.join()


def report(port: int, page: str, download: str, memory: Callable[[], list[float]]) -> str:
    """How long /healthz and a page take: with nobody else there, and beside slow lines."""
    pages = ("/healthz", page)
    idle = [_time(port, page) for page in pages]
    with slow_lines(port, download):
        time.sleep(2)  # until each has said what it says at first
        beside = [_time(port, page) for page in pages]
        grown = max(memory())
    return (
        f"{SILENT} silent connections, {HALVES} half-sent bodies, {UPLOADS} slow uploads and"
        f" {DOWNLOADS} slow downloads at once:\n"
        f"/healthz takes {beside[0]} (alone {idle[0]}), a page {beside[1]} (alone {idle[1]});"
        f" a worker has {grown:.0f} MB."
    )


def _time(port: int, path: str) -> str:
    times = []
    for _ in range(ASKED):
        began = time.perf_counter()
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", path)
        connection.getresponse().read()
        connection.close()
        times.append((time.perf_counter() - began) * 1000)
    return f"{statistics.median(times):.0f} ms, {max(times):.0f} at most"
