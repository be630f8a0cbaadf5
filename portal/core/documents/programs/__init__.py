"""Programs that make or read one document each, in a process that gives back its memory.

Typst keeps what it has set for the next document and is never told to let go; python-docx holds a
tree of the whole. In the web server's own process, one worker grew to a gigabyte by them. What
opens other people's files (`examine`) is not trusted: it gets as much as an honest file needs.

A program imports nothing of ours, so it starts at once. One that makes a document takes its order
from standard input and writes to standard output. `examine` is started at the first file, and forks
for each.
"""

import atexit
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from threading import Lock
from typing import IO, Any
from uuid import UUID

from portal.core import read_transactions
from portal.core.concurrency import Slots, one_per_person, thread_slot, too_busy
from portal.core.formats import MEGABYTE

FOLDER = Path(__file__).parent
AT_ONCE = 2  # documents that a process has made at a time, and files that it has read
CPU_SECONDS = 30  # of a document; the minutes of a thousand applications take 5
# Seconds of the processor and bytes of address space, of a file: a PDF of 25 MB with 500 scanned
# pages takes 0.1 and 192 MB, 0.4 where its list of objects is lost. One of 150 MB fits, of 200 does
# not; FILE_MB goes to 100 (config.py).
EXAMINING, MEMORY = 3, 384 * MEGABYTE
# Of a picture: one of 48 million pixels takes 3 and 512 MB; a progressive one of 70 million more.
PICTURE, PICTURE_MEMORY = 10, 768 * MEGABYTE
# Seconds to wait for a slot, and for the document where the machine has others to serve: together
# less than a proxy waits.
PATIENCE, LONGEST = 10, 40

_making = Slots(AT_ONCE, PATIENCE)
_examining = Slots(AT_ONCE, PATIENCE)


class _Examiner:
    """The process that runs examine.py for this one, and ends with it, however it ends."""

    def __init__(self) -> None:
        self._one_at_a_time = Lock()
        self._orders: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def send(self, order: bytes, descriptors: list[int]) -> None:
        """Give it an order (see examine.main). It is started if there is none, or it has died."""
        with self._one_at_a_time:
            try:
                socket.send_fds(self._orders or self._start(), [order], descriptors)
            except ConnectionError:
                self.end()
                socket.send_fds(self._start(), [order], descriptors)

    def _start(self) -> socket.socket:
        self._orders, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603  # a program of ours
                _command("examine"), stdin=theirs.fileno(), stdout=subprocess.DEVNULL
            )
        return self._orders

    def end(self) -> None:
        """Let it end. Where this process has just been forked: forget the one of its parent."""
        if self._orders and self._process:
            self._orders.close()
            self._process.wait()  # not for one that is no child of this process
        self._orders = self._process = None


_examiner = _Examiner()
atexit.register(_examiner.end)
os.register_at_fork(after_in_child=_examiner.end)


def run(program: str, order: Mapping[str, Any]) -> bytes:
    """The document that the program makes of the order.

    The connection of the database is given back before it is waited for. Raises TooMany where
    others take all slots, or leave it too little of the machine; CalledProcessError where it
    fails, having said why on standard error, or takes more than CPU_SECONDS.
    """
    read_transactions.pause()
    with thread_slot(), _making.taken():
        try:
            done = subprocess.run(  # noqa: S603  # a program of ours
                [*_command(program), str(CPU_SECONDS)],
                input=json.dumps(order).encode(),
                stdout=subprocess.PIPE,
                check=True,
                timeout=LONGEST,
            )
        except subprocess.TimeoutExpired as error:
            raise too_busy() from error
    return done.stdout


@contextmanager
def examined(file: IO[bytes], whose: UUID | None) -> Iterator[IO[bytes]]:
    """What examine.py says of a file, as long as it is asked. This process reads nothing of it.

    Raises as `run` does: CalledProcessError where the file takes more than it is given, TooMany
    also where another file of the same person is being examined.
    """
    read_transactions.pause()
    with TemporaryFile() as answer:
        with one_per_person(whose), thread_slot(), _examining.taken(), TemporaryFile() as copy:
            file.seek(0)
            copyfileobj(file, copy)
            file.seek(0)
            copy.seek(0)
            code = _return_code([copy.fileno(), answer.fileno()])
            if code:
                raise subprocess.CalledProcessError(code, "examine")
        answer.seek(0)
        yield answer


def _return_code(descriptors: list[int]) -> int:
    """Have a file examined, and wait; the descriptors are those of the file and of its answer.

    Raises TooMany where that takes LONGEST, or who examines it is killed with what forks.
    """
    limits = [EXAMINING, MEMORY, PICTURE, PICTURE_MEMORY, LONGEST]
    ended, theirs = socket.socketpair()
    with ended:
        with theirs:
            _examiner.send(json.dumps(limits).encode(), [*descriptors, theirs.fileno()])
        ended.settimeout(LONGEST)
        try:
            code = ended.recv(100)
        except TimeoutError as error:
            raise too_busy() from error
    if not code:
        raise too_busy()
    return int(code)


def _command(program: str) -> list[str]:
    return [sys.executable, "-I", str(FOLDER / f"{program}.py")]
