"""What a competition asks of the stages after it, which it may not import: they answer here.

    @hooks.outlook.answer
    def _outlook(competition: Competition) -> Outlook: ...

A `Question` has one answer, and a default until somebody gives it; of a `First` the first answer is
heard; a `Round` goes to everybody.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, ParamSpec, TypeVar
from uuid import UUID

from portal.core.accounts.models import Person
from portal.core.errors import Message
from portal.core.questions.models import Question as AskedQuestion
from portal.core.work import Work
from portal.grants.competitions.models import Competition
from portal.grants.competitions.rules import Phase

P = ParamSpec("P")
R = TypeVar("R")
F = TypeVar("F", bound=Callable[..., object])


class Question(Generic[P, R]):
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


class First(Generic[P, R]):
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


class Round(Generic[P, R]):
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


@dataclass(frozen=True, slots=True)
class Step:
    """What one can do next with a competition: a button or a link."""

    label: Message
    url: str
    note: Message = ""
    is_due: bool = False  # somebody waits for it, and it has a date


@dataclass(frozen=True, slots=True)
class StageCount:
    """How far a stage of a competition is: "14 applications", with the page that lists them.

    Counts stand in the order of `order`: 10 applications, 20 to 60 evaluation, 70 awards.
    """

    label: Message
    count: int | str  # a text where two figures say it: "34 / 69"
    url: str
    is_now: bool = False
    order: int = 10


@dataclass(frozen=True, slots=True)
class Outlook:
    """Whom letters to applicants will find, before they are written."""

    people: int = 0
    addresses: Sequence[str] = ()  # of organisations without living people
    by_post: Sequence[str] = ()  # the numbers of applications with neither
    nobody: int = 0  # drafts with neither


@Question
def outlook(competition: Competition) -> Outlook:
    """Whom a letter to all finds who work on a draft or a submitted application."""
    return Outlook()


@Question
def write_to_applicants(
    work: Work, competition: Competition, template: str, *, matter: str, **context: Any
) -> None:
    """Part of a verb: write to all who work on a draft or a submitted application, of a change.

    `template` and `context` are those of the e-mail; `matter` makes it one letter.
    """


@Question
def said_beside(
    competition: Competition, questions: Iterable[AskedQuestion]
) -> Mapping[str, Sequence[str]]:
    """What the terms ask of answers, in sentences to stand beside the questions, by their keys."""
    return {}


@First
def next_step(actor: Person | None, competition: Competition, phase: Phase) -> Step | None:
    """The one next step on the call's page for this person: start, go on, results."""
    return None


@Round
def public_links(competition: Competition, phase: Phase) -> Iterable[Step]:
    """What else the call's page leads to: results, the closed register. No query without need."""
    return ()


@Round
def stage_counts(
    actor: Person, competitions: Sequence[Competition]
) -> Iterable[tuple[UUID, StageCount]]:
    """For the board's pages: the stages of each competition with their counts.

    One query however many competitions there are.
    """
    return ()


@Round
def deadline_extended(work: Work, competition: Competition) -> Iterable[None]:
    """Runs in the verb that moves the deadline after the close: the register is void."""
    return ()


@Round
def cancelled(work: Work, competition: Competition) -> Iterable[None]:
    """Runs in the verb that cancels a competition."""
    return ()


def counts_by_competition(
    actor: Person, competitions: Sequence[Competition]
) -> Mapping[UUID, list[StageCount]]:
    """`stage_counts`, each competition's own."""
    counts: dict[UUID, list[StageCount]] = {competition.id: [] for competition in competitions}
    for key, count in sorted(stage_counts(actor, competitions), key=lambda pair: pair[1].order):
        counts[key].append(count)
    return counts
