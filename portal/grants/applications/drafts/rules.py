"""Pure rules of drafts: progress of their parts."""

from enum import StrEnum


class PartState(StrEnum):
    """The progress of one part of an application."""

    TODO = "todo"
    STARTED = "started"
    DONE = "done"


def state_of(*, touched: bool, problems: int) -> PartState:
    """The progress of a part: done if it was saved and has no problem that prevents submission."""
    if not touched:
        return PartState.TODO
    return PartState.STARTED if problems else PartState.DONE
