"""`make run`: it starts everything, everything ends with it, and nothing that was left harms it."""

import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[1]
ENDED = 60  # seconds after which nothing will end any more, on the slowest machine


def free_port() -> int:
    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        return int(any_port.getsockname()[1])


@contextmanager
def served(var: Path, port: int, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """`make run` in a process group of its own, as a terminal starts it."""
    given = {"VAR": str(var), "PORT": str(port), "DATABASE_URL": "", "DEMO": "0", **environment}
    process = subprocess.Popen(
        ["make", "-s", "run"],
        cwd=ROOT,
        env=os.environ | given,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)  # and not killed: it ends what it has started
        process.communicate(timeout=ENDED)


def until_it_says(process: subprocess.Popen[str], words: str) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if words in line:
            return
    raise AssertionError(process.stderr.read() if process.stderr else "")


def until_it_says_where_it_is(process: subprocess.Popen[str], port: int) -> None:
    until_it_says(process, f"http://127.0.0.1:{port}")


def status(port: int, path: str) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as response:
        return int(response.status)


def processes_of(var: Path) -> list[psutil.Process]:
    """The processes that have `var` in their environment or in their command."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("VAR") == str(var) or str(var) in " ".join(process.cmdline()):
                found.append(process)
        except psutil.Error:
            continue
    return found


def left_of(var: Path) -> list[psutil.Process]:
    """What is still there when all should have ended."""
    for _ in range(ENDED * 20):
        if not processes_of(var):
            return []
        time.sleep(0.05)
    return processes_of(var)


def its_python(var: Path) -> psutil.Process:
    """The process that has started the others."""
    return next(one for one in processes_of(var) if "portal.serve" in one.cmdline())


def test_it_starts_once_and_ends_and_starts_again_and_takes_over_what_was_left(tmp_path):
    port, another = free_port(), free_port()
    # Both at once, on a folder that is not there yet.
    with served(tmp_path / "var", port) as one, served(tmp_path / "var", another) as two:
        while one.poll() is None and two.poll() is None:
            time.sleep(0.05)
        first, second = (two, one) if two.poll() is None else (one, two)
        where = another if first is two else port
        _, said = second.communicate()
        assert second.returncode
        assert f"http://127.0.0.1:{where}" in said and "VAR=" in said
        until_it_says_where_it_is(first, where)
        assert status(where, "/healthz") == status(where, "/readyz") == 200
        os.killpg(first.pid, signal.SIGINT)
        assert left_of(tmp_path) == []

    with served(tmp_path / "var", port) as killed:
        until_it_says_where_it_is(killed, port)
        its_python(tmp_path / "var").kill()
        killed.wait(ENDED)
        assert status(port, "/readyz") == 200, "its parts do not know it yet"
        left = processes_of(tmp_path)
        with served(tmp_path / "var", port) as process:
            until_it_says_where_it_is(process, port)
            assert status(port, "/readyz") == 200
            web = [one for one in left if one.is_running() and "postgres" not in one.name()]
            assert web == [], "it has ended them"
            os.killpg(process.pid, signal.SIGTERM)
            assert left_of(tmp_path) == []


@pytest.mark.parametrize("words", ["", "Loading the demo data"])
def test_it_can_be_told_to_end_before_it_serves(tmp_path, words):
    with served(tmp_path / "var", free_port(), DEMO="1") as process:
        if words:
            until_it_says(process, words)
        else:
            while not (tmp_path / "var" / "postgres.new").exists():
                assert process.poll() is None, process.communicate()
                time.sleep(0.01)
        os.killpg(process.pid, signal.SIGHUP)
        assert left_of(tmp_path) == []
        _, said = process.communicate()
    assert "Traceback" not in said and "Error:" not in said


def test_a_port_that_is_taken_is_said_so(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with served(tmp_path, port) as process:
            _, said = process.communicate(timeout=ENDED)
    assert process.returncode
    assert f"PORT={port + 1}" in said
    assert "Traceback" not in said
