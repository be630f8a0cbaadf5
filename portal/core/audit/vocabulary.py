"""A stage's vocabulary of the journal: its labels, formats of values, and what the board may
see."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, TypeAlias

from sqlalchemy import Select

from portal.core.errors import Message

Said: TypeAlias = Mapping[str, Message]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The journal of one stage. Two stages may name the same column or fact, with the same words.

    `codes` and `values` are found by column or fact, codes also by "table.column". `numbers`,
    `people` and `titles` select (key of a row, text): its number, its person, its title; each
    number is also the subject of its row.
    """

    events: Said = field(default_factory=dict)
    private: frozenset[str] = frozenset()  # events hidden from boards
    sealed: frozenset[str] = frozenset()  # events hidden until the applications are opened
    tables: Said = field(default_factory=dict)  # tables whose columns are shown
    things: Said = field(default_factory=dict)  # tables of which only the event is shown
    columns: Said = field(default_factory=dict)
    internal: frozenset[str] = frozenset()  # columns that are not shown
    facts: Said = field(default_factory=dict)
    keys: Said = field(default_factory=dict)  # labels of keys within a mapping
    codes: Mapping[str, Mapping[Any, Message]] = field(default_factory=dict)
    values: Mapping[str, Callable[[Any], str]] = field(default_factory=dict)
    absent: Said = field(default_factory=dict)  # labels of empty values that have a meaning
    whole: frozenset[str] = frozenset()  # columns whose value names its languages itself
    numbers: Sequence[Select[Any, Any]] = ()
    people: Sequence[Select[Any, Any]] = ()
    titles: Sequence[Select[Any, Any]] = ()


def together(vocabularies: Sequence[Vocabulary]) -> Vocabulary:
    """All vocabularies merged; ValueError where a code has two meanings."""
    found: dict[str, Any] = {}
    for one in fields(Vocabulary):
        parts = [getattr(vocabulary, one.name) for vocabulary in vocabularies]
        if one.name in ("numbers", "people", "titles"):
            found[one.name] = [select for part in parts for select in part]
        elif one.name in ("private", "sealed", "internal", "whole"):
            found[one.name] = frozenset().union(*parts)
        else:
            found[one.name] = _one_meaning(one.name, parts)
    return Vocabulary(**found)


def _one_meaning(name: str, parts: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for part in parts:
        for code, meaning in part.items():
            if found.setdefault(code, meaning) != meaning:
                raise ValueError(f"the journal's {name}: {code} has two meanings")
    return found
