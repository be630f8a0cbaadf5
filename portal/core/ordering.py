"""The places of things in an order, and the numbers that they are given."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from portal.core.db import db


class Placed(Protocol):
    """Anything that stands in an order."""

    position: int


Thing = TypeVar("Thing", bound=Placed)

STEPS = {"up": -1, "down": 1}


def place(things: Sequence[Thing], thing: Thing, direction: str) -> None:
    """Move `thing` one place "up" or "down" among `things`, which it is one of.

    At either end, or for any other direction, nothing moves. Places are numbered anew from 1.
    """
    order = sorted(things, key=lambda one: one.position)
    here = order.index(thing)
    there = here + STEPS.get(direction, 0)
    if 0 <= there < len(order):
        order[here], order[there] = order[there], order[here]
    renumber(order)


def renumber(things: Sequence[Placed]) -> None:
    """Number the places from 1, in the order given; a row that keeps its place is left alone."""
    for position, one in enumerate(things, start=1):
        if one.position != position:
            one.position = position


def next_place(things: Sequence[Placed]) -> int:
    """The place behind all of them."""
    return max((one.position for one in things), default=0) + 1


def next_number(
    column: InstrumentedAttribute[int] | InstrumentedAttribute[int | None],
    *among: ColumnElement[bool],
) -> int:
    """One more than the highest number that a row `among` these has; 1 for the first.

    For a verb that has locked what the numbers belong to.
    """
    return (db.session.scalar(select(func.max(column)).where(*among)) or 0) + 1
