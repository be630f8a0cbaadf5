"""`flask serve`, which `make run` runs: it starts everything, and everything ends with it."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]


def free_port() -> int:
    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        return int(any_port.getsockname()[1])


@contextmanager
def served(var: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "VAR": str(var), "PORT": str(port), "DEMO": "0"}
    environment.pop("DATABASE_URL", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "serve"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()  # and not killed: it ends what it has started
        process.communicate(timeout=30)


def until_it_says_where_it_is(process: subprocess.Popen[str], port: int) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if f"http://127.0.0.1:{port}" in line:
            return
    raise AssertionError(process.stderr.read() if process.stderr else "")


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


def test_it_starts_and_serves_and_ends_and_starts_again(tmp_path):
    port = free_port()
    with served(tmp_path, port) as process:
        until_it_says_where_it_is(process, port)
        assert status(port, "/healthz") == 200
        assert status(port, "/readyz") == 200
        assert len(processes_of(tmp_path)) > 3
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    assert processes_of(tmp_path) == []

    with served(tmp_path, port) as process:
        until_it_says_where_it_is(process, port)
        process.terminate()
        assert process.wait(20) == 0
    assert processes_of(tmp_path) == []


def test_a_port_that_is_taken_is_said_so(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with served(tmp_path, port) as process:
            _, said = process.communicate(timeout=20)
    assert process.returncode == 1
    assert f"PORT={port + 1}" in said
    assert "Traceback" not in said
