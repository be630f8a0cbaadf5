"""Pure rules of competitions: phases by the clock, transitions, and freezing."""

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
    """The phase of a competition. Open and closed follow from the clock alone."""

    DRAFT = "draft"
    ANNOUNCED = "announced"  # announced, not yet open
    OPEN = "open"
    CLOSED = "closed"  # the deadline has passed, nothing is decided
    DECIDED = "decided"  # signed by the head, not yet public
    PUBLISHED = "published"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class CompetitionEvent(StrEnum):
    """An event of a competition. The first two come from the clock, the others from verbs."""

    OPEN = "open"
    CLOSE = "close"
    ANNOUNCE = "announce"
    AMEND = "amend"
    EXTEND = "extend"  # an amendment after the close that moves the deadline into the future
    PROPOSE = "propose"  # decisions are drafted, possibly repeatedly
    SIGN_OFF = "sign_off"
    TAKE_BACK = "take_back"  # the signature, before publication
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

# The stored state of each phase; those of the clock are not stored.
STORED: dict[Phase, CompetitionState] = {
    **{
        phase: CompetitionState(phase) for phase in Phase if phase not in (Phase.OPEN, Phase.CLOSED)
    },
    Phase.OPEN: CompetitionState.ANNOUNCED,
    Phase.CLOSED: CompetitionState.ANNOUNCED,
}

FROZEN = frozenset(Phase) - {Phase.DRAFT, Phase.ANNOUNCED}


def phase(competition: Competition, now: datetime) -> Phase:
    """The phase at `now`. Open from the opening up to and including the deadline's second.

    queries.in_phase is the same in SQL.
    """
    if competition.state is not CompetitionState.ANNOUNCED:
        return Phase(competition.state)
    if not has_come(competition.opens_at, now):
        return Phase.ANNOUNCED
    return Phase.OPEN if in_time(competition.deadline, now) else Phase.CLOSED


def public_phase(phase: Phase) -> Phase:
    """The phase shown to the public: a signed decision is hidden until it is published."""
    return Phase.CLOSED if phase is Phase.DECIDED else phase


def state_after(
    competition: Competition, event: CompetitionEvent, now: datetime
) -> CompetitionState:
    """The state after `event` at `now`. Raises StateConflict for an impossible event."""
    return STORED[WORKFLOW.next(competition, phase(competition, now), event)]


def allows(competition: Competition, event: CompetitionEvent, now: datetime) -> bool:
    """Whether `event` is possible at `now`."""
    return WORKFLOW.allows(phase(competition, now), event)


def frozen(competition: Competition, now: datetime) -> bool:
    """Whether form and criteria are frozen: from the opening on."""
    return phase(competition, now) in FROZEN


def is_public(competition: Competition) -> bool:
    """Whether the competition is public: from its announcement on."""
    return competition.announced_at is not None


# ---------------------------------------------------------------- the snapshot

# The kinds of document by kind of call; the first is required.
DOCUMENT_KINDS = (
    "regulations",
    "application_form",
    "guidelines",
    "lump_sum_method",
    "criteria",
    "partner_statement",
    "at_risk_statement",
    "publicity",
    "school_action_plan",
    "implementing_rules",
    "order",
    "other",
)

_SECTION = ("key", "title", "hint")
_QUESTION = ("key", "kind", "label", "hint", "required", "settings", "measures", "level")
_CRITERION = (
    "key",
    "kind",
    "title",
    "guidance",
    "maximum",
    "step",
    "weight",
    "minimum",
    "levels",
    "comment_below",
    "tie_break",
    "section_key",
)


def terms_snapshot(competition: Competition) -> dict[str, Any]:
    """Present terms, form and criteria as plain JSON, for seals.

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
    """[{"field", "old", "new"}] of every changed term, as plain JSON; instants in UTC."""
    return [
        {"field": name, "old": plain(getattr(before, name)), "new": plain(getattr(after, name))}
        for name in NAMES
        if getattr(before, name) != getattr(after, name)
    ]


def _plain(row: Competition | Section | Question | Criterion, names: Iterable[str]) -> Any:
    return {name: plain(getattr(row, name)) for name in names}


def plain(value: Any) -> Any:
    """A value as JSON, the same from a form and from the database."""
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
