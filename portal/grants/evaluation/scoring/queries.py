"""Queries on sheets: a member's work, points, and what is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import joinedload, selectinload

from portal.core.access import Access
from portal.core.accounts.models import Person
from portal.core.accounts.rights import scopes
from portal.core.db import db
from portal.grants.applications.content import Content
from portal.grants.applications.models import Application, Counted
from portal.grants.applications.queries import counted_content, current_submission
from portal.grants.competitions.cached_terms import quality_criteria_of
from portal.grants.competitions.models import Competition, Criterion
from portal.grants.evaluation.committee.models import (
    COMMITTEE,
    Assignment,
    CommitteeRole,
    RoundSettings,
)
from portal.grants.evaluation.scoring import rules
from portal.grants.evaluation.scoring.models import Score, ScoreSheet, SheetState
from portal.grants.evaluation.scoring.rules import Given, Owed, Scale
from portal.grants.evaluation.visibility import (
    Sight,
    Viewer,
    access_by,
    content_sight,
    declared,
    is_eligible,
    keys_of,
    one,
    recused,
    scored,
    suspected,
    unrecused,
    viewer,
)


def criteria(competition: Competition) -> Sequence[Criterion]:
    """The quality criteria, in the order of the sheet."""
    return quality_criteria_of(competition)


def scale(criterion: Criterion) -> Scale:
    """A quality criterion's scale, for the rules."""
    return Scale(
        criterion.key,
        criterion.maximum or Decimal(0),
        criterion.step or Decimal(1),
        criterion.weight,
        criterion.comment_below,
    )


def given(sheet: ScoreSheet | None, criteria: Sequence[Criterion]) -> dict[str, Given]:
    """A sheet's values by the criteria's keys."""
    keys = {criterion.id: criterion.key for criterion in criteria}
    scores = sheet.scores if sheet is not None else ()
    return {keys[s.criterion_id]: Given(s.points, s.comment) for s in scores}


def owed(criteria: Sequence[Criterion], given: Mapping[str, Given]) -> dict[str, Owed]:
    """What is missing for submission, by the criteria's keys."""
    return rules.owed([scale(criterion) for criterion in criteria], given)


_CURRENT = (
    select(ScoreSheet)
    .where(
        ScoreSheet.person_id == bindparam("person"),
        ScoreSheet.application_id == bindparam("application"),
        ScoreSheet.state != SheetState.REPLACED,
    )
    .options(joinedload(ScoreSheet.scores))
    .execution_options(populate_existing=True)
)


def sheet_of(actor: Person, application: Application) -> ScoreSheet | None:
    """The actor's current sheet on the application, with points, reloaded."""
    keys = {"person": actor.id, "application": application.id}
    return db.session.scalars(_CURRENT, keys).unique().one_or_none()


def hold_assignment(actor: Person, application: Application) -> Access:
    """Lock the actor's assignment to the application; returns whether they may write their sheet.

    Recusal ends the assignment, so it happens before or after a verb that holds this lock.
    """
    held = _held(viewer(actor, application.competition))
    code = db.session.scalar(held, keys_of(actor, application))
    return access_by(Sight(code or Sight.NOT_ASSIGNED))


@cache
def _held(viewed_by: Viewer) -> Select[str]:
    return (
        one(content_sight, viewed_by)
        .join(Assignment, Assignment.application_id == Application.id)
        .where(Assignment.person_id == bindparam("person"), Assignment.ended_at.is_(None))
        .with_for_update(of=Assignment)
    )


def sheet(application: Application, key: UUID) -> ScoreSheet | None:
    """A sheet of this application; for the loader."""
    return db.session.scalar(
        select(ScoreSheet)
        .where(ScoreSheet.id == key, ScoreSheet.application_id == application.id)
        .options(selectinload(ScoreSheet.scores), joinedload(ScoreSheet.person, innerjoin=True))
    )


def are_submitted(competition: Competition) -> bool:
    """Whether there is any submitted sheet."""
    found = (
        select(ScoreSheet.id)
        .join(Application, Application.id == ScoreSheet.application_id)
        .where(
            Application.competition_id == competition.id,
            ScoreSheet.state == SheetState.SUBMITTED,
            is_eligible(),
        )
    )
    return db.session.scalar(select(found.exists())) or False


def reopened(sheet: ScoreSheet) -> ScoreSheet | None:
    """The sheet that was taken back or reopened, and replaced by the draft."""
    if sheet.state is not SheetState.DRAFT:
        return None
    return db.session.scalars(
        select(ScoreSheet)
        .where(
            ScoreSheet.application_id == sheet.application_id,
            ScoreSheet.person_id == sheet.person_id,
            ScoreSheet.state == SheetState.REPLACED,
        )
        .order_by(ScoreSheet.replaced_at.desc())
        .limit(1)
    ).first()


# ------------------------------------------------------------------- own work


class WorkState(StrEnum):
    """The state of a member's own work on an application."""

    DECLARE = "declare"
    SUSPECTED = "suspected"
    TO_SCORE = "to_score"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RECUSED = "recused"
    OTHERS = "others"


@dataclass(frozen=True, slots=True)
class Line:
    """An application in a member's own list: applicant, and the state of the member's work."""

    number: str
    title: str
    applicant: str
    mine: WorkState
    scored: int = 0  # criteria with points on one's own draft
    is_assigned: bool = True


def my_work(actor: Person, competition: Competition) -> list[Line]:
    """The actor's own list, without others' work.

    The title is content: it is hidden until the member has declared.
    """
    mine = _mine(actor)
    drafted = (
        select(func.count())
        .where(Score.sheet_id == ScoreSheet.id, Score.points.is_not(None))
        .correlate(ScoreSheet)
        .scalar_subquery()
    )
    given = Assignment.id.is_not(None)
    rows = db.session.execute(
        select(Application.number, Counted.title, Counted.applicant, mine, drafted, given)
        .join(Counted, Counted.application_id == Application.id)
        .outerjoin(Assignment, _own(Assignment, actor))
        .outerjoin(
            ScoreSheet,
            and_(_own(ScoreSheet, actor), ScoreSheet.state != SheetState.REPLACED),
        )
        .where(Application.competition_id == competition.id, is_eligible())
        .order_by(Application.ordinal)
    )
    opened = (WorkState.TO_SCORE, WorkState.DRAFT, WorkState.SUBMITTED)
    return [
        Line(
            number or "",
            title if WorkState(code) in opened else "",
            name,
            WorkState(code),
            scored,
            assigned,
        )
        for number, title, name, code, scored, assigned in rows
    ]


@dataclass(frozen=True, slots=True)
class OwnWork:
    """One's own list with its figures."""

    lines: list[Line]

    @property
    def assigned(self) -> list[Line]:
        """The applications assigned to the member."""
        return [line for line in self.lines if line.is_assigned]

    @property
    def others(self) -> list[Line]:
        """The applications that only others score."""
        return [line for line in self.lines if not line.is_assigned]

    @property
    def submitted(self) -> int:
        return sum(line.mine is WorkState.SUBMITTED for line in self.assigned)

    @property
    def to_declare(self) -> int:
        return sum(line.mine is WorkState.DECLARE for line in self.lines)

    @property
    def owed(self) -> int:
        """The number of sheets required from the member; recusals require none."""
        return sum(line.mine is not WorkState.RECUSED for line in self.assigned)

    @property
    def next(self) -> Line | None:
        """The next one to work on: a draft first, then one not begun."""
        todo = (WorkState.DRAFT, WorkState.TO_SCORE, WorkState.DECLARE)
        waiting = [line for line in self.assigned if line.mine in todo]
        return min(waiting, key=lambda line: todo.index(line.mine), default=None)


def following(actor: Person, competition: Competition, application: Application) -> Line | None:
    """The next one to work on after this application."""
    lines = [line for line in my_work(actor, competition) if line.number != application.number]
    return OwnWork(lines).next


def _own(table: type[Assignment] | type[ScoreSheet], actor: Person) -> ColumnElement[bool]:
    return and_(table.application_id == Application.id, table.person_id == actor.id)


def _mine(actor: Person) -> ColumnElement[str]:
    """The state of one's own work: the first step that is not done."""
    steps: list[tuple[ColumnElement[bool], WorkState]] = [
        (recused(actor.id, Application.id), WorkState.RECUSED),
        (suspected(actor.id, Application.id), WorkState.SUSPECTED),
        (~declared(actor.id, Application.id), WorkState.DECLARE),
        (or_(Assignment.id.is_(None), Assignment.ended_at.is_not(None)), WorkState.OTHERS),
        (ScoreSheet.state == SheetState.SUBMITTED, WorkState.SUBMITTED),
        (ScoreSheet.state == SheetState.DRAFT, WorkState.DRAFT),
    ]
    return case(
        *((condition, literal(mine.value)) for condition, mine in steps),
        else_=literal(WorkState.TO_SCORE.value),
    )


@dataclass(frozen=True, slots=True)
class CommitteeSeat:
    """A competition on whose committee one sits, and the state of one's work."""

    competition: Competition
    roles: tuple[CommitteeRole, ...]
    assigned: int
    submitted: int
    due_at: datetime | None


def my_seats(actor: Person) -> list[CommitteeSeat]:
    """The committees on which the actor sits, latest deadline first; one query."""
    keys = scopes(actor, *COMMITTEE)
    rows = db.session.execute(
        select(Competition, _count(actor), _count(actor, submitted=True), RoundSettings.due_at)
        .outerjoin(RoundSettings, RoundSettings.competition_id == Competition.id)
        .where(Competition.id.in_(keys))
        .order_by(Competition.deadline.desc())
        .options(joinedload(Competition.municipality, innerjoin=True))
    )
    return [
        CommitteeSeat(competition, roles_of(actor, competition), assigned, submitted, due_at)
        for competition, assigned, submitted, due_at in rows
    ]


def roles_of(actor: Person, competition: Competition) -> tuple[CommitteeRole, ...]:
    """The actor's roles on the committee today."""
    return tuple(
        role
        for role in (CommitteeRole.CHAIR, CommitteeRole.SECRETARY, CommitteeRole.MEMBER)
        if competition.id in scopes(actor, role)
    )


def _count(actor: Person, *, submitted: bool = False) -> ColumnElement[int]:
    query: Select[int] = (
        select(func.count())
        .select_from(Assignment)
        .join(Application, Application.id == Assignment.application_id)
        .where(
            Application.competition_id == Competition.id,
            Assignment.person_id == actor.id,
            Assignment.ended_at.is_(None),
            is_eligible(),
            unrecused(actor.id, Application.id),
        )
    )
    if submitted:
        query = query.where(scored(actor.id, Application.id))
    return query.correlate(Competition).scalar_subquery()


# --------------------------------------------------------------------- the content


def content(application: Application) -> Content | None:
    """The valid content for the committee, without what names minors."""
    submission = current_submission(application)
    return counted_content(submission, minors=False) if submission else None
