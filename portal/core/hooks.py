"""Hooks: what an earlier stage asks and a later one, which it may not import, answers.

The earlier stage says the question in its `hooks.py`; the function's body is the answer where no
later stage gives one:

    @OneAnswer
    def outlook(competition: Competition) -> Outlook:
        return Outlook()

A later stage answers in its `answers.py`, which its `wiring.py` names:

    @competitions.outlook.answer
    def outlook(competition: Competition) -> Outlook: ...
"""

from collections.abc import Callable, Iterable
from typing import Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
F = TypeVar("F", bound=Callable[..., object])


class OneAnswer(Generic[P, R]):
    """One later stage knows; until it is there, the default holds."""

    def __init__(self, default: Callable[P, R]) -> None:
        self._answer = default
        self.__doc__ = default.__doc__

    def answer(self, function: F) -> F:
        """Register the answer."""
        self._answer = function  # type: ignore[assignment]  # F keeps the function's own type
        return function

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        return self._answer(*args, **kwargs)


class FirstAnswer(Generic[P, R]):
    """Several later stages may know; the first that has an answer is heard."""

    def __init__(self, template: Callable[P, R | None]) -> None:
        self._answers: list[Callable[P, R | None]] = []
        self.__doc__ = template.__doc__

    def answer(self, function: F) -> F:
        """Register one more that may know."""
        self._answers.append(function)  # type: ignore[arg-type]  # F keeps the function's own type
        return function

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R | None:
        return next((found for one in self._answers if (found := one(*args, **kwargs))), None)


class AllAnswers(Generic[P, R]):
    """Every later stage may add something; the order is that of their registration."""

    def __init__(self, template: Callable[P, Iterable[R]]) -> None:
        self._answers: list[Callable[P, Iterable[R]]] = []
        self.__doc__ = template.__doc__

    def answer(self, function: F) -> F:
        """Register one more answer."""
        self._answers.append(function)  # type: ignore[arg-type]  # F keeps the function's own type
        return function

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> list[R]:
        return [item for answer in self._answers for item in answer(*args, **kwargs)]
