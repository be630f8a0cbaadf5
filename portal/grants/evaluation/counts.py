"""How far the evaluation of each competition is, for the board's pages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, ScalarSelect, func, select

from portal.core import clock
from portal.core.accounts.models import Person, RoleGrant
from portal.core.db import db
from portal.core.errors import Message
from portal.grants.applications.models import Application
from portal.grants.applications.models import State as ApplicationState
from portal.grants.competitions.hooks import StageCount
from portal.grants.competitions.models import Competition
from portal.grants.competitions.rules import Phase, phase
from portal.grants.evaluation.committee.models import COMMITTEE
from portal.grants.evaluation.models import (
    Assignment,
    CheckState,
    EligibilityCheck,
    Meeting,
    ScoreSheet,
    SheetState,
)
from portal.grants.evaluation.visibility import is_eligible, unrecused


@dataclass(frozen=True, slots=True)
class Figures:
    """The counts of one competition."""

    submitted: int
    eligible: int
    ineligible: int
    seats: int
    sheets: int
    owed: int
    ranked: int
    meetings: int


def evaluation(
    actor: Person, competitions: Sequence[Competition]
) -> Iterable[tuple[UUID, StageCount]]:
    """What is checked, who sits on the committee, which sheets are in, what is ranked, who met."""
    rows = db.session.execute(
        select(
            Competition.id,
            _applications(Application.state == ApplicationState.SUBMITTED),
            _checked(CheckState.ELIGIBLE),
            _checked(CheckState.INELIGIBLE),
            _seats(),
            _sheets(),
            _owed(),
            _ranked(),
            _meetings(),
        ).where(Competition.id.in_([one.id for one in competitions]))
    )
    found = {row[0]: Figures(*row[1:]) for row in rows}
    now = clock.now()
    for one in competitions:
        stand = phase(one, now)
        if stand not in (Phase.DRAFT, Phase.CANCELLED):
            for count in _stages(one, stand, found[one.id]):
                yield one.id, count


def _stages(competition: Competition, stand: Phase, figures: Figures) -> Iterable[StageCount]:
    """Before the deadline there is only the committee to appoint."""
    closed = stand not in (Phase.ANNOUNCED, Phase.OPEN)
    checking = figures.eligible + figures.ineligible < figures.submitted
    scoring = figures.sheets < figures.owed or not figures.owed
    now = 0 if stand is not Phase.CLOSED else 20 if checking else 40 if scoring else 60

    def count(order: int, label: Message, number: int | str, endpoint: str) -> StageCount:
        url = url_for(endpoint, competition=competition)
        return StageCount(label, number, url, now == order, order)

    if closed:
        yield count(20, _l("eligible"), figures.eligible, "eligibility.index")
    yield count(30, _l("on the committee"), figures.seats, "appointments.index")
    if closed:
        sheets = f"{figures.sheets} / {figures.owed}" if figures.owed else "–"
        yield count(40, _l("score sheets"), sheets, "scoring.progress")
        ranked = figures.ranked if competition.discussion_opened_at else "–"
        yield count(50, _l("in the ranking"), ranked, "ranking.show")
        yield count(60, _l("meetings"), figures.meetings, "meetings.index")


def _applications(*where: ColumnElement[bool]) -> ScalarSelect[int]:
    return (
        select(func.count())
        .select_from(Application)
        .where(Application.competition_id == Competition.id, *where)
        .scalar_subquery()
    )


def _checked(state: CheckState) -> ScalarSelect[int]:
    return _applications(
        Application.state == ApplicationState.SUBMITTED,
        select(EligibilityCheck.id)
        .where(EligibilityCheck.application_id == Application.id, EligibilityCheck.state == state)
        .exists(),
    )


def _seats() -> ScalarSelect[int]:
    return (
        select(func.count(RoleGrant.person_id.distinct()))
        .where(
            RoleGrant.scope_id == Competition.id,
            RoleGrant.role.in_(COMMITTEE),
            RoleGrant.is_living,
        )
        .scalar_subquery()
    )


def _sheets() -> ScalarSelect[int]:
    """Submitted sheets that count."""
    return (
        select(func.count())
        .select_from(ScoreSheet)
        .join(Application, Application.id == ScoreSheet.application_id)
        .where(
            Application.competition_id == Competition.id,
            ScoreSheet.state == SheetState.SUBMITTED,
            is_eligible(),
            unrecused(ScoreSheet.person_id, Application.id),
        )
        .scalar_subquery()
    )


def _owed() -> ScalarSelect[int]:
    return (
        select(func.count())
        .select_from(Assignment)
        .join(Application, Application.id == Assignment.application_id)
        .where(
            Application.competition_id == Competition.id,
            Assignment.ended_at.is_(None),
            is_eligible(),
            unrecused(Assignment.person_id, Application.id),
        )
        .scalar_subquery()
    )


def _ranked() -> ScalarSelect[int]:
    return _applications(
        is_eligible(),
        select(ScoreSheet.id)
        .where(
            ScoreSheet.application_id == Application.id, ScoreSheet.state == SheetState.SUBMITTED
        )
        .exists(),
    )


def _meetings() -> ScalarSelect[int]:
    return (
        select(func.count())
        .select_from(Meeting)
        .where(Meeting.competition_id == Competition.id)
        .scalar_subquery()
    )
