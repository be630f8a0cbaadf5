"""Programs that make one document each, so that whatever it takes is given back with its process.

Typst keeps what it has set for the next document and is never told to let go; python-docx holds a
tree of the whole. In the web server's own process, one worker grew to a gigabyte by them.

A program takes its order as JSON from standard input and writes the document to standard output.
It imports nothing of ours, so it starts at once.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

FOLDER = Path(__file__).parent
AT_ONCE = 2  # documents that a process has made at a time; who asks for another waits
CPU_SECONDS = 60  # of a document; the minutes of a thousand applications take 5
LONGEST = 300  # seconds, where the machine has others to serve

_free = BoundedSemaphore(AT_ONCE)


def run(program: str, order: Mapping[str, Any]) -> bytes:
    """The document that the program makes of the order.

    Raises CalledProcessError where it fails, having said why on standard error, or takes more than
    CPU_SECONDS; TimeoutExpired after LONGEST seconds.
    """
    with _free:
        done = subprocess.run(  # noqa: S603  # a program of ours
            [sys.executable, "-I", str(FOLDER / f"{program}.py"), str(CPU_SECONDS)],
            input=json.dumps(order).encode(),
            stdout=subprocess.PIPE,
            check=True,
            timeout=LONGEST,
        )
    return done.stdout
