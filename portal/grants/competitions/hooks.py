"""Hooks of competitions for later stages (see core/hooks.py)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from portal.core.accounts.models import Person
from portal.core.errors import Message
from portal.core.hooks import CollectingHook, FirstHook, SingleHook, StepHook
from portal.core.questions.models import Question
from portal.core.work import Work
from portal.grants.competitions.models import Competition
from portal.grants.competitions.rules import Phase


@dataclass(frozen=True, slots=True)
class Step:
    """A next step with a competition: a button or a link."""

    label: Message
    url: str
    note: Message = ""
    is_due: bool = False  # somebody waits for it, and it has a date


@dataclass(frozen=True, slots=True)
class StageCount:
    """The count of a stage: "14 applications", with the page that lists them.

    Sorted by `order`: 10 applications, 20 to 60 evaluation, 70 awards.
    """

    label: Message
    count: int | str  # a text for two figures: "34 / 69"
    url: str
    is_now: bool = False
    order: int = 10


@dataclass(frozen=True, slots=True)
class Outlook:
    """The numbers of recipients of letters to applicants."""

    people: int = 0
    addresses: Sequence[str] = ()  # of organisations without members
    by_post: Sequence[str] = ()  # the numbers of applications with neither
    nobody: int = 0  # drafts with neither


@SingleHook
def outlook(competition: Competition) -> Outlook:
    """The numbers of recipients of letters to all with a draft or a submission."""
    return Outlook()


@SingleHook
def write_to_applicants(
    work: Work, competition: Competition, template: str, *, matter: str, **context: Any
) -> None:
    """Part of a verb: notify all with a draft or a submission of a change.

    `template` and `context` are the e-mail's; `matter` identifies the letter.
    """


@SingleHook
def said_beside(
    competition: Competition, questions: Iterable[Question]
) -> Mapping[str, Sequence[str]]:
    """The terms' requirements on answers, in sentences for each question, by key."""
    return {}


@FirstHook
def next_step(actor: Person | None, competition: Competition, phase: Phase) -> Step | None:
    """The next step on the call's page for this person: start, continue, results."""
    return None


@CollectingHook
def public_links(competition: Competition, phase: Phase) -> Iterable[Step]:
    """Further links on the call's page: results, the closed register. Query only if needed."""
    return ()


@CollectingHook
def stage_counts(
    actor: Person, competitions: Sequence[Competition]
) -> Iterable[tuple[UUID, StageCount]]:
    """For the board's pages: the counts of each competition's stages.

    One query for all competitions.
    """
    return ()


@StepHook
def deadline_extended(work: Work, competition: Competition) -> None:
    """Part of the verb that moves the deadline after the close: the register becomes void."""


def counts_by_competition(
    actor: Person, competitions: Sequence[Competition]
) -> Mapping[UUID, list[StageCount]]:
    """`stage_counts` by competition."""
    counts: dict[UUID, list[StageCount]] = {competition.id: [] for competition in competitions}
    for key, count in sorted(stage_counts(actor, competitions), key=lambda pair: pair[1].order):
        counts[key].append(count)
    return counts
