"""The ranking of a competition as it stands, and what still blocks a decision on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, cast, func, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import selectinload

from portal.core.accounts.models import Organisation, Person, Role
from portal.core.accounts.rights import holds
from portal.core.db import db
from portal.grants.applications.models import Application
from portal.grants.competitions.models import Competition, Criterion, CriterionKind
from portal.grants.evaluation.committee.queries import recusals
from portal.grants.evaluation.models import Meeting, Score, ScoreSheet, SheetState, VoteKind
from portal.grants.evaluation.ranking.blockers import Blocker, blockers_of
from portal.grants.evaluation.ranking.rules import Measure, Placed, Rubric, Tally, rank
from portal.grants.evaluation.visibility import (
    Sight,
    is_eligible,
    result_sight,
    sheets_sight,
    sight,
    unrecused,
    visible,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """An application's line in the ranking."""

    application_id: UUID
    title: str
    organisation: str
    recused: int  # how many members have recused themselves
    placed: Placed

    @property
    def number(self) -> str:
        return self.placed.number

    @property
    def place(self) -> int | None:
        """1 is best; equal places are an unbroken tie; None: not scored, or below a minimum."""
        return self.placed.place

    @property
    def tally(self) -> Tally:
        return self.placed.tally

    @property
    def total(self) -> Fraction | None:
        return self.placed.tally.total

    @property
    def clears_minimums(self) -> bool:
        return self.placed.tally.clears_minimums


@dataclass(frozen=True, slots=True)
class Ranking:
    """Every eligible application in its order. With no blockers it can be decided on."""

    rubric: Rubric
    criteria: tuple[tuple[Criterion, int], ...]  # by position, each with its index in the rubric
    entries: tuple[Entry, ...]
    blockers: tuple[Blocker, ...]

    def entry(self, number: str) -> Entry | None:
        """The line of one application."""
        return next((entry for entry in self.entries if entry.number == number), None)


def ranking_of(competition: Competition) -> Ranking:
    """The whole ranking, for verbs and for the record. A page for a person takes `ranking_for`."""
    return _ranking(competition, true())


def ranking_for(actor: Person, competition: Competition) -> Ranking:
    """The ranking of the applications whose result the actor may see, and of no other.

    Where something is hidden, places are those among the rest: a gap would tell what it hides.
    """
    return _ranking(competition, visible(result_sight, actor, competition))


def hidden_from(actor: Person, competition: Competition) -> Sequence[tuple[str, Sight]]:
    """Numbers of eligible applications whose result the actor does not see, and why."""
    found = sight(result_sight, actor, competition)
    rows = db.session.execute(
        select(Application.number, found)
        .where(
            Application.competition_id == competition.id,
            is_eligible(),
            ~visible(result_sight, actor, competition),
        )
        .order_by(Application.number)
    )
    return [(number or "", Sight(code)) for number, code in rows]


def rubric_of(competition: Competition) -> tuple[Rubric, tuple[tuple[Criterion, int], ...]]:
    """What applications are ranked by, and its criteria by position with their place in sheets.

    Sheets carry their points in the order of the criteria's keys (see `_sheets`).
    """
    criteria = db.session.scalars(
        select(Criterion)
        .where(Criterion.competition_id == competition.id, Criterion.kind == CriterionKind.QUALITY)
        .order_by(Criterion.id)
    ).all()
    rubric = Rubric(
        tuple(_measure(criterion) for criterion in criteria),
        Fraction(competition.total_minimum),
        Fraction(competition.spread_flag),
    )
    indexed = [(criterion, index) for index, criterion in enumerate(criteria)]
    return rubric, tuple(sorted(indexed, key=lambda pair: pair[0].position))


def _measure(criterion: Criterion) -> Measure:
    return Measure(
        criterion.key,
        Fraction(criterion.maximum or 0),
        Fraction(criterion.weight),
        None if criterion.minimum is None else Fraction(criterion.minimum),
        criterion.tie_break,
    )


def _ranking(competition: Competition, shown: ColumnElement[bool]) -> Ranking:
    rubric, criteria = rubric_of(competition)
    applications = db.session.execute(
        select(Application.number, Application.id, Application.title, Organisation.name)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .where(Application.competition_id == competition.id, is_eligible(), shown)
    )
    known = {row.number or "": row for row in applications}
    sheets = _sheets(competition)
    meetings = meetings_of(competition)
    tallies = [Tally(number, sheets.get(row.id, ()), rubric) for number, row in known.items()]
    ranking = rank(tallies, rubric, tie_votes(meetings))
    recused = recusals(competition)
    return Ranking(
        rubric,
        criteria,
        tuple(
            Entry(row.id, row.title, row.name, len(recused.get(row.id, ())), placed)
            for placed in ranking
            for row in [known[placed.number]]
        ),
        tuple(blockers_of(competition, ranking, meetings, recused)),
    )


def _sheets(competition: Competition) -> dict[UUID, list[tuple[int, ...]]]:
    """By application, the points of each counted sheet, in halves and by the criteria's keys."""
    points = func.array_agg(
        aggregate_order_by(cast(Score.points * 2, Integer), Score.criterion_id.asc())
    )
    rows = db.session.execute(
        select(ScoreSheet.application_id, points)
        .join(Score, Score.sheet_id == ScoreSheet.id)
        .join(Application, Application.id == ScoreSheet.application_id)
        .where(
            Application.competition_id == competition.id,
            ScoreSheet.state == SheetState.SUBMITTED,
            unrecused(ScoreSheet.person_id, ScoreSheet.application_id),
        )
        .group_by(ScoreSheet.id)
    )
    sheets: dict[UUID, list[tuple[int, ...]]] = {}
    for application, halves in rows:
        sheets.setdefault(application, []).append(tuple(halves))
    return sheets


def meetings_of(competition: Competition) -> Sequence[Meeting]:
    """The competition's meetings with attendance and votes, in their order."""
    return db.session.scalars(
        select(Meeting)
        .where(Meeting.competition_id == competition.id)
        .order_by(Meeting.number)
        .options(selectinload(Meeting.attendance), selectinload(Meeting.votes))
    ).all()


def tie_votes(meetings: Sequence[Meeting]) -> list[list[str]]:
    """The orders that recorded votes gave to ties, the latest last."""
    return [
        vote.order
        for meeting in meetings
        for vote in meeting.votes
        if vote.kind is VoteKind.TIE and vote.carried
    ]


def open_sheets(actor: Person, competition: Competition) -> frozenset[str]:
    """Numbers of the applications whose lines open into the members' sheets, for the actor."""
    opened = competition.discussion_opened_at is not None
    if not opened and not holds(actor, Role.AUDITOR, competition.municipality_id):
        return frozenset()
    numbers = select(Application.number).where(
        Application.competition_id == competition.id, visible(sheets_sight, actor, competition)
    )
    return frozenset(number or "" for number in db.session.scalars(numbers))
