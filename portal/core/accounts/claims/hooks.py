"""What the wings tell of an organisation that is claimed: where it has dealings, and how many.

    @dealings.answer
    def _applied() -> Dealt: ...

Each answer selects (organisation_id, municipality_id, capacity), a row for each dealing, and no
contents. Core knows no wing by name.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Select, Subquery, union_all

Dealt: TypeAlias = Select[Any, UUID, str]


class Capacity(StrEnum):
    """What an organisation was to a competition."""

    APPLICANT = "applicant"
    PARTNER = "partner"


class Dealings:
    """The question of where organisations have dealings; every wing may answer it."""

    def __init__(self) -> None:
        self._answers: list[Callable[[], Dealt]] = []

    def answer(self, function: Callable[[], Dealt]) -> Callable[[], Dealt]:
        """Register one more answer."""
        self._answers.append(function)
        return function

    def __call__(self) -> Subquery:
        return union_all(*(answer() for answer in self._answers)).subquery("dealings")


dealings = Dealings()
