"""CSV for spreadsheets and programs: streamed, without cells that a spreadsheet would execute."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from flask import stream_with_context
from werkzeug import Response

from portal.core import clock
from portal.core.documents.views import protect

Cell = str | int | Decimal | date | None
Delimiter = Literal[";", ","]

# Characters that begin a formula in a spreadsheet, full-width ones included (OWASP, CSV Injection).
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BATCH = 200  # rows per chunk


def csv_lines(
    header: Sequence[str], rows: Iterable[Sequence[Cell]], *, delimiter: Delimiter = ";"
) -> Iterator[bytes]:
    """The rows as CSV in UTF-8 with a byte order mark, in chunks of some hundred.

    ";" is for people: Latvian spreadsheets separate columns by it, decimals have a comma, and
    instants are local time in Riga. "," is for programs (RFC 4180), with a decimal point and
    instants with their offset. Dates are ISO 8601. A text that would begin a formula gets an
    apostrophe before it; numbers do not.
    """
    lines: list[str] = []
    writer = csv.writer(_Lines(lines), delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([_text(cell, delimiter) for cell in header])
    yield b"\xef\xbb\xbf"
    for row in rows:
        writer.writerow([_text(cell, delimiter) for cell in row])
        if len(lines) >= BATCH:
            yield "".join(lines).encode()
            lines.clear()
    yield "".join(lines).encode()


def send_csv(
    name: str,
    header: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    delimiter: Delimiter = ";",
) -> Response:
    """The rows as a download called `name`; they may be read from the database while it is sent."""
    lines = stream_with_context(csv_lines(header, rows, delimiter=delimiter))
    return protect(Response(lines, content_type="text/csv; charset=utf-8; header=present"), name)


class _Lines:
    """The file of csv.writer; holds each line until it is taken."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines

    def write(self, line: str) -> None:
        self.lines.append(line)


def _text(cell: Cell, delimiter: Delimiter) -> str:
    match cell:
        case None:
            return ""
        case str():
            safe = cell.replace("\0", "")
            return f"'{safe}" if safe.startswith(DANGEROUS) else safe
        case Decimal():
            return f"{cell:f}".replace(".", "," if delimiter == ";" else ".")
        case datetime() if delimiter == ";":
            return cell.astimezone(clock.RIGA).strftime("%Y-%m-%d %H:%M:%S")
        case date():
            return cell.isoformat()
        case _:
            return str(cell)
