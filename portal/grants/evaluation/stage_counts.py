"""Counts of each competition's evaluation, for the board's pages."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import ColumnElement, Row, ScalarSelect, exists, func, select

from portal.core import clock
from portal.core.accounts.models import Person, RoleGrant
from portal.core.db import db
from portal.core.errors import Message
from portal.grants.applications.models import Application, ApplicationState
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


def evaluation(
    actor: Person, competitions: Sequence[Competition]
) -> Iterable[tuple[UUID, StageCount]]:
    """Counts of checks, committee, sheets, ranking and meetings."""
    rows = db.session.execute(
        select(
            Competition.id,
            _applications(Application.state == ApplicationState.SUBMITTED).label("submitted"),
            _checked(CheckState.ELIGIBLE).label("eligible"),
            _checked(CheckState.INELIGIBLE).label("ineligible"),
            select(func.count(RoleGrant.person_id.distinct()))
            .where(
                RoleGrant.scope_id == Competition.id,
                RoleGrant.role.in_(COMMITTEE),
                RoleGrant.is_living,
            )
            .scalar_subquery()
            .label("seats"),
            _current(ScoreSheet, ScoreSheet.state == SheetState.SUBMITTED).label("sheets"),
            _current(Assignment, Assignment.ended_at.is_(None)).label("owed"),
            _applications(
                is_eligible(),
                exists().where(
                    ScoreSheet.application_id == Application.id,
                    ScoreSheet.state == SheetState.SUBMITTED,
                ),
            ).label("ranked"),
            select(func.count(Meeting.id))
            .where(Meeting.competition_id == Competition.id)
            .scalar_subquery()
            .label("meetings"),
        ).where(Competition.id.in_([one.id for one in competitions]))
    )
    found = {row.id: row for row in rows}
    now = clock.now()
    for one in competitions:
        stand = phase(one, now)
        if stand not in (Phase.DRAFT, Phase.CANCELLED):
            for count in _stages(one, stand, found[one.id]):
                yield one.id, count


def _stages(competition: Competition, stand: Phase, figures: Row[Any]) -> Iterable[StageCount]:
    """Before the deadline there is only the committee to appoint."""
    closed = stand not in (Phase.ANNOUNCED, Phase.OPEN)
    checking = figures.eligible + figures.ineligible < figures.submitted
    scoring = figures.sheets < figures.owed or not figures.owed
    if stand is not Phase.CLOSED:
        now = 0
    elif checking:
        now = 20
    else:
        now = 40 if scoring else 60

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
        held = figures.meetings
        label = ngettext("meeting of the committee", "meetings of the committee", held)
        yield count(60, label, held, "meetings.index")


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
        exists().where(
            EligibilityCheck.application_id == Application.id, EligibilityCheck.state == state
        ),
    )


def _current(
    kind: type[Assignment | ScoreSheet], is_current: ColumnElement[bool]
) -> ScalarSelect[int]:
    """A subquery counting rows of eligible applications that meet `is_current`, without those of
    recused members."""
    return (
        select(func.count())
        .select_from(kind)
        .join(Application, Application.id == kind.application_id)
        .where(
            Application.competition_id == Competition.id,
            is_current,
            is_eligible(),
            unrecused(kind.person_id, Application.id),
        )
        .scalar_subquery()
    )
