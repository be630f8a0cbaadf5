"""Hooks: what an earlier stage asks of later ones, which it may not import.

The earlier stage declares a hook in its `hooks.py`; the function's body holds where no later
stage implements it:

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
    """One later stage knows; until it is there, the default holds."""

    def __init__(self, default: Callable[P, R]) -> None:
        self._function = default
        self.__doc__ = default.__doc__

    def implement(self, function: F) -> F:
        """Register the implementation."""
        self._function = function  # type: ignore[assignment]  # F keeps the function's own type
        return function

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        return self._function(*args, **kwargs)


class FirstHook(Generic[P, R]):
    """Several later stages may know; the first that returns something is heard."""

    def __init__(self, template: Callable[P, R | None]) -> None:
        self._functions: list[Callable[P, R | None]] = []
        self.__doc__ = template.__doc__

    def implement(self, function: F) -> F:
        """Register one more that may know."""
        self._functions.append(function)  # type: ignore[arg-type]  # F keeps the function's own type
        return function

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R | None:
        return next((found for one in self._functions if (found := one(*args, **kwargs))), None)


class CollectingHook(Generic[P, R]):
    """Every later stage may add something; the order is that of their registration."""

    def __init__(self, template: Callable[P, Iterable[R]]) -> None:
        self._functions: list[Callable[P, Iterable[R]]] = []
        self.__doc__ = template.__doc__

    def implement(self, function: F) -> F:
        """Register one more implementation."""
        self._functions.append(function)  # type: ignore[arg-type]  # F keeps the function's own type
        return function

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> list[R]:
        return [item for one in self._functions for item in one(*args, **kwargs)]
