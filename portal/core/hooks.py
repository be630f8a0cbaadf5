"""Hooks: functions that an earlier stage calls and later stages implement.

An earlier stage may not import later ones. It declares a hook in its `hooks.py`; the function's
body is the default without an implementation:

    @SingleHook
    def outlook(competition: Competition) -> Outlook:
        return Outlook()

A later stage implements it in its `implementations.py`, which its `wiring.py` names:

    @competitions.outlook.implement
    def outlook(competition: Competition) -> Outlook: ...
"""

from collections.abc import Callable, Iterable
from typing import Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
F = TypeVar("F", bound=Callable[..., object])


class SingleHook(Generic[P, R]):
    """A hook with at most one implementation, or else the default."""

    def __init__(self, default: Callable[P, R]) -> None:
        self._function = self._default = default
        self.__doc__ = default.__doc__

    def implement(self, function: F) -> F:
        """Register the implementation; RuntimeError if there is another."""
        if self._function is not self._default:
            raise RuntimeError(f"{self._default.__qualname__} is implemented already")
        self._function = function  # type: ignore[assignment]  # F keeps the function's own type
        return function

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        return self._function(*args, **kwargs)


class FirstHook(Generic[P, R]):
    """A hook with several implementations; returns the first truthy result, else None."""

    def __init__(self, template: Callable[P, R | None]) -> None:
        self._functions: list[Callable[P, R | None]] = []
        self.__doc__ = template.__doc__

    def implement(self, function: F) -> F:
        """Register one more implementation."""
        self._functions.append(function)  # type: ignore[arg-type]  # F keeps the function's own type
        return function

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R | None:
        return next((found for one in self._functions if (found := one(*args, **kwargs))), None)


class CollectingHook(Generic[P, R]):
    """A hook whose results of all implementations are joined, in order of registration."""

    def __init__(self, template: Callable[P, Iterable[R]]) -> None:
        self._functions: list[Callable[P, Iterable[R]]] = []
        self.__doc__ = template.__doc__

    def implement(self, function: F) -> F:
        """Register one more implementation."""
        self._functions.append(function)  # type: ignore[arg-type]  # F keeps the function's own type
        return function

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> list[R]:
        return [item for one in self._functions for item in one(*args, **kwargs)]


class StepHook(Generic[P]):
    """Further steps of a verb: every implementation runs, in order of registration, within the
    verb's transaction; an error undoes the whole verb."""

    def __init__(self, template: Callable[P, None]) -> None:
        self._functions: list[Callable[P, None]] = []
        self.__doc__ = template.__doc__

    def implement(self, function: F) -> F:
        """Register one more implementation."""
        self._functions.append(function)  # type: ignore[arg-type]  # F keeps the function's own type
        return function

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> None:
        for one in self._functions:
            one(*args, **kwargs)
