"""What a person of the board or the committee sees of an application, and why not.

One SQL expression a question, used by every page, search, count, export and PDF: as a predicate it
narrows the rows, as a column it gives the reason. Nothing else decides what may be seen. All but
`recusal_sight` ask `_kept_out` first and `_undeclared` after it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    ColumnElement,
    Select,
    Uuid,
    and_,
    bindparam,
    case,
    exists,
    false,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from portal.core.access import HIDDEN, Access, no, yes
from portal.core.accounts.models import DECIDING, MUNICIPAL, Person, Role, RoleGrant
from portal.core.accounts.rights import holds
from portal.core.db import db
from portal.core.errors import Message
from portal.grants.applications.models import Application, ApplicationState
from portal.grants.applications.rights import SEALED, is_unsealed
from portal.grants.competitions.models import Competition
from portal.grants.evaluation.membership import on_committee
from portal.grants.evaluation.models import (
    Assignment,
    CheckState,
    CommitteeRole,
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


_OfAPair = Assignment | Declaration | ScoreSheet | Suspicion


class Sight(StrEnum):
    """What stands between a person and an application; `open` is nothing."""

    OPEN = "open"
    SEALED = "sealed"
    RECUSED = "recused"
    SUSPECTED = "suspected"
    UNDECLARED = "undeclared"
    NOT_ASSIGNED = "not_assigned"
    OWN_SHEET_FIRST = "own_sheet_first"
    BEFORE_DISCUSSION = "before_discussion"
    STRANGER = "stranger"


REASONS: dict[Sight, Message] = {
    Sight.SEALED: SEALED.reason,
    Sight.RECUSED: _l(
        "You are recused from this application: a conflict of interest is declared or confirmed."
    ),
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


def _any(
    table: type[_OfAPair], person: Key, application: Key, *where: ColumnElement[bool]
) -> ColumnElement[bool]:
    """Whether a row of the person on the application, of which `where` holds, is there."""
    return exists().where(table.person_id == person, table.application_id == application, *where)


def _conflict(person: Key, application: Key) -> ColumnElement[bool]:
    return _any(_Declaration, person, application, _Declaration.kind != ConflictKind.NONE)


def _confirmed(person: Key, application: Key) -> ColumnElement[bool]:
    return _any(_Suspicion, person, application, _Suspicion.confirmed.is_(True))


def suspected(person: Key, application: Key) -> ColumnElement[bool]:
    """Whether a suspected conflict waits for the chair."""
    return _any(_Suspicion, person, application, _Suspicion.confirmed.is_(None))


def declared(person: Key, application: Key) -> ColumnElement[bool]:
    """Whether the person has declared anything about the application."""
    return _any(_Declaration, person, application)


def assigned(person: Key, application: Key) -> ColumnElement[bool]:
    """Whether the person is to score the application, now."""
    return _any(_Assignment, person, application, _Assignment.ended_at.is_(None))


def scored(person: Key, application: Key) -> ColumnElement[bool]:
    """Whether the person has a submitted sheet on the application."""
    return _any(_ScoreSheet, person, application, _ScoreSheet.state == SheetState.SUBMITTED)


def _unhindered(person: Key, application: Key) -> ColumnElement[bool]:
    """Whether no conflict keeps the person from the application, declared or suspected."""
    return and_(unrecused(person, application), ~suspected(person, application))


def undeclared(person: Key, application: Key) -> ColumnElement[bool]:
    """Whether somebody whom nothing keeps from the application has still to declare about it."""
    return and_(~declared(person, application), _unhindered(person, application))


def unconflicted(person: Key, application: Key) -> ColumnElement[bool]:
    """Whether nothing keeps a person of the board from the application: for lists that go over
    many competitions.
    """
    return and_(declared(person, application), _unhindered(person, application))


def of_the_board(application: Application, roles: Iterable[Role]) -> Sequence[Person]:
    """Who of the board holds one of the roles today, and nothing keeps from the application."""
    holding = select(RoleGrant.person_id).where(
        RoleGrant.scope_id == application.competition.municipality_id,
        RoleGrant.role.in_(roles),
        RoleGrant.is_living,
    )
    return db.session.scalars(
        select(Person)
        .join(Application, Application.id == application.id)
        .where(
            Person.id.in_(holding),
            Person.closed_at.is_(None),
            unconflicted(Person.id, Application.id),
        )
        .order_by(Person.id)
    ).all()


def discussed(application: Key) -> ColumnElement[bool]:
    """Whether there are points on the application that an open discussion shows."""
    return exists().where(_ScoreSheet.application_id == application, shown_once_open(_ScoreSheet))


def shown_once_open(sheet: type[ScoreSheet]) -> ColumnElement[bool]:
    """Submitted sheets, and those that were reopened; not what members took back themselves."""
    return and_(
        sheet.state != SheetState.DRAFT, sheet.reopened_by_id.is_distinct_from(sheet.person_id)
    )


@dataclass(frozen=True, slots=True)
class Viewer:
    """How a person stands to a competition, and how far it is: what a sight asks first."""

    sealed: bool  # the deadline is still to come
    board: bool  # of its municipality
    audits: bool  # reads everything, and declares nothing
    known: bool  # of the board, or on the committee
    leads: bool  # as chair or secretary
    opened: bool  # the discussion


def viewer(actor: Person, competition: Competition) -> Viewer:
    """From the actor's grants of today."""
    board = bool(holds(actor, MUNICIPAL, competition.municipality_id))
    return Viewer(
        sealed=not is_unsealed(competition),
        board=board,
        audits=board and not holds(actor, DECIDING, competition.municipality_id),
        known=board or bool(on_committee(actor, competition.id)),
        leads=bool(
            on_committee(actor, competition.id, CommitteeRole.CHAIR, CommitteeRole.SECRETARY)
        ),
        opened=competition.discussion_opened_at is not None,
    )


SightOf = Callable[[Viewer, Key, Key], ColumnElement[str]]
"""What stands between a person and a row of applications, from who they are to it, and the keys
of the person and of the competition.
"""


def content_sight(viewer: Viewer, person: Key, competition: Key) -> ColumnElement[str]:
    """What stands between the person and the content of an application of the competition."""
    elsewhere = _flag(not (viewer.leads or viewer.opened or viewer.board))
    return _case(
        *_kept_out(viewer, person, competition),
        (and_(_flag(not viewer.board), ~is_eligible()), Sight.STRANGER),
        _undeclared(viewer, person),
        (and_(elsewhere, ~assigned(person, Application.id)), Sight.NOT_ASSIGNED),
    )


def scoring_sight(viewer: Viewer, person: Key, competition: Key) -> ColumnElement[str]:
    """What stands between the person and a sheet of their own on an application."""
    return _case(
        *_kept_out(viewer, person, competition),
        (~is_eligible(), Sight.STRANGER),
        _undeclared(viewer, person),
        (~assigned(person, Application.id), Sight.NOT_ASSIGNED),
    )


def result_sight(viewer: Viewer, person: Key, competition: Key) -> ColumnElement[str]:
    """What stands between the person and the points on an application: the members' sheets, and
    its line in the ranking, which is made of them.

    An application that is checked again may come back, so whoever owes a sheet on it waits.
    """
    owes = and_(assigned(person, Application.id), ~scored(person, Application.id))
    return _case(
        *_kept_out(viewer, person, competition),
        (_flag(not (viewer.opened or viewer.audits)), Sight.BEFORE_DISCUSSION),
        _undeclared(viewer, person),
        (owes, Sight.OWN_SHEET_FIRST),
    )


def conflict_sight(viewer: Viewer, person: Key, competition: Key) -> ColumnElement[str]:
    """What stands between a person and whatever concerns an application: a letter, a decision."""
    return _case(*_kept_out(viewer, person, competition), _undeclared(viewer, person))


def recusal_sight(_viewer: Viewer, person: Key, _competition: Key) -> ColumnElement[str]:
    """What stands between the person and an application where only a conflict of interest may."""
    return _case(*_conflicts(person))


def sight(of: SightOf, actor: Person | None, competition: Competition) -> ColumnElement[str]:
    """A sight of the actor's as a column; to be selected with applications."""
    if actor is None:
        return literal(Sight.STRANGER.value)
    return of(viewer(actor, competition), actor.id, competition.id)


def visible(of: SightOf, actor: Person | None, competition: Competition) -> ColumnElement[bool]:
    """A sight of the actor's as a predicate: applications with nothing in between."""
    return sight(of, actor, competition) == Sight.OPEN.value


def access_to(of: SightOf, actor: Person | None, application: Application) -> Access:
    """The actor's sight of one application, as an answer with its reason."""
    if actor is None:
        return HIDDEN
    competition = application.competition
    code = db.session.scalar(one(of, viewer(actor, competition)), keys_of(actor, application))
    seen = access_by(Sight(code or Sight.STRANGER))
    role = holds(actor, MUNICIPAL, competition.municipality_id) | on_committee(
        actor, competition.id
    )
    return role & seen if role else seen


@cache
def one(of: SightOf, viewer: Viewer) -> Select[str]:
    """The sight of one application, asked with `keys_of`; built once, for all ask it often."""
    person, competition, application = (
        bindparam(name, type_=Uuid()) for name in ("person", "competition", "application")
    )
    return select(of(viewer, person, competition)).where(Application.id == application)


def keys_of(actor: Person, application: Application) -> dict[str, UUID]:
    """What the statement of `one` is asked with."""
    return {
        "person": actor.id,
        "competition": application.competition_id,
        "application": application.id,
    }


NOTHING_BETWEEN = yes("nothing_between", _l("Nothing keeps you from this application."))


def access_by(sight: Sight) -> Access:
    """What a sight means: open, explained, or as if nothing were there."""
    if sight is Sight.OPEN:
        return NOTHING_BETWEEN
    return no(REASONS[sight]) if sight in REASONS else HIDDEN


_Step = tuple[ColumnElement[bool], Sight]


def _kept_out(viewer: Viewer, person: Key, competition: Key) -> tuple[_Step, ...]:
    """What is not of this competition, conflicts of interest, and the deadline. Who registered it
    on paper knows what it says.
    """
    strange = or_(
        _flag(not viewer.known),
        Application.competition_id != competition,
        Application.state != ApplicationState.SUBMITTED,
    )
    early = and_(_flag(viewer.sealed), Application.registered_by_id.is_distinct_from(person))
    return (
        (strange, Sight.STRANGER),
        *_conflicts(person),
        (early, Sight.SEALED if viewer.board else Sight.STRANGER),
    )


def _conflicts(person: Key) -> tuple[_Step, ...]:
    return (
        (recused(person, Application.id), Sight.RECUSED),
        (suspected(person, Application.id), Sight.SUSPECTED),
    )


def _undeclared(viewer: Viewer, person: Key) -> _Step:
    """The board declares about all that came in, the committee about what it evaluates."""
    owed = _flag(not (viewer.audits or viewer.sealed))
    asked = or_(_flag(viewer.board), is_eligible())
    return and_(owed, asked, ~declared(person, Application.id)), Sight.UNDECLARED


def _flag(value: bool) -> ColumnElement[bool]:
    return true() if value else false()


def _case(*steps: _Step) -> ColumnElement[str]:
    return case(
        *((condition, literal(sight.value)) for condition, sight in steps),
        else_=literal(Sight.OPEN.value),
    )
