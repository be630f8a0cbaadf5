"""Queries for the desk: the state of each competition, and coming dates."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from portal.core import clock, formats
from portal.core.accounts.models import Person
from portal.core.db import db
from portal.core.periods import in_time
from portal.grants.applications.models import Application, ApplicationState
from portal.grants.competitions import hooks
from portal.grants.competitions.hooks import StageCount
from portal.grants.competitions.models import Competition, CompetitionState
from portal.grants.competitions.queries import of_board

SOON = timedelta(days=30)
MOST = 5  # dates that are shown


@dataclass(frozen=True, slots=True)
class Ahead:
    """A coming date."""

    at: datetime
    when: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Strip:
    """A competition that is not over: stages with counts, and drafts."""

    competition: Competition
    stages: Sequence[StageCount]
    drafts: int


def ahead(strips: Sequence[Strip]) -> list[Ahead]:
    """Openings, deadlines and promised results of the next thirty days."""
    now = clock.now()
    found = [date for strip in strips for date in _dates(strip)]
    soon = [date for date in found if in_time(date.at, now) and date.at < now + SOON]
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
        _("%(code)s closes, %(drafts)s", code=code, drafts=drafts)
        if strip.drafts
        else _("%(code)s closes", code=code),
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
            Competition.state.in_(
                (CompetitionState.ANNOUNCED, CompetitionState.DECIDED, CompetitionState.PUBLISHED)
            ),
        )
        .order_by(Competition.deadline.desc())
        .limit(12)
    ).all()
    stages = hooks.counts_by_competition(actor, competitions)
    drafts = _drafts(competitions)
    return [Strip(one, stages[one.id], drafts.get(one.id, 0)) for one in competitions]


def _drafts(competitions: Sequence[Competition]) -> dict[UUID, int]:
    """The number of drafts by competition."""
    rows = db.session.execute(
        select(Application.competition_id, func.count())
        .where(
            Application.competition_id.in_([one.id for one in competitions]),
            Application.state == ApplicationState.DRAFT,
            Application.deleted_at.is_(None),
        )
        .group_by(Application.competition_id)
    )
    return {row[0]: row[1] for row in rows}
