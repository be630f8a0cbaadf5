"""What a person of the board or the committee sees of an application, and why not.

One SQL expression a question, used by every page, search, count, export and PDF: as a predicate it
narrows the rows, as a column it gives the reason. Nothing else decides what may be seen.
"""

from enum import StrEnum
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, case, exists, false, literal, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, aliased

from portal.core.access import HIDDEN, YES, Answer, no
from portal.core.accounts.models import MUNICIPAL, Person, Role
from portal.core.accounts.rights import holds, on_committee
from portal.core.db import db
from portal.core.errors import Message
from portal.grants.applications.models import Application
from portal.grants.applications.models import State as ApplicationState
from portal.grants.competitions.models import Competition
from portal.grants.evaluation.models import (
    Assignment,
    CheckState,
    ConflictKind,
    Declaration,
    EligibilityCheck,
    ScoreSheet,
    SheetState,
    Suspicion,
)

Key = UUID | InstrumentedAttribute[UUID] | ColumnElement[UUID]

# Tables of their own names, so that a predicate never mixes with the query in which it stands.
_Assignment = aliased(Assignment)
_Declaration = aliased(Declaration)
_EligibilityCheck = aliased(EligibilityCheck)
_ScoreSheet = aliased(ScoreSheet)
_Suspicion = aliased(Suspicion)


class Sight(StrEnum):
    """What stands between a person and an application; `open` is nothing."""

    OPEN = "open"
    RECUSED = "recused"
    SUSPECTED = "suspected"
    UNDECLARED = "undeclared"
    NOT_ASSIGNED = "not_assigned"
    OWN_SHEET_FIRST = "own_sheet_first"
    BEFORE_DISCUSSION = "before_discussion"
    STRANGER = "stranger"


REASONS: dict[Sight, Message] = {
    Sight.RECUSED: _l("You have recused yourself from this application."),
    Sight.SUSPECTED: _l(
        "A conflict of interest is suspected here. The chair looks at it before you can go on."
    ),
    Sight.UNDECLARED: _l("Declare first whether you have a conflict of interest."),
    Sight.NOT_ASSIGNED: _l("Other members of the committee score this application."),
    Sight.OWN_SHEET_FIRST: _l("You see the scores of others once you have submitted your own."),
    Sight.BEFORE_DISCUSSION: _l("Scores are shown when the chair opens the discussion."),
}


def is_eligible() -> ColumnElement[bool]:
    """Applications that the committee evaluates: counted, and found eligible."""
    return and_(
        Application.state == ApplicationState.SUBMITTED,
        exists().where(
            _EligibilityCheck.application_id == Application.id,
            _EligibilityCheck.state == CheckState.ELIGIBLE,
        ),
    )


def recused(person: Key, application: Key) -> ColumnElement[bool]:
    """Whether the person declared a conflict, or the chair confirmed a suspected one."""
    return or_(_conflict(person, application), _confirmed(person, application))


def unrecused(person: Key, application: Key) -> ColumnElement[bool]:
    """The opposite of `recused`, in the form that the database plans as joins."""
    return and_(~_conflict(person, application), ~_confirmed(person, application))


def _conflict(person: Key, application: Key) -> ColumnElement[bool]:
    return exists().where(
        _Declaration.person_id == person,
        _Declaration.application_id == application,
        _Declaration.kind != ConflictKind.NONE,
    )


def _confirmed(person: Key, application: Key) -> ColumnElement[bool]:
    return exists().where(
        _Suspicion.person_id == person,
        _Suspicion.application_id == application,
        _Suspicion.confirmed.is_(True),
    )


def suspected(person: Key, application: Key) -> ColumnElement[bool]:
    """Whether a suspected conflict waits for the chair."""
    return exists().where(
        _Suspicion.person_id == person,
        _Suspicion.application_id == application,
        _Suspicion.confirmed.is_(None),
    )


def declared(person: Key, application: Key) -> ColumnElement[bool]:
    """Whether the person has declared anything about the application."""
    return exists().where(
        _Declaration.person_id == person, _Declaration.application_id == application
    )


def assigned(person: Key, application: Key) -> ColumnElement[bool]:
    """Whether the person is to score the application, now."""
    return exists().where(
        _Assignment.person_id == person,
        _Assignment.application_id == application,
        _Assignment.ended_at.is_(None),
    )


def scored(person: Key, application: Key) -> ColumnElement[bool]:
    """Whether the person has a submitted sheet on the application."""
    return exists().where(
        _ScoreSheet.person_id == person,
        _ScoreSheet.application_id == application,
        _ScoreSheet.state == SheetState.SUBMITTED,
    )


def content_sight(actor: Person | None, competition: Competition) -> ColumnElement[str]:
    """What stands between the actor and the content of an application of the competition."""
    if actor is None:
        return literal(Sight.STRANGER.value)
    board = _board(actor, competition)
    leads = _leads(actor, competition) or competition.discussion_opened_at is not None
    return _case(
        (_stranger(actor, competition), Sight.STRANGER),
        (recused(actor.id, Application.id), Sight.RECUSED),
        (suspected(actor.id, Application.id), Sight.SUSPECTED),
        (_flag(board), Sight.OPEN),
        (~is_eligible(), Sight.STRANGER),
        (~declared(actor.id, Application.id), Sight.UNDECLARED),
        (~or_(_flag(leads), assigned(actor.id, Application.id)), Sight.NOT_ASSIGNED),
    )


def result_sight(actor: Person | None, competition: Competition) -> ColumnElement[str]:
    """What stands between the actor and an application's line in the ranking."""
    if actor is None:
        return literal(Sight.STRANGER.value)
    early = _board(actor, competition) or _leads(actor, competition)
    opened = competition.discussion_opened_at is not None
    return _case(*_before_scores(actor, competition), (_flag(not (early or opened)), _BEFORE))


def sheets_sight(actor: Person | None, competition: Competition) -> ColumnElement[str]:
    """What stands between the actor and the members' sheets on an application."""
    if actor is None:
        return literal(Sight.STRANGER.value)
    opened = competition.discussion_opened_at is not None
    owes_word = not _board(actor, competition)
    return _case(
        *_before_scores(actor, competition),
        (and_(_flag(owes_word), ~declared(actor.id, Application.id)), Sight.UNDECLARED),
        (_flag(not (opened or _audits(actor, competition))), _BEFORE),
    )


def visible(sight: ColumnElement[str]) -> ColumnElement[bool]:
    """A sight as a predicate: rows with nothing in between."""
    return sight == Sight.OPEN.value


def answer(sight: ColumnElement[str], application: Application) -> Answer:
    """A sight of one application as an answer with its reason."""
    code = db.session.scalar(select(sight).where(Application.id == application.id))
    return answer_of(Sight(code or Sight.STRANGER))


def conflict_of(actor: Person | None, application: Application) -> Answer:
    """Whether no conflict of interest keeps a person of the board from the application.

    Only who sits on the committee as well can have one, so nobody else costs a query.
    """
    if actor is None or not on_committee(actor, application.competition_id):
        return YES
    sight = _case(
        (recused(actor.id, Application.id), Sight.RECUSED),
        (suspected(actor.id, Application.id), Sight.SUSPECTED),
    )
    return answer(sight, application)


def answer_of(sight: Sight) -> Answer:
    """What a sight means: open, explained, or as if nothing were there."""
    if sight is Sight.OPEN:
        return YES
    return no(REASONS[sight]) if sight in REASONS else HIDDEN


_BEFORE = Sight.BEFORE_DISCUSSION
_Step = tuple[ColumnElement[bool], Sight]


def _before_scores(actor: Person, competition: Competition) -> tuple[_Step, ...]:
    owes = and_(
        assigned(actor.id, Application.id), ~scored(actor.id, Application.id), is_eligible()
    )
    return (
        (_stranger(actor, competition), Sight.STRANGER),
        (recused(actor.id, Application.id), Sight.RECUSED),
        (suspected(actor.id, Application.id), Sight.SUSPECTED),
        (owes, Sight.OWN_SHEET_FIRST),
    )


def _stranger(actor: Person, competition: Competition) -> ColumnElement[bool]:
    """Nobody of this competition, or an application that is not in it."""
    known = _board(actor, competition) or bool(on_committee(actor, competition.id))
    return or_(
        _flag(not known),
        Application.competition_id != competition.id,
        Application.state != ApplicationState.SUBMITTED,
    )


def _board(actor: Person, competition: Competition) -> bool:
    return bool(holds(actor, MUNICIPAL, competition.municipality_id))


def _audits(actor: Person, competition: Competition) -> bool:
    return bool(holds(actor, Role.AUDITOR, competition.municipality_id))


def _leads(actor: Person, competition: Competition) -> bool:
    return bool(on_committee(actor, competition.id, Role.CHAIR, Role.SECRETARY))


def _flag(value: bool) -> ColumnElement[bool]:
    return true() if value else false()


def _case(*steps: _Step) -> ColumnElement[str]:
    return case(
        *((condition, literal(sight.value)) for condition, sight in steps),
        else_=literal(Sight.OPEN.value),
    )
