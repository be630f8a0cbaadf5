"""The life of a competition: its phases by the clock, the moves between them, what freezes when."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from portal.core.db import Words
from portal.core.periods import has_come, in_time
from portal.core.questions.models import Question, Section
from portal.core.workflow import To, Workflow
from portal.grants.competitions.models import Competition, CompetitionState, Criterion
from portal.grants.competitions.terms.rules import NAMES, Terms


class Phase(StrEnum):
    """Where a competition is at an instant. Open and closed follow from the clock alone."""

    DRAFT = "draft"
    ANNOUNCED = "announced"  # published, and not yet open
    OPEN = "open"
    CLOSED = "closed"  # the deadline has passed, nothing is decided
    DECIDED = "decided"  # signed off by the head, not yet public
    PUBLISHED = "published"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class CompetitionEvent(StrEnum):
    """What moves a competition on. The first two are the clock's, the others somebody's verbs."""

    OPEN = "open"
    CLOSE = "close"
    ANNOUNCE = "announce"
    AMEND = "amend"
    EXTEND = "extend"  # an amendment after the close that moves the deadline into the future
    PROPOSE = "propose"  # decisions are drafted, as often as need be
    SIGN_OFF = "sign_off"
    TAKE_BACK = "take_back"  # the signature, before anything is published
    PUBLISH = "publish"
    COMPLETE = "complete"
    CANCEL = "cancel"


WORKFLOW: Workflow[Phase, CompetitionEvent] = Workflow(
    name="competition",
    start=Phase.DRAFT,
    moves={
        (Phase.DRAFT, CompetitionEvent.ANNOUNCE): To(Phase.ANNOUNCED),
        (Phase.DRAFT, CompetitionEvent.CANCEL): To(Phase.CANCELLED),
        (Phase.ANNOUNCED, CompetitionEvent.OPEN): To(Phase.OPEN),
        (Phase.ANNOUNCED, CompetitionEvent.AMEND): To(Phase.ANNOUNCED),
        (Phase.ANNOUNCED, CompetitionEvent.CANCEL): To(Phase.CANCELLED),
        (Phase.OPEN, CompetitionEvent.CLOSE): To(Phase.CLOSED),
        (Phase.OPEN, CompetitionEvent.AMEND): To(Phase.OPEN),
        (Phase.OPEN, CompetitionEvent.CANCEL): To(Phase.CANCELLED),
        (Phase.CLOSED, CompetitionEvent.AMEND): To(Phase.CLOSED),
        (Phase.CLOSED, CompetitionEvent.EXTEND): To(Phase.OPEN),
        (Phase.CLOSED, CompetitionEvent.PROPOSE): To(Phase.CLOSED),
        (Phase.CLOSED, CompetitionEvent.SIGN_OFF): To(Phase.DECIDED),
        (Phase.CLOSED, CompetitionEvent.CANCEL): To(Phase.CANCELLED),
        (Phase.DECIDED, CompetitionEvent.TAKE_BACK): To(Phase.CLOSED),
        (Phase.DECIDED, CompetitionEvent.PUBLISH): To(Phase.PUBLISHED),
        (Phase.DECIDED, CompetitionEvent.CANCEL): To(Phase.CANCELLED),
        (Phase.PUBLISHED, CompetitionEvent.COMPLETE): To(Phase.COMPLETED),
    },
)

# What the database keeps of a phase: the clock's part of it is not stored.
STORED: dict[Phase, CompetitionState] = {
    **{
        phase: CompetitionState(phase) for phase in Phase if phase not in (Phase.OPEN, Phase.CLOSED)
    },
    Phase.OPEN: CompetitionState.ANNOUNCED,
    Phase.CLOSED: CompetitionState.ANNOUNCED,
}

FROZEN = frozenset(Phase) - {Phase.DRAFT, Phase.ANNOUNCED}


def phase(competition: Competition, now: datetime) -> Phase:
    """The phase at `now`. Open from the opening instant up to and including the deadline's second.

    The queries' in_phase says the same in SQL.
    """
    if competition.state is not CompetitionState.ANNOUNCED:
        return Phase(competition.state)
    if not has_come(competition.opens_at, now):
        return Phase.ANNOUNCED
    return Phase.OPEN if in_time(competition.deadline, now) else Phase.CLOSED


def public_phase(phase: Phase) -> Phase:
    """The phase as the public may know it: that a decision stands is told when it is published."""
    return Phase.CLOSED if phase is Phase.DECIDED else phase


def state_after(
    competition: Competition, event: CompetitionEvent, now: datetime
) -> CompetitionState:
    """The state to store when `event` happens at `now`. Raises StateConflict for any other move."""
    return STORED[WORKFLOW.next(competition, phase(competition, now), event)]


def allows(competition: Competition, event: CompetitionEvent, now: datetime) -> bool:
    """Whether `event` is a move that the competition can make at `now`."""
    return WORKFLOW.allows(phase(competition, now), event)


def frozen(competition: Competition, now: datetime) -> bool:
    """Whether form and criteria stand fast: from the opening on, for applicants answer them."""
    return phase(competition, now) in FROZEN


def is_public(competition: Competition) -> bool:
    """Whether everybody may know of it: once it has been announced, whatever came later."""
    return competition.announced_at is not None


# ---------------------------------------------------------------- the snapshot

# What documents such a call publishes; the first is owed.
DOCUMENT_KINDS = (
    *("regulations", "application_form", "guidelines", "lump_sum_method", "criteria"),
    *("partner_statement", "at_risk_statement", "publicity", "school_action_plan"),
    *("implementing_rules", "order", "other"),
)

_SECTION = ("key", "title", "hint")
_QUESTION = ("key", "kind", "label", "hint", "required", "settings", "measures", "level")
_CRITERION = (
    *("key", "kind", "title", "guidance", "maximum", "step", "weight", "minimum", "levels"),
    *("comment_below", "tie_break", "section_key"),
)


def terms_snapshot(competition: Competition) -> dict[str, Any]:
    """Terms, form and criteria as they stand, in plain JSON: what a seal refers to.

    Instants and dates are ISO 8601 (UTC), exact decimals are text, sums are cents.
    """
    return {
        "code": competition.code,
        "terms": _plain(competition, NAMES),
        "form": [
            {
                **_plain(section, _SECTION),
                "questions": [_plain(question, _QUESTION) for question in section.questions],
            }
            for section in competition.sections
        ],
        "criteria": [_plain(criterion, _CRITERION) for criterion in competition.criteria],
        "total_minimum": plain(competition.total_minimum),
    }


def changes(before: Terms, after: Terms) -> list[dict[str, Any]]:
    """[{"field", "old", "new"}] of every term that differs, in plain JSON; instants in UTC."""
    return [
        {"field": name, "old": plain(getattr(before, name)), "new": plain(getattr(after, name))}
        for name in NAMES
        if getattr(before, name) != getattr(after, name)
    ]


def _plain(row: Competition | Section | Question | Criterion, names: Iterable[str]) -> Any:
    return {name: plain(getattr(row, name)) for name in names}


def plain(value: Any) -> Any:
    """A value as JSON keeps it, the same whether it comes from a form or from the database."""
    match value:
        case Words():
            return value.to_json()
        case StrEnum():
            return value.value
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return format(value.normalize(), "f")
        case dict():
            return {key: plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case _:
            return value
