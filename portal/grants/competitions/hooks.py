"""What a competition asks of the stages after it (see core/hooks.py)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from portal.core.accounts.models import Person
from portal.core.errors import Message
from portal.core.hooks import CollectingHook, FirstHook, SingleHook
from portal.core.questions.models import Question
from portal.core.work import Work
from portal.grants.competitions.models import Competition
from portal.grants.competitions.rules import Phase


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


@SingleHook
def outlook(competition: Competition) -> Outlook:
    """Whom a letter to all finds who work on a draft or a submitted application."""
    return Outlook()


@SingleHook
def write_to_applicants(
    work: Work, competition: Competition, template: str, *, matter: str, **context: Any
) -> None:
    """Part of a verb: write to all who work on a draft or a submitted application, of a change.

    `template` and `context` are those of the e-mail; `matter` makes it one letter.
    """


@SingleHook
def said_beside(
    competition: Competition, questions: Iterable[Question]
) -> Mapping[str, Sequence[str]]:
    """What the terms ask of answers, in sentences to stand beside the questions, by their keys."""
    return {}


@FirstHook
def next_step(actor: Person | None, competition: Competition, phase: Phase) -> Step | None:
    """The one next step on the call's page for this person: start, go on, results."""
    return None


@CollectingHook
def public_links(competition: Competition, phase: Phase) -> Iterable[Step]:
    """What else the call's page leads to: results, the closed register. No query without need."""
    return ()


@CollectingHook
def stage_counts(
    actor: Person, competitions: Sequence[Competition]
) -> Iterable[tuple[UUID, StageCount]]:
    """For the board's pages: the stages of each competition with their counts.

    One query however many competitions there are.
    """
    return ()


@CollectingHook
def deadline_extended(work: Work, competition: Competition) -> Iterable[None]:
    """Runs in the verb that moves the deadline after the close: the register is void."""
    return ()


@CollectingHook
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
