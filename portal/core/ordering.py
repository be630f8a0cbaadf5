"""Positions in an ordered list, and their numbers."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from portal.core.db import db


class Positioned(Protocol):
    """An object with a position."""

    position: int


Thing = TypeVar("Thing", bound=Positioned)

STEPS = {"up": -1, "down": 1}


def place(things: Sequence[Thing], thing: Thing, direction: str) -> None:
    """Move `thing` one place "up" or "down" among `things`, which contains it.

    At either end, or for any other direction, nothing moves. Positions are renumbered from 1.
    """
    order = sorted(things, key=lambda one: one.position)
    here = order.index(thing)
    there = here + STEPS.get(direction, 0)
    if 0 <= there < len(order):
        order[here], order[there] = order[there], order[here]
    renumber(order)


def renumber(things: Sequence[Positioned]) -> None:
    """Number the positions from 1 in the order given; only changed rows are written."""
    for position, one in enumerate(things, start=1):
        if one.position != position:
            one.position = position


def next_place(things: Sequence[Positioned]) -> int:
    """The position after all of them."""
    return max((one.position for one in things), default=0) + 1


def next_number(
    column: InstrumentedAttribute[int] | InstrumentedAttribute[int | None],
    *among: ColumnElement[bool],
) -> int:
    """One more than the highest number of the rows that meet `among`; 1 if there are none.

    For a verb that has locked the owner of the numbers.
    """
    return (db.session.scalar(select(func.max(column)).where(*among)) or 0) + 1
