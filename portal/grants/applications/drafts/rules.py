"""How far a draft is."""

from enum import StrEnum


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
