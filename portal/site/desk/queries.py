"""Where each competition of the board stands, and what is coming."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Select, and_, func, select

from portal.core import clock, formats
from portal.core.accounts.models import Person
from portal.core.db import db
from portal.grants.applications.models import Application
from portal.grants.applications.models import State as ApplicationState
from portal.grants.awards.models import Decision, DecisionState
from portal.grants.competitions.models import Competition, State
from portal.grants.competitions.queries import of_board
from portal.grants.competitions.rules import Phase, phase
from portal.grants.evaluation.models import (
    Assignment,
    CheckState,
    EligibilityCheck,
    ScoreSheet,
    SheetState,
)
from portal.grants.evaluation.visibility import unrecused

SOON = timedelta(days=30)
MOST = 5  # dates that are shown


@dataclass(frozen=True, slots=True)
class Ahead:
    """A date that is coming."""

    at: datetime
    when: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Strip:
    """A running competition and its counts, each with the list that it opens."""

    competition: Competition
    phase: Phase
    drafts: int
    submitted: int
    eligible: int
    ineligible: int
    sheets: int
    sheets_owed: int
    decisions: int
    granted: int


def ahead(strips: Sequence[Strip]) -> list[Ahead]:
    """Openings, deadlines and promised results of the next thirty days."""
    now = clock.now()
    found = [date for strip in strips for date in _dates(strip)]
    soon = [date for date in found if now < date.at < now + SOON]
    return sorted(soon, key=lambda date: date.at)[:MOST]


def _dates(strip: Strip) -> Iterator[Ahead]:
    competition = strip.competition
    url, code = url_for("board.show", competition=competition), competition.code
    yield Ahead(
        competition.opens_at,
        formats.instant(competition.opens_at),
        _("%(code)s opens", code=code),
        url,
    )
    drafts = ngettext("%(num)s draft", "%(num)s drafts", strip.drafts)
    yield Ahead(
        competition.deadline,
        formats.instant(competition.deadline),
        _("%(code)s closes, %(drafts)s", code=code, drafts=drafts),
        url,
    )
    if competition.published_at is None:
        yield Ahead(
            clock.end_of(competition.results_by),
            formats.day(competition.results_by),
            _("results of %(code)s promised", code=code),
            url,
        )


def strips(actor: Person) -> list[Strip]:
    """The board's competitions that are not over, with counts; a constant number of queries."""
    competitions = db.session.scalars(
        select(Competition)
        .where(
            of_board(actor),
            Competition.state.in_((State.ANNOUNCED, State.DECIDED, State.PUBLISHED)),
        )
        .order_by(Competition.deadline.desc())
        .limit(12)
    ).all()
    ids = [competition.id for competition in competitions]
    now = clock.now()
    states = _counts(select(Application.competition_id, Application.state, func.count()), ids)
    checks = _counts(
        select(Application.competition_id, EligibilityCheck.state, func.count()).join(
            EligibilityCheck, EligibilityCheck.application_id == Application.id
        ),
        ids,
    )
    sheets = _counts(
        select(Application.competition_id, ScoreSheet.state, func.count()).join(
            ScoreSheet, ScoreSheet.application_id == Application.id
        ),
        ids,
    )
    owed = _counts(
        select(
            Application.competition_id,
            unrecused(Assignment.person_id, Assignment.application_id),
            func.count(),
        ).join(Assignment, Assignment.application_id == Application.id),
        ids,
    )
    decided = _decided(ids)
    return [
        Strip(
            competition=c,
            phase=phase(c, now),
            drafts=states.get((c.id, ApplicationState.DRAFT), 0),
            submitted=states.get((c.id, ApplicationState.SUBMITTED), 0),
            eligible=checks.get((c.id, CheckState.ELIGIBLE), 0),
            ineligible=checks.get((c.id, CheckState.INELIGIBLE), 0),
            sheets=sheets.get((c.id, SheetState.SUBMITTED), 0),
            sheets_owed=owed.get((c.id, True), 0),
            decisions=decided.get(c.id, (0, 0))[0],
            granted=decided.get(c.id, (0, 0))[1],
        )
        for c in competitions
    ]


def _counts(statement: Select[Any, Any, int], ids: Sequence[UUID]) -> dict[tuple[UUID, Any], int]:
    """(competition, state): how many, of a statement that selects just that."""
    rows = db.session.execute(
        statement.where(
            Application.competition_id.in_(ids), Application.deleted_at.is_(None)
        ).group_by(*list(statement.selected_columns)[:2])
    )
    return {(row[0], row[1]): row[2] for row in rows}


def _decided(ids: Sequence[UUID]) -> dict[UUID, tuple[int, int]]:
    """By competition: standing decisions, and grants among them that nobody declined."""
    granted = and_(
        Decision.outcome.in_(("approve", "conditions")), Decision.state != DecisionState.DECLINED
    )
    rows = db.session.execute(
        select(Decision.competition_id, func.count(), func.count().filter(granted))
        .where(Decision.competition_id.in_(ids), Decision.state != DecisionState.REPLACED)
        .group_by(Decision.competition_id)
    )
    return {row[0]: (row[1], row[2]) for row in rows}
