"""A worker's memory does not grow with the file, and too large a request is not even read."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from hashlib import sha256
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.core.documents.samples import PDF

ROOT = Path(__file__).parents[3]
MEGABYTE = 1024 * 1024
HEAD = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
TAIL = b"\r\n--b--\r\n"


@pytest.fixture(params=["folder", "s3"])
def port(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[int]:
    """One gunicorn worker that takes uploads into each storage."""
    settings = {"VAR": str(tmp_path), "DOCUMENTS_URL": ""}
    if request.param == "s3":
        settings["S3_ENDPOINT"] = request.getfixturevalue("s3")
        settings["DOCUMENTS_URL"] = "s3://asns/files"
    with socket.create_server(("127.0.0.1", 0)) as free:
        number: int = free.getsockname()[1]
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", "--config=/dev/null", "--log-level=error"),
            "--worker-class=portal.core.serving.BufferingWorker",
            f"--bind=127.0.0.1:{number}",
            "tests.core.documents.upload_app:create_app()",
        ],
        cwd=ROOT,
        env=os.environ | settings,
    )
    try:
        wait_for(number)
        yield number
    finally:
        server.terminate()
        server.wait(timeout=20)


def wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError


def send(port: int, size: int) -> dict[str, object]:
    """Upload a PDF of `size` bytes, a chunk at a time."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.putrequest("POST", "/")
    connection.putheader("Content-Type", "multipart/form-data; boundary=b")
    connection.putheader("Content-Length", str(len(HEAD) + size + len(TAIL)))
    connection.endheaders()
    connection.send(HEAD + PDF)
    rest = size - len(PDF)
    while rest:
        connection.send(bytes(part := min(rest, 256 * 1024)))
        rest -= part
    connection.send(TAIL)
    answer: dict[str, object] = json.load(connection.getresponse())
    connection.close()
    return answer


def test_an_upload_of_25_mb_needs_less_than_10_mb(port: int) -> None:
    before = send(port, 1000)
    after = send(port, 25 * MEGABYTE)
    assert after["sha256"] == sha256(PDF.ljust(25 * MEGABYTE, b"\0")).hexdigest()
    assert isinstance(after["peak"], int) and isinstance(before["peak"], int)
    assert after["peak"] - before["peak"] < 10 * 1024  # kB


def test_two_gigabytes_are_refused_before_they_are_read(port: int) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    connection.putrequest("POST", "/")
    connection.putheader("Content-Type", "multipart/form-data; boundary=b")
    connection.putheader("Content-Length", str(2 * 1024 * MEGABYTE))
    connection.endheaders(HEAD)
    assert connection.getresponse().status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    connection.close()
