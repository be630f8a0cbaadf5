"""Transition tables: (state, event) gives one next state, perhaps under a guard; others raise."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from flask_babel import lazy_gettext as _l

from portal.core.errors import StateConflict

Guard = Callable[[Any], None]
State = TypeVar("State", bound=StrEnum)
Event = TypeVar("Event", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class To(Generic[State]):
    """A transition's target. The guard gets the aggregate and raises a DomainError to refuse."""

    state: State
    guard: Guard | None = None


@dataclass(frozen=True, slots=True)
class Workflow(Generic[State, Event]):
    """The transition table of one aggregate."""

    name: str
    start: State
    moves: Mapping[tuple[State, Event], To[State]]

    def next(self, subject: Any, state: State, event: Event) -> State:
        """The state after `event`. Raises StateConflict for any other event, or the guard's
        error."""
        move = self.moves.get((state, event))
        if move is None:
            raise StateConflict(
                f"{self.name}.{state}.{event}",
                _l("This can no longer be done: the work has moved on. Look at its present state."),
            )
        if move.guard is not None:
            move.guard(subject)
        return move.state

    def allows(self, state: State, event: Event) -> bool:
        """Whether the table has a transition for `event` from `state`, guards aside."""
        return (state, event) in self.moves

    def diagram(self) -> str:
        """The table as a Mermaid state diagram, for docs/workflows.md."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.start}"]
        lines += [
            f"    {state} --> {to.state}: {event}" for (state, event), to in self.moves.items()
        ]
        return "\n".join(lines)
