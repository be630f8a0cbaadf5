"""Makes keys of sections, questions and options from their labels."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from portal.core.languages import OWED
from portal.core.normalization import normalized

LONGEST_KEY = 40


def key_of(label: str, taken: Collection[str], fallback: str) -> str:
    """A key made from the label: letters, digits and underscores, none of `taken`.

    "Dalībnieku skaits" gives dalibnieku_skaits; a label without such letters, `fallback`.
    """
    letters = normalized("NFKD", label).encode("ascii", "ignore").decode().lower()
    plain = re.sub(r"[^a-z0-9]+", "_", letters).strip("_")[:LONGEST_KEY].rstrip("_")
    stem = plain if plain[:1].isalpha() else fallback
    key, number = stem, 1
    while key in taken:
        number += 1
        key = f"{stem}_{number}"
    return key


def coded(
    rows: Iterable[Mapping[str, Any]], before: Sequence[Mapping[str, Any]], name: str, fallback: str
) -> list[dict[str, Any]]:
    """Options or columns with their codes under `name`.

    One with an unchanged Latvian text keeps its code; a new one gets a code never used before.
    """
    known = {one[OWED]: one[name] for one in before}
    taken = set(known.values())
    made = []
    for row in rows:
        code = known.pop(row[OWED], None) or key_of(row[OWED], taken, fallback)
        taken.add(code)
        made.append({name: code, **row})
    return made
