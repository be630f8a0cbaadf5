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
from typing import Any

from portal.core import reading
from portal.core.turns import Turns, too_busy

FOLDER = Path(__file__).parent
AT_ONCE = 2  # documents that a process has made at a time
CPU_SECONDS = 30  # of a document; the minutes of a thousand applications take 5
# Seconds to wait for a turn, and for the document where the machine has others to serve: together
# less than a proxy waits.
PATIENCE, LONGEST = 10, 40

_turns = Turns(AT_ONCE, PATIENCE)


def run(program: str, order: Mapping[str, Any]) -> bytes:
    """The document that the program makes of the order.

    Nobody waits for it with a connection of the database. Raises TooMany where others take all
    turns, or leave it too little of the machine; CalledProcessError where it fails, having said why
    on standard error, or takes more than CPU_SECONDS.
    """
    reading.pause()
    with _turns.taken():
        try:
            done = subprocess.run(  # noqa: S603  # a program of ours
                [sys.executable, "-I", str(FOLDER / f"{program}.py"), str(CPU_SECONDS)],
                input=json.dumps(order).encode(),
                stdout=subprocess.PIPE,
                check=True,
                timeout=LONGEST,
            )
        except subprocess.TimeoutExpired as error:
            raise too_busy() from error
    return done.stdout
