"""What a board or committee member may see of an application, and the reason if not.

One SQL expression per question, used by all pages, searches, counts, exports and PDFs: as a
predicate it filters rows, as a column it gives the reason. All access to applications is decided
here. All but `recusal_sight` check `_kept_out` first and `_undeclared` after it.
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
from portal.grants.applications.hooks import SEALED
from portal.grants.applications.models import Application, ApplicationState
from portal.grants.applications.rights import is_unsealed
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

# Aliased tables, so that a predicate never mixes with the query around it.
_Assignment = aliased(Assignment)
_Declaration = aliased(Declaration)
_EligibilityCheck = aliased(EligibilityCheck)
_ScoreSheet = aliased(ScoreSheet)
_Suspicion = aliased(Suspicion)


_OfAPair = Assignment | Declaration | ScoreSheet | Suspicion


class Sight(StrEnum):
    """The reason why an application is closed to a person; `open` if it is not."""

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
    """Applications that the committee evaluates: valid and found eligible."""
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
    """The opposite of `recused`, in a form that PostgreSQL plans as joins."""
    return and_(~_conflict(person, application), ~_confirmed(person, application))


def _any(
    table: type[_OfAPair], person: Key, application: Key, *where: ColumnElement[bool]
) -> ColumnElement[bool]:
    """Whether there is a row of the person on the application that meets `where`."""
    return exists().where(table.person_id == person, table.application_id == application, *where)


def _conflict(person: Key, application: Key) -> ColumnElement[bool]:
    return _any(_Declaration, person, application, _Declaration.kind != ConflictKind.NONE)


def _confirmed(person: Key, application: Key) -> ColumnElement[bool]:
    return _any(_Suspicion, person, application, _Suspicion.confirmed.is_(True))


def suspected(person: Key, application: Key) -> ColumnElement[bool]:
    """Whether a suspected conflict is not settled yet."""
    return _any(_Suspicion, person, application, _Suspicion.confirmed.is_(None))


def declared(person: Key, application: Key) -> ColumnElement[bool]:
    """Whether the person has declared about the application."""
    return _any(_Declaration, person, application)


def assigned(person: Key, application: Key) -> ColumnElement[bool]:
    """Whether the person has to score the application now."""
    return _any(_Assignment, person, application, _Assignment.ended_at.is_(None))


def scored(person: Key, application: Key) -> ColumnElement[bool]:
    """Whether the person has a submitted sheet on the application."""
    return _any(_ScoreSheet, person, application, _ScoreSheet.state == SheetState.SUBMITTED)


def _unhindered(person: Key, application: Key) -> ColumnElement[bool]:
    """Whether the person has no conflict with the application, declared or suspected."""
    return and_(unrecused(person, application), ~suspected(person, application))


def undeclared(person: Key, application: Key) -> ColumnElement[bool]:
    """Whether a person without a conflict has still to declare about the application."""
    return and_(~declared(person, application), _unhindered(person, application))


def unconflicted(person: Key, application: Key) -> ColumnElement[bool]:
    """Whether the application is open to a board member: for lists over many competitions."""
    return and_(declared(person, application), _unhindered(person, application))


def of_the_board(application: Application, roles: Iterable[Role]) -> Sequence[Person]:
    """The board members with one of the roles today to whom the application is open."""
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
    """Whether an open discussion shows points on the application."""
    return exists().where(_ScoreSheet.application_id == application, shown_once_open(_ScoreSheet))


def shown_once_open(sheet: type[ScoreSheet]) -> ColumnElement[bool]:
    """Submitted and reopened sheets, without those taken back by their members."""
    return and_(
        sheet.state != SheetState.DRAFT, sheet.reopened_by_id.is_distinct_from(sheet.person_id)
    )


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person's relation to a competition, and its progress: what a sight checks first."""

    sealed: bool  # before the deadline
    board: bool  # of its municipality's board
    audits: bool  # reads everything, and declares nothing
    known: bool  # of the board, or on the committee
    leads: bool  # as chair or secretary
    opened: bool  # the discussion


def viewer(actor: Person, competition: Competition) -> Viewer:
    """From the actor's present grants."""
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
    """The person's sight of the content of a competition's applications."""
    elsewhere = _flag(not (viewer.leads or viewer.opened or viewer.board))
    return _case(
        *_kept_out(viewer, person, competition),
        (and_(_flag(not viewer.board), ~is_eligible()), Sight.STRANGER),
        _undeclared(viewer, person),
        (and_(elsewhere, ~assigned(person, Application.id)), Sight.NOT_ASSIGNED),
    )


def scoring_sight(viewer: Viewer, person: Key, competition: Key) -> ColumnElement[str]:
    """The person's sight of applications for a score sheet of their own."""
    return _case(
        *_kept_out(viewer, person, competition),
        (~is_eligible(), Sight.STRANGER),
        _undeclared(viewer, person),
        (~assigned(person, Application.id), Sight.NOT_ASSIGNED),
    )


def result_sight(viewer: Viewer, person: Key, competition: Key) -> ColumnElement[str]:
    """The person's sight of the points on applications: the members' sheets, and lines in the
    ranking.

    An application that is checked again may come back, so members with a missing sheet on it have
    to wait.
    """
    owes = and_(assigned(person, Application.id), ~scored(person, Application.id))
    return _case(
        *_kept_out(viewer, person, competition),
        (_flag(not (viewer.opened or viewer.audits)), Sight.BEFORE_DISCUSSION),
        _undeclared(viewer, person),
        (owes, Sight.OWN_SHEET_FIRST),
    )


def conflict_sight(viewer: Viewer, person: Key, competition: Key) -> ColumnElement[str]:
    """A person's sight of all that concerns an application, such as letters and decisions."""
    return _case(*_kept_out(viewer, person, competition), _undeclared(viewer, person))


def recusal_sight(_viewer: Viewer, person: Key, _competition: Key) -> ColumnElement[str]:
    """The person's sight of an application, closed by conflicts of interest only."""
    return _case(*_conflicts(person))


def sight(of: SightOf, actor: Person | None, competition: Competition) -> ColumnElement[str]:
    """A sight of the actor's as a column; to be selected with applications."""
    if actor is None:
        return literal(Sight.STRANGER.value)
    return of(viewer(actor, competition), actor.id, competition.id)


def visible(of: SightOf, actor: Person | None, competition: Competition) -> ColumnElement[bool]:
    """A sight of the actor's as a predicate: the applications that are open."""
    return sight(of, actor, competition) == Sight.OPEN.value


def access_to(of: SightOf, actor: Person | None, application: Application) -> Access:
    """The actor's sight of one application, as Access with its reason."""
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
    """The sight of one application, executed with `keys_of`; cached, as it is used often."""
    person, competition, application = (
        bindparam(name, type_=Uuid()) for name in ("person", "competition", "application")
    )
    return select(of(viewer, person, competition)).where(Application.id == application)


def keys_of(actor: Person, application: Application) -> dict[str, UUID]:
    """The parameters for the statement of `one`."""
    return {
        "person": actor.id,
        "competition": application.competition_id,
        "application": application.id,
    }


NOTHING_BETWEEN = yes("nothing_between", _l("Nothing keeps you from this application."))


def access_by(sight: Sight) -> Access:
    """The access for a sight: allowed, refused with a reason, or hidden."""
    if sight is Sight.OPEN:
        return NOTHING_BETWEEN
    return no(REASONS[sight]) if sight in REASONS else HIDDEN


_Step = tuple[ColumnElement[bool], Sight]


def _kept_out(viewer: Viewer, person: Key, competition: Key) -> tuple[_Step, ...]:
    """Other competitions, conflicts of interest, and the deadline. An officer who registered a
    paper application knows its content."""
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
    """The board declares about all applications, the committee about those that it evaluates."""
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
