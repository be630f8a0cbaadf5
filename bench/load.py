"""Clients that ask as fast as they are answered, each on a connection of its own."""

import http.client
import itertools
import os
import statistics
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlencode

CLIENTS = 8
AGAIN = 0.1  # seconds
Step = Callable[[http.client.HTTPConnection], object]


@dataclass(slots=True)
class Request:
    """One request, and the statuses that count as an answer."""

    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    expect: tuple[int, ...] = (200, 302, 303, 304)


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of a run: answers a second, milliseconds by percentile, and of CPU an answer."""

    rate: float
    p50: float
    p95: float
    cpu: float
    count: int


def get(path: str, cookie: str = "", **headers: str) -> Request:
    """A GET with a cookie."""
    return Request("GET", path, {"Cookie": cookie, **headers})


def form(path: str, cookie: str, values: dict[str, str]) -> Request:
    """A POST of a form."""
    return Request(
        "POST",
        path,
        {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"},
        urlencode(values).encode(),
    )


def multipart(path: str, cookie: str, values: dict[str, str], files: dict[str, bytes]) -> Request:
    """A POST of a form with files."""
    edge = "edge-of-the-bench"
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in values.items()
    ]
    for name, content in files.items():
        head = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"; filename="p.pdf"\r\n'
        parts += [f"{head}Content-Type: application/pdf\r\n\r\n".encode(), content, b"\r\n"]
    body = b"".join([*parts, f"--{edge}--\r\n".encode()])
    headers = {"Cookie": cookie, "Content-Type": f"multipart/form-data; boundary={edge}"}
    return Request("POST", path, headers, body)


def ask(connection: http.client.HTTPConnection, request: Request) -> tuple[int, bytes]:
    """One answer. Raises RuntimeError for a status that was not expected.

    Who is told that others are at it asks again, as the page's script does.
    """
    while True:
        connection.request(request.method, request.path, request.body or None, request.headers)
        response = connection.getresponse()
        content = response.read()
        if response.status != HTTPStatus.TOO_MANY_REQUESTS:
            break
        time.sleep(AGAIN)
    if response.status not in request.expect:
        raise RuntimeError(
            f"{request.method} {request.path}: {response.status}\n{content[:2000].decode()}"
        )
    return response.status, content


def run(
    port: int,
    work: Callable[[int], Iterable[Step]],
    *,
    seconds: float,
    clients: int = CLIENTS,
) -> Figures:
    """Let every client do its steps, an endless or ending stream of them, for a while.

    A step counts as one answer, and its time is that of all its requests.
    """
    times: list[float] = []
    failures: list[BaseException] = []
    start, spent = time.perf_counter(), cpu_seconds()

    def client(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            for step in work(number):
                if time.perf_counter() - start > seconds:
                    break
                began = time.perf_counter()
                step(connection)
                times.append(time.perf_counter() - began)
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=client, args=(n,)) for n in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    took, spent = time.perf_counter() - start, cpu_seconds() - spent
    quantiles = statistics.quantiles(times, n=20) if len(times) > 1 else [times[0]] * 19
    p50, p95 = quantiles[9] * 1000, quantiles[18] * 1000
    return Figures(len(times) / took, p50, p95, spent * 1000 / len(times), len(times))


watched: list[int] = []
"""Processes whose CPU time, with that of all that they start, is what an answer costs."""


def cpu_seconds() -> float:
    """What the watched processes have used so far: web server and database, not these clients."""
    return sum(map(_ticks, watched)) / os.sysconf("SC_CLK_TCK")


def _ticks(process: int) -> int:
    """Of a process and of those that it has started; one that has just ended is counted with it."""
    ticks, folder = 0, Path(f"/proc/{process}")
    with suppress(FileNotFoundError, ProcessLookupError):
        for started in folder.glob("task/*/children"):
            ticks += sum(_ticks(int(child)) for child in started.read_text().split())
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
        ticks += sum(map(int, fields[11:15]))
    return ticks


def again(request: Request) -> Callable[[int], Iterable[Step]]:
    """Work that asks the same thing for ever."""

    def work(_client: int) -> Iterable[Step]:
        return itertools.repeat(lambda connection: ask(connection, request))

    return work


def answers(port: int) -> bool:
    """Whether a server answers anything there."""
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/healthz")
        connection.getresponse().read()
    except OSError:
        return False
    return True
