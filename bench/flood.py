"""One person's files that take long to examine, many at once, and how long others wait."""

import threading
import time
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.client import HTTPConnection

from bench.load import Request
from bench.slow import A_PAGE, AN_END

SENDERS = 8
PATIENCE = 120  # seconds until a client gives up


def swollen(size: int = 700_000_000, times: int = 3) -> bytes:
    """A PDF whose list of objects is `size` zeros, packed again and again."""
    packer = zlib.compressobj(9)
    million = bytes(1_000_000)
    packed = b"".join(packer.compress(million) for _ in range(size // len(million)))
    packed += packer.flush()
    for _ in range(times - 1):
        packed = zlib.compress(packed, 9)
    filters = b"/FlateDecode " * times
    return (
        A_PAGE
        + b"4 0 obj<</Type/XRef/Size 5/W[1 2 1]/Root 1 0 R/Filter[%s]/Length %d>>stream\n%s"
        % (filters, len(packed), packed)
        + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF\n" % len(A_PAGE)
    )


def crowded(objects: int = 1_000_000) -> bytes:
    """A PDF of so many objects, without a list of them."""
    return A_PAGE + b"".join(b"%d 0 obj 0\nendobj\n" % n for n in range(4, objects)) + AN_END


@contextmanager
def flood(port: int, request: Request, senders: int = SENDERS) -> Iterator[list[int]]:
    """Send it from so many lines at once; what they were answered, once the block has ended."""
    statuses: list[int] = []
    sent = threading.Barrier(senders + 1, timeout=PATIENCE)

    def send() -> None:
        with closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as connection:
            connection.request(request.method, request.path, request.body, request.headers)
            sent.wait()
            statuses.append(connection.getresponse().status)

    threads = [threading.Thread(target=send) for _ in range(senders)]
    for thread in threads:
        thread.start()
    sent.wait()
    try:
        yield statuses
    finally:
        for thread in threads:
            thread.join(PATIENCE)


def _meanwhile(port: int, until: Callable[[], bool]) -> list[str]:
    """How long pages take, asked in turn on a line of their own each."""
    with ThreadPoolExecutor() as pool:
        return list(pool.map(lambda path: _longest(port, path, until), ("/", "/healthz")))


def _longest(port: int, path: str, until: Callable[[], bool]) -> str:
    longest, count = 0.0, 0
    while count == 0 or not until():
        began = time.perf_counter()
        with closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as connection:
            connection.request("GET", path)
            connection.getresponse().read()
        longest, count = max(longest, time.perf_counter() - began), count + 1
        time.sleep(0.05)
    return f"{path} {longest:.2f} s at most of {count}"


def report(port: int, upload: Callable[[bytes], Request]) -> str:
    """What each kind of file costs others, sent by one person as `upload` says."""
    lines = []
    for name, content in (("swollen", swollen()), ("crowded", crowded())):
        began = time.perf_counter()
        with flood(port, upload(content)) as statuses:
            said = _meanwhile(port, lambda answered=statuses: len(answered) == SENDERS)
        took = time.perf_counter() - began
        lines.append(
            f"{SENDERS} {name} PDFs of {len(content)} bytes of one person: {took:.1f} s"
            f" until all had answers ({', '.join(map(str, sorted(statuses)))}); {', '.join(said)}."
        )
    return "\n".join(lines)
