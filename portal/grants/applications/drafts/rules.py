"""How far a draft is, and what to do where two people have changed the same section."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class PartState(StrEnum):
    """How far one part of an application is."""

    TODO = "todo"
    STARTED = "started"
    DONE = "done"


def state_of(*, touched: bool, problems: int) -> PartState:
    """A part is done when it has been touched and nothing in it keeps from submitting."""
    if not touched:
        return PartState.TODO
    return PartState.STARTED if problems else PartState.DONE


def prints(answers: Mapping[str, Any], keys: Iterable[str]) -> dict[str, str]:
    """A short print of each answer, for a form to carry what it was filled from."""
    return {key: _print(answers.get(key)) for key in keys}


def _print(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def packed(base: Mapping[str, str]) -> str:
    """Prints as one line, for a hidden field."""
    return " ".join(f"{key}={value}" for key, value in base.items())


def unpacked(line: str) -> dict[str, str]:
    """The prints of a hidden field; whatever is malformed in it is left out."""
    pairs = (item.split("=", 1) for item in line.split() if "=" in item)
    return {pair[0]: pair[1] for pair in pairs}


@dataclass(frozen=True, slots=True)
class Merged:
    """Two versions of a section put together.

    `answers` holds mine where both changed the same answer; those are in `conflicts`, and what only
    the other changed in `taken`.
    """

    answers: dict[str, Any]
    taken: tuple[str, ...]
    conflicts: tuple[str, ...]


def merge(
    keys: Iterable[str],
    *,
    base: Mapping[str, str],
    mine: Mapping[str, Any],
    theirs: Mapping[str, Any],
) -> Merged:
    """Put my answers and theirs together, by the prints of what my form was filled from.

    Without a print of an answer nobody can tell who changed it, so it is a conflict.
    """
    answers: dict[str, Any] = {}
    taken, conflicts = [], []
    for key in keys:
        own, other = mine.get(key), theirs.get(key)
        answers[key] = own
        if own == other or base.get(key) == _print(other):
            continue
        if base.get(key) == _print(own):
            answers[key] = other
            taken.append(key)
        else:
            conflicts.append(key)
    return Merged(answers, tuple(taken), tuple(conflicts))
