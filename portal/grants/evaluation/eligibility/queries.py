"""Queries on eligibility checks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, case, exists, func, literal, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import joinedload, selectinload

from portal.core import clock
from portal.core.accounts.models import DECIDING, Person, Role
from portal.core.arrival import taken_in
from portal.core.db import db
from portal.core.periods import in_time
from portal.core.questions.models import AnswerFile, AnswerSet
from portal.grants.applications.models import Application, ApplicationState, Counted, Reply
from portal.grants.applications.rights import is_unsealed
from portal.grants.competitions.models import Competition, Criterion, CriterionKind
from portal.grants.competitions.queries import in_phase, of_board
from portal.grants.competitions.rules import Phase
from portal.grants.evaluation.eligibility.models import (
    CheckState,
    Clarification,
    EligibilityAnswer,
    EligibilityCheck,
    Verdict,
)
from portal.grants.evaluation.eligibility.rules import Answered
from portal.grants.evaluation.visibility import Sight, content_sight, sight, unconflicted

_REPLY_FILES = (
    joinedload(Clarification.answer_set, innerjoin=True)
    .selectinload(AnswerSet.files)
    .joinedload(AnswerFile.file, innerjoin=True),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line in the list of checks: applicant, state, and waiting time.

    If it is closed to the reader, `sight` gives the reason, and `title` is empty.
    """

    number: str
    sight: Sight
    title: str
    applicant: str
    state: CheckState
    since: datetime
    proposed_by: UUID | None
    until: datetime | None  # of the open clarification


def checks(actor: Person, competition: Competition, *states: CheckState) -> list[Line]:
    """Valid applications with their checks, longest waiting first; of `states`, or all."""
    state = _state()
    replied = (
        select(func.max(Reply.received_at))
        .where(Reply.submission_id == Counted.submission_id)
        .correlate(Counted)
        .scalar_subquery()
    )
    since = func.coalesce(
        EligibilityCheck.confirmed_at,
        EligibilityCheck.proposed_at,
        Clarification.asked_at,
        replied,
        func.greatest(Counted.submitted_at, competition.deadline),
    )
    seen = sight(content_sight, actor, competition)
    query = (
        select(
            Application.number,
            seen,
            case((seen == Sight.OPEN.value, Counted.title), else_=""),
            Counted.applicant,
            state,
            since,
            EligibilityCheck.proposed_by_id,
            Clarification.until,
        )
        .join(Counted, Counted.application_id == Application.id)
        .outerjoin(EligibilityCheck, EligibilityCheck.application_id == Application.id)
        .outerjoin(
            Clarification, (Clarification.check_id == EligibilityCheck.id) & Clarification.waits
        )
        .where(_counted(competition))
        .order_by(since, Application.ordinal)
    )
    if states:
        query = query.where(state.in_(states))
    return [
        Line(number or "", Sight(seen), title, name, CheckState(code), at, by, until)
        for number, seen, title, name, code, at, by, until in db.session.execute(query)
    ]


def counts(competition: Competition) -> dict[CheckState, int]:
    """The number of valid applications by state."""
    state = _state()
    rows = db.session.execute(
        select(state, func.count())
        .select_from(Application)
        .outerjoin(EligibilityCheck, EligibilityCheck.application_id == Application.id)
        .where(_counted(competition))
        .group_by(state)
    )
    found = dict.fromkeys(CheckState, 0)
    return found | {CheckState(code): count for code, count in rows}


def _state() -> ColumnElement[CheckState]:
    """The state of an application's check, which exists from the first answer on."""
    return func.coalesce(EligibilityCheck.state, CheckState.OPEN)


def to_check(actor: Person) -> Sequence[Row[Competition, str | None, str, str]]:
    """What the officer has to check in closed calls, earliest deadline first: competition,
    application's number, applicant, title. Without clarified checks."""
    what = select(Competition, Application.number, Counted.applicant, Counted.title)
    return db.session.execute(
        _of_officer(actor, what)
        .outerjoin(EligibilityCheck, EligibilityCheck.application_id == Application.id)
        .where(
            Application.state == ApplicationState.SUBMITTED,
            _state() == CheckState.OPEN,
            ~exists().where(
                Clarification.check_id == EligibilityCheck.id, Clarification.reply_id.is_not(None)
            ),
        )
        .order_by(Competition.deadline, Application.number)
    ).all()


def clarified(actor: Person) -> Sequence[Row[Competition, str | None, str, Clarification]]:
    """Clarifications in closed calls after which an officer has to continue: replied to, or
    overdue. Earliest first."""
    replied = and_(EligibilityCheck.state == CheckState.OPEN, Clarification.reply_id.is_not(None))
    over = and_(
        EligibilityCheck.state == CheckState.CLARIFYING,
        Clarification.waits,
        ~in_time(Clarification.until, taken_in()),
    )
    what = select(Competition, Application.number, Counted.applicant, Clarification)
    return db.session.execute(
        _of_officer(actor, what)
        .join(EligibilityCheck, EligibilityCheck.application_id == Application.id)
        .join(Clarification, Clarification.check_id == EligibilityCheck.id)
        .where(or_(replied, over))
        .order_by(Clarification.asked_at)
        .options(joinedload(Clarification.reply))
    ).all()


def to_confirm(actor: Person) -> Sequence[Row[Competition, str | None, datetime | None, str]]:
    """Proposed rejections that the actor can confirm as the second person: competition, number,
    when and by whom proposed."""
    return db.session.execute(
        select(Competition, Application.number, EligibilityCheck.proposed_at, Person.name)
        .select_from(EligibilityCheck)
        .join(EligibilityCheck.application)
        .join(Application.competition)
        .join(Person, Person.id == EligibilityCheck.proposed_by_id)
        .where(
            of_board(actor, *DECIDING),
            EligibilityCheck.state == CheckState.REJECTION_PROPOSED,
            EligibilityCheck.proposed_by_id != actor.id,
            unconflicted(actor.id, Application.id),
        )
    ).all()


def _of_officer(actor: Person, what: Any) -> Any:
    """Filter for closed calls in which the actor is an officer, without applications closed by a
    conflict."""
    return (
        what.select_from(Application)
        .join(Competition, Competition.id == Application.competition_id)
        .join(Counted, Counted.application_id == Application.id)
        .where(
            of_board(actor, Role.OFFICER),
            in_phase(Phase.CLOSED, clock.now()),
            unconflicted(actor.id, Application.id),
        )
    )


def _counted(competition: Competition) -> ColumnElement[bool]:
    """Submitted and not withdrawn; none before the deadline, when all is sealed."""
    return and_(
        literal(is_unsealed(competition)),
        Application.competition_id == competition.id,
        Application.state == ApplicationState.SUBMITTED,
    )


def criteria(competition: Competition) -> Sequence[Criterion]:
    """The eligibility criteria, in order."""
    return db.session.scalars(
        select(Criterion)
        .where(
            Criterion.competition_id == competition.id,
            Criterion.kind == CriterionKind.ELIGIBILITY,
        )
        .order_by(Criterion.position)
    ).all()


def check_of(application: Application) -> EligibilityCheck | None:
    """The application's check with answers and clarifications; None before the first answer."""
    return db.session.scalar(
        select(EligibilityCheck)
        .where(EligibilityCheck.application_id == application.id)
        .options(
            selectinload(EligibilityCheck.answers),
            selectinload(EligibilityCheck.clarifications).options(*_REPLY_FILES),
            selectinload(EligibilityCheck.clarifications).joinedload(Clarification.reply),
            joinedload(EligibilityCheck.proposed_by),
            joinedload(EligibilityCheck.confirmed_by),
        )
    )


def answered(check: EligibilityCheck | None, criteria: Sequence[Criterion]) -> dict[str, Answered]:
    """The given answers by the criteria's keys."""
    keys = {criterion.id: criterion.key for criterion in criteria}
    answers = check.answers if check else ()
    return {keys[a.criterion_id]: Answered(a.verdict, a.reason) for a in answers}


def unclear(application: Application) -> str:
    """The reasons of unclear answers, as the default of the question to the applicant."""
    check = check_of(application)
    noted = [a.reason for a in check.answers if a.verdict is Verdict.CLARIFY] if check else []
    return "\n".join(noted)


def waiting(check: EligibilityCheck | None) -> Clarification | None:
    """The open clarification of a check."""
    asked = check.clarifications if check else ()
    return next((c for c in asked if c.waits), None)


def clarifications_of(application: Application) -> Sequence[Clarification]:
    """The application's clarifications, latest first, without those taken back unanswered.

    For the applicants: without the check and its answers.
    """
    return db.session.scalars(
        select(Clarification)
        .join(Clarification.check)
        .where(EligibilityCheck.application_id == application.id)
        .order_by(Clarification.asked_at.desc(), Clarification.id.desc())
        .options(*_REPLY_FILES, joinedload(Clarification.reply))
    ).all()


def reply_file(application: Application, key: UUID) -> AnswerFile | None:
    """A file of a reply of this application; for the loader."""
    return db.session.scalar(
        select(AnswerFile)
        .join(Clarification, Clarification.answer_set_id == AnswerFile.set_id)
        .join(Clarification.check)
        .where(AnswerFile.id == key, EligibilityCheck.application_id == application.id)
        .options(
            joinedload(AnswerFile.file, innerjoin=True),
            joinedload(AnswerFile.answer_set, innerjoin=True),
        )
    )


@dataclass(frozen=True, slots=True)
class Rejected:
    """An ineligible application, and the reasons."""

    number: str
    title: str
    applicant: str
    reasons: Sequence[str]


def rejected(competition: Competition) -> list[Rejected]:
    """The applications rejected in the eligibility check, with the reasons of every no."""
    why = func.array_agg(aggregate_order_by(EligibilityAnswer.reason, Criterion.position.asc()))
    rows = db.session.execute(
        select(Application.number, Counted.title, Counted.applicant, why)
        .join(Counted, Counted.application_id == Application.id)
        .join(EligibilityCheck, EligibilityCheck.application_id == Application.id)
        .join(EligibilityAnswer, EligibilityAnswer.check_id == EligibilityCheck.id)
        .join(EligibilityAnswer.criterion)
        .where(
            Application.competition_id == competition.id,
            EligibilityCheck.state == CheckState.INELIGIBLE,
            EligibilityAnswer.verdict == Verdict.NO,
        )
        .group_by(Application.id, Counted.title, Counted.applicant)
        .order_by(Application.ordinal)
    )
    return [
        Rejected(number or "", title, applicant, reasons)
        for number, title, applicant, reasons in rows
    ]
