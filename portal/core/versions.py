"""Which version of which row a form has shown, and what it was filled with.

Numbers alone do not tell: a row that takes another's place at the same address, as the copy of a
score sheet that is opened again, counts from one as well, and an old tab would fit it. A print of
each field's value tells later which ones a person has changed: "key.number;name=print name=print".
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Self


class Seen(int):
    """The version that a form showed, 0 for a row that was not there yet, and the key of its row.

    A bare number, as a verb may be given by who holds the row, is of whichever row stands there.
    """

    row: str

    @classmethod
    def read(cls, typed: str) -> Self:
        """What version_of wrote, with or without prints; for anything malformed what no row is."""
        row, _dot, number = typed.partition(";")[0].rpartition(".")
        known = number.isascii() and number.isdigit() and len(number) < 10
        seen = cls(number if known else 0)
        seen.row = row
        return seen


def version_of(row: Any) -> str:
    """What a form carries of the row that it shows; None for one that is not there yet."""
    return "0" if row is None else f"{row.id}.{row.version}"


def is_seen(row: Any, version: int) -> bool:
    """Whether this row, as it stands, is what a form showed."""
    key = str(row.id)
    return bool(row.version == version and getattr(version, "row", key) == key)


def with_prints(version: str, values: Mapping[str, Any]) -> str:
    """A version with the prints of what its form is filled with."""
    prints = written_prints({name: print_of(value) for name, value in values.items()})
    return f"{version};{prints}" if prints else version


def prints_in(typed: str) -> dict[str, str]:
    """The prints by the names of the fields, as with_prints wrote them."""
    return read_prints(typed.partition(";")[2])


def written_prints(prints: Mapping[str, str]) -> str:
    """Prints by their names, on one line."""
    return " ".join(f"{name}={digest}" for name, digest in prints.items())


def read_prints(line: str) -> dict[str, str]:
    """The same read again; whatever is malformed is left out."""
    found = (one.partition("=") for one in line.split(" "))
    return {name: digest for name, _is, digest in found if digest}


def print_of(value: Any) -> str:
    """A print of a plain JSON value: the same for the same one."""
    written = json.dumps(value, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(written.encode()).hexdigest()[:16]
