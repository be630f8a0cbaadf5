"""Programs that make or read one document each, so that what it takes is given back at its end.

Typst keeps what it has set for the next document and is never told to let go; python-docx holds a
tree of the whole. In the web server's own process, one worker grew to a gigabyte by them. What
opens other people's files (`examine`) is not trusted: it gets as much as an honest file needs.

A program takes its order from standard input and writes to standard output. It imports nothing of
ours, so it starts at once.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import IO, Any
from uuid import UUID

from portal.core import read_transactions
from portal.core.concurrency import Slots, one_per_person, thread_slot, too_busy

FOLDER = Path(__file__).parent
AT_ONCE = 2  # documents that a process has made at a time, and files that it has read
CPU_SECONDS = 30  # of a document; the minutes of a thousand applications take 5
# Seconds of the processor and bytes of address space, of a file: a PDF of 25 MB with 500 scanned
# pages takes 0.1 and 192 MB, 0.4 where its list of objects is lost.
EXAMINING, MEMORY = 3, 384 * 1024 * 1024
# Of a picture: one of 48 million pixels takes 3 and 512 MB; a progressive one of 70 million more.
PICTURE, PICTURE_MEMORY = 10, 768 * 1024 * 1024
# Seconds to wait for a turn, and for the document where the machine has others to serve: together
# less than a proxy waits.
PATIENCE, LONGEST = 10, 40

_making = Slots(AT_ONCE, PATIENCE)
_examining = Slots(AT_ONCE, PATIENCE)


def run(program: str, order: Mapping[str, Any]) -> bytes:
    """The document that the program makes of the order.

    Nobody waits for it with a connection of the database. Raises TooMany where others take all
    turns, or leave it too little of the machine; CalledProcessError where it fails, having said why
    on standard error, or takes more than CPU_SECONDS.
    """
    read_transactions.pause()
    with thread_slot(), _making.taken():
        done = _finished(
            [program, str(CPU_SECONDS)], input=json.dumps(order).encode(), stdout=subprocess.PIPE
        )
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
            limits = map(str, (EXAMINING, MEMORY, PICTURE, PICTURE_MEMORY))
            _finished(["examine", *limits], stdin=copy, stdout=answer, stderr=subprocess.DEVNULL)
        answer.seek(0)
        yield answer


def _finished(order: list[str], **streams: Any) -> subprocess.CompletedProcess[bytes]:
    program, *limits = order
    try:
        return subprocess.run(  # noqa: S603  # a program of ours
            [sys.executable, "-I", str(FOLDER / f"{program}.py"), *limits],
            check=True,
            timeout=LONGEST,
            **streams,
        )
    except subprocess.TimeoutExpired as error:
        raise too_busy() from error
