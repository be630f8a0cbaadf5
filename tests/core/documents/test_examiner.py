"""Each file is examined by a process of its own, forked by one that ends with the web server's."""

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import CalledProcessError

import pytest

from portal.core.documents import programs
from portal.core.errors import TooMany
from portal.core.formats import MEGABYTE
from tests.core.documents.samples import PDF

ROOT = Path(__file__).parents[3]
TOLD = b'{"kind": "pdf", "flaw": null}\n'
# Examines a file, and another one in a process that it forks, as gunicorn does; both stay until
# standard input is closed.
WEB_SERVER = """
import io, os, sys
from flask import Flask
from portal.core.documents import programs

def examine():
    with Flask("web").app_context(), programs.examined(io.BytesIO(b"text"), None) as answer:
        assert b"kind" in answer.readline()

examine()
worker = os.fork()
examine()
if worker:
    print(worker, flush=True)
sys.stdin.read()
if worker:
    os.waitpid(worker, 0)
"""


def told(content: bytes) -> bytes:
    with programs.examined(io.BytesIO(content), None) as answer:
        return answer.readline()


def forking(of: int) -> int | None:
    """The process that forks for another one."""
    for children in Path(f"/proc/{of}/task").glob("*/children"):
        for child in children.read_text().split():
            if b"examine.py" in Path(f"/proc/{child}/cmdline").read_bytes():
                return int(child)
    return None


@contextmanager
def web_server() -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    """One with a worker that it has forked, and all their processes."""
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", WEB_SERVER],
        cwd=ROOT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout
        worker = int(process.stdout.readline())
        found = [forking(process.pid), forking(worker)]
        yield process, [worker, *(one for one in found if one)]


def wait_for(what: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not what():
        assert time.monotonic() < until
        time.sleep(0.02)


def is_over(process: int) -> bool:
    """Whether it has ended; its parent may not have asked yet."""
    try:
        return ") Z " in Path(f"/proc/{process}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True


@pytest.mark.usefixtures("ctx")
@pytest.mark.parametrize(
    ("limits", "error"),
    [
        ({"MEMORY": 40 * MEGABYTE}, CalledProcessError),
        ({"EXAMINING": 0, "PICTURE": 0}, CalledProcessError),
        ({"LONGEST": 0.001}, TooMany),
    ],
)
def test_a_file_that_takes_too_much_leaves_the_next_alone(
    limits: dict[str, float], error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert told(PDF) == TOLD
    process = forking(os.getpid())
    with monkeypatch.context() as patched:
        for limit, value in limits.items():
            patched.setattr(programs, limit, value)
        for _ in range(programs.AT_ONCE + 1):
            with pytest.raises(error):
                told(PDF.ljust(25 * MEGABYTE))
    assert told(PDF) == TOLD
    assert forking(os.getpid()) == process


@pytest.mark.usefixtures("ctx")
def test_where_the_process_that_forks_was_killed_another_is_started() -> None:
    assert told(PDF) == TOLD
    process = forking(os.getpid())
    assert process
    os.kill(process, signal.SIGKILL)
    wait_for(lambda: is_over(process))
    assert told(PDF) == TOLD
    assert forking(os.getpid()) not in (process, None)


def test_each_web_process_has_one_of_its_own_that_ends_with_it() -> None:
    with web_server() as (server, processes):
        _worker, of_one, of_the_other = processes
        assert of_one != of_the_other
        _out, said = server.communicate()
        assert (said, server.returncode) == ("", 0)
        assert all(is_over(process) for process in processes)
    with web_server() as (server, processes):
        worker, *_ = processes
        os.kill(worker, signal.SIGKILL)
        server.kill()
        wait_for(lambda: all(is_over(process) for process in processes))
