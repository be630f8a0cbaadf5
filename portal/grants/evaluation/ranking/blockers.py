"""Blockers of a decision on a ranking, each with who or what it waits for."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import exists, select

from portal.core.db import db
from portal.grants.applications.models import Application
from portal.grants.competitions.models import Competition
from portal.grants.evaluation.committee.progress import progress
from portal.grants.evaluation.committee.queries import open_suspicions
from portal.grants.evaluation.eligibility.queries import counts
from portal.grants.evaluation.models import Assignment, CheckState
from portal.grants.evaluation.ranking.labels import said
from portal.grants.evaluation.ranking.rules import Placed, deciding_ties

if TYPE_CHECKING:
    from portal.grants.evaluation.ranking.queries import Approval


class Blocks(StrEnum):
    """The kind of a blocker, which leads to the page where it is settled."""

    ELIGIBILITY = "eligibility"
    CLARIFICATION = "clarification"
    SUSPICION = "suspicion"
    DECLARATION = "declaration"
    ASSIGNMENT = "assignment"
    SHEET = "sheet"
    DISCUSSION = "discussion"
    TIE = "tie"
    OPEN_MEETING = "open_meeting"
    MEETING = "meeting"
    CHANGED = "changed"


IN_A_MEETING = frozenset({Blocks.TIE, Blocks.OPEN_MEETING, Blocks.MEETING, Blocks.CHANGED})


@dataclass(frozen=True, slots=True)
class Blocker:
    """One kind of missing thing: how many, and whom or which it concerns."""

    kind: Blocks
    count: int
    concerns: tuple[str, ...] = ()

    @property
    def in_a_meeting(self) -> bool:
        """Whether the committee settles it in its meeting; all others come before."""
        return self.kind in IN_A_MEETING

    @property
    def message(self) -> str:
        """The message, without whom or which it concerns."""
        return _MESSAGES[self.kind](self.count)

    @property
    def in_full(self) -> str:
        """The message with whom or which it concerns, for NotReady."""
        if not self.concerns:
            return self.message
        return f"{self.message.removesuffix('.')}: {'; '.join(self.concerns)}."

    @property
    def lines(self) -> tuple[str, ...]:
        """Lines for a list of what has changed; never empty."""
        return (self.kind is Blocks.CHANGED and self.concerns) or (self.in_full,)


_MESSAGES: Mapping[Blocks, Callable[[int], str]] = {
    Blocks.ELIGIBILITY: lambda n: ngettext(
        "%(num)d eligibility check is open.", "%(num)d eligibility checks are open.", n
    ),
    Blocks.CLARIFICATION: lambda n: ngettext(
        "%(num)d clarification waits for its applicant.",
        "%(num)d clarifications wait for their applicants.",
        n,
    ),
    Blocks.SUSPICION: lambda n: ngettext(
        "%(num)d suspected conflict of interest waits for the chair.",
        "%(num)d suspected conflicts of interest wait for the chair.",
        n,
    ),
    Blocks.DECLARATION: lambda n: ngettext(
        "%(num)d declaration is missing.", "%(num)d declarations are missing.", n
    ),
    Blocks.ASSIGNMENT: lambda n: ngettext(
        "%(num)d application is assigned to nobody.",
        "%(num)d applications are assigned to nobody.",
        n,
    ),
    Blocks.SHEET: lambda n: ngettext(
        "%(num)d score sheet is missing.", "%(num)d score sheets are missing.", n
    ),
    Blocks.DISCUSSION: lambda n: _("The chair has not opened the discussion yet."),
    Blocks.TIE: lambda n: ngettext("%(num)d tie is unbroken.", "%(num)d ties are unbroken.", n),
    Blocks.OPEN_MEETING: lambda n: _("The minutes of a meeting are still open."),
    Blocks.MEETING: lambda n: _("The committee has not yet approved the ranking in a meeting."),
    Blocks.CHANGED: lambda n: _("The ranking has changed since the meeting that approved it."),
}


def blockers_of(
    competition: Competition,
    ranking: Sequence[Placed],
    approval: "Approval | None",
    hidden: Collection[str] = (),
    *,
    seen: Sequence[Placed] | None = None,
    is_open: bool = False,
) -> list[Blocker]:
    """All blockers of a decision, in the order in which they are best settled.

    `seen` is what the reader sees of the `ranking`, if not all; `hidden` are numbers not to be
    mentioned; `is_open` is whether a meeting is open.
    """
    members = progress(competition)
    found = [*_eligibility(competition)]
    if count := open_suspicions(competition):
        found.append(Blocker(Blocks.SUSPICION, count))
    found += _owed(Blocks.DECLARATION, [(one.name, one.undeclared) for one in members])
    found += _unassigned(competition, ranking)
    found += _owed(Blocks.SHEET, [(one.name, one.left) for one in members])
    if ranking and competition.discussion_opened_at is None:
        found.append(Blocker(Blocks.DISCUSSION, 1))
    found += _ties(competition, ranking if seen is None else seen)
    if is_open:
        found.append(Blocker(Blocks.OPEN_MEETING, 1))
    # The vote itself checks quorum; later recusals change what it approved.
    if approval is None:
        found.append(Blocker(Blocks.MEETING, 1))
    elif not approval.holds:
        told = [one.without(hidden) for one in approval.differences]
        found.append(Blocker(Blocks.CHANGED, 1, tuple(said(one) for one in told if one)))
    return found


def _eligibility(competition: Competition) -> Iterable[Blocker]:
    """Applications without a decided check; those waiting for the applicant separately."""
    found = counts(competition)
    if undecided := found[CheckState.OPEN] + found[CheckState.REJECTION_PROPOSED]:
        yield Blocker(Blocks.ELIGIBILITY, undecided)
    if waiting := found[CheckState.CLARIFYING]:
        yield Blocker(Blocks.CLARIFICATION, waiting)


def _owed(kind: Blocks, owed: Sequence[tuple[str, int]]) -> Iterable[Blocker]:
    """The members' missing work: names and numbers."""
    if names := tuple(name for name, count in owed if count):
        yield Blocker(kind, sum(count for _name, count in owed), names)


def _unassigned(competition: Competition, ranking: Sequence[Placed]) -> Iterable[Blocker]:
    """Applications without sheets and assignments."""
    bare = {placed.number for placed in ranking if not placed.tally.n}
    if not bare:
        return
    assigned = select(Application.number).where(
        Application.competition_id == competition.id,
        exists().where(Assignment.application_id == Application.id, Assignment.ended_at.is_(None)),
    )
    if left := bare - set(db.session.scalars(assigned)):
        yield Blocker(Blocks.ASSIGNMENT, len(left), tuple(sorted(left)))


def _ties(competition: Competition, ranking: Sequence[Placed]) -> Iterable[Blocker]:
    """Decisive ties: not those in which all get a grant anyway.

    They reveal points, so there are none before the discussion.
    """
    if competition.discussion_opened_at is None:
        return
    groups = deciding_ties(ranking, competition.number_of_grants)
    if groups:
        yield Blocker(Blocks.TIE, len(groups), tuple(", ".join(group) for group in groups))
