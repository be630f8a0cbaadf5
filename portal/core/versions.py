"""Which version of which row a form has shown.

Numbers alone do not tell: a row that takes another's place at the same address, as the copy of a
score sheet that is opened again, counts from one as well, and an old tab would fit it.
"""

from typing import Any, Self


class Seen(int):
    """The version that a form showed, 0 for a row that was not there yet, and the key of its row.

    A bare number, as a verb may be given by who holds the row, is of whichever row stands there.
    """

    row: str

    @classmethod
    def read(cls, typed: str) -> Self:
        """What version_of wrote; for anything malformed what no row is."""
        row, _dot, number = typed.rpartition(".")
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
