"""The version of a row that a form showed, with prints of the values it was filled with.

A number alone does not suffice: another row at the same URL, such as the copy of a score sheet that
is opened again, also counts from one. The prints of values tell which ones a person has changed:
"key.number;name=print name=print".
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Self


class SeenVersion(int):
    """The version that a form showed, 0 for a row not yet there, and the key of its row.

    A verb may be given a bare number, which refers to any row.
    """

    row: str

    @classmethod
    def read(cls, typed: str) -> Self:
        """Parse what version_of wrote, with or without prints; malformed text matches no row."""
        row, _dot, number = typed.partition(";")[0].rpartition(".")
        known = number.isascii() and number.isdigit() and len(number) < 10
        seen = cls(number if known else 0)
        seen.row = row
        return seen


def version_of(row: Any) -> str:
    """The hidden value of a form for its row; None for a row not yet there."""
    return "0" if row is None else f"{row.id}.{row.version}"


def is_seen(row: Any, version: int) -> bool:
    """Whether the form showed this row in its present version."""
    key = str(row.id)
    return bool(row.version == version and getattr(version, "row", key) == key)


def with_prints(version: str, values: Mapping[str, Any]) -> str:
    """A version with the prints of the form's values."""
    prints = written_prints({name: print_of(value) for name, value in values.items()})
    return f"{version};{prints}" if prints else version


def prints_in(typed: str) -> dict[str, str]:
    """The prints by field name, as with_prints wrote them."""
    return read_prints(typed.partition(";")[2])


def written_prints(prints: Mapping[str, str]) -> str:
    """Prints by their names, on one line."""
    return " ".join(f"{name}={digest}" for name, digest in prints.items())


def read_prints(line: str) -> dict[str, str]:
    """The prints of a line; malformed parts are ignored."""
    found = (one.partition("=") for one in line.split(" "))
    return {name: digest for name, _is, digest in found if digest}


def print_of(value: Any) -> str:
    """A print (digest) of a plain JSON value."""
    written = json.dumps(value, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(written.encode()).hexdigest()[:16]
