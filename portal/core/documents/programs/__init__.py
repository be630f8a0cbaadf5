"""Programs that make or read one document each in a process of its own.

Typst never frees what it has cached, and python-docx holds the whole document as a tree: in the web
server's process, one worker grew to a gigabyte. `examine`, which opens untrusted files, has the
resources that a harmless file needs.

A program reads its order from standard input and writes to standard output. It imports nothing of
portal, so it starts at once.
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
AT_ONCE = 2  # concurrent documents of a process, and concurrent examinations
CPU_SECONDS = 30  # per document; the minutes of a thousand applications take 5
# Limits per file, in CPU seconds and bytes of address space: a PDF of 25 MB with 500 scanned pages
# takes 0.1 and 192 MB, 0.4 if its object list is lost.
EXAMINING, MEMORY = 3, 384 * 1024 * 1024
# Limits per picture: one of 48 million pixels takes 3 and 512 MB; a progressive one of 70 million
# more.
PICTURE, PICTURE_MEMORY = 10, 768 * 1024 * 1024
# Seconds to wait for a slot, and for the document on a busy machine: together less than a proxy's
# timeout.
PATIENCE, LONGEST = 10, 40

_making = Slots(AT_ONCE, PATIENCE)
_examining = Slots(AT_ONCE, PATIENCE)


def run(program: str, order: Mapping[str, Any]) -> bytes:
    """The document that the program makes from the order.

    No database connection is held meanwhile. Raises TooMany if all slots are taken or the machine
    is too busy; CalledProcessError if it fails (its reason is on standard error) or exceeds
    CPU_SECONDS.
    """
    read_transactions.pause()
    with thread_slot(), _making.taken():
        done = _finished(
            [program, str(CPU_SECONDS)], input=json.dumps(order).encode(), stdout=subprocess.PIPE
        )
    return done.stdout


@contextmanager
def examined(file: IO[bytes], whose: UUID | None) -> Iterator[IO[bytes]]:
    """Yields examine.py's output for the file, which this process does not read itself.

    Raises as `run` does: CalledProcessError if the file exceeds its limits; TooMany also while
    another file of the same person is examined.
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
