"""Queries on a competition's ranking and its blockers."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, partial
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, cast, func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import selectinload

from portal.core.accounts.models import Person
from portal.core.db import db
from portal.grants.applications.models import Application, Counted, Submission
from portal.grants.applications.queries import replies_to
from portal.grants.competitions.models import Competition, Criterion, CriterionKind
from portal.grants.evaluation.committee.queries import closed_to, recusals
from portal.grants.evaluation.eligibility.queries import rejected
from portal.grants.evaluation.models import Meeting, Score, ScoreSheet, SheetState, Vote, VoteKind
from portal.grants.evaluation.ranking.approval import (
    FORM,
    Difference,
    Facts,
    differences,
    digest,
)
from portal.grants.evaluation.ranking.blockers import Blocker, blockers_of
from portal.grants.evaluation.ranking.rules import Measure, Placed, Rubric, Tally, proposals, rank
from portal.grants.evaluation.visibility import (
    Sight,
    is_eligible,
    result_sight,
    sight,
    unrecused,
    visible,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """An application's line in the ranking."""

    application_id: UUID
    title: str
    applicant: str
    seals: tuple[str, ...]  # of its submission and of its sealed replies
    sheets: tuple[UUID, ...]  # that count
    recusals: frozenset[UUID]  # the persons who are recused
    placed: Placed

    @property
    def number(self) -> str:
        return self.placed.number

    @property
    def recused(self) -> int:
        """The number of recusals."""
        return len(self.recusals)

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


@dataclass(frozen=True, slots=True)
class Ranking:
    """All eligible applications in order. Without blockers it can be decided on."""

    rubric: Rubric
    criteria: tuple[tuple[Criterion, int], ...]  # by position, each with its index in the rubric
    entries: tuple[Entry, ...]
    blockers: tuple[Blocker, ...]
    hidden: tuple[tuple[str, Sight], ...]  # numbers hidden from the reader, with the reason
    approval: "Approval | None"  # the committee's last vote on it
    stands: Callable[[], Facts]

    @property
    def facts(self) -> Facts:
        """The facts behind the whole ranking, which a meeting approves; computed on demand."""
        return self.stands()


@dataclass(frozen=True, slots=True)
class Approval:
    """The vote by which a closed meeting approved the ranking, and differences since."""

    meeting: Meeting
    vote: Vote
    facts: Facts
    holds: bool  # whether the approved facts equal the present ones
    differences: tuple[Difference, ...]


def ranking_of(competition: Competition) -> Ranking:
    """The whole ranking, for verbs and for the record. Pages use `ranking_for`."""
    return _ranking(competition, literal(Sight.OPEN.value), frozenset)


def ranking_for(actor: Person, competition: Competition) -> Ranking:
    """The ranking of the applications whose result the actor may see.

    With hidden ones, places are those among the rest: a gap would reveal them.
    """
    found = sight(result_sight, actor, competition)
    return _ranking(competition, found, partial(closed_to, actor, competition))


def hidden_from(actor: Person, competition: Competition) -> Sequence[tuple[str, Sight]]:
    """Numbers of eligible applications whose result is hidden from the actor, and why."""
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
    """The rubric of the ranking, and its criteria by position with their index in sheets.

    Sheets carry points in the order of the criteria's keys (see `_sheets`).
    """
    criteria = db.session.scalars(
        select(Criterion)
        .where(Criterion.competition_id == competition.id, Criterion.kind == CriterionKind.QUALITY)
        .order_by(Criterion.id)
    ).all()
    rubric = Rubric(
        tuple(
            Measure(
                criterion.key,
                Fraction(criterion.maximum or 0),
                Fraction(criterion.weight),
                None if criterion.minimum is None else Fraction(criterion.minimum),
                criterion.tie_break,
            )
            for criterion in criteria
        ),
        Fraction(competition.total_minimum),
        Fraction(competition.spread_flag),
    )
    indexed = [(criterion, index) for index, criterion in enumerate(criteria)]
    return rubric, tuple(sorted(indexed, key=lambda pair: pair[0].position))


def _ranking(
    competition: Competition,
    found: ColumnElement[str],
    conflicts: Callable[[], Collection[str]],
) -> Ranking:
    """The ranking limited to the sight `found`. `conflicts` are numbers whose changes must not be
    revealed to the reader."""
    rubric, criteria = rubric_of(competition)
    meetings, out = meetings_of(competition), recusals(competition)
    ties = [
        vote
        for meeting in meetings
        for vote in meeting.votes
        if vote.kind is VoteKind.TIE and vote.carried
    ]
    orders = [vote.order for vote in ties]
    scored = _scored(competition, found)
    whole = _entries(scored, rubric, orders, out)
    stands = cache(partial(_facts, competition, whole, ties))
    approval = _approval(meetings, stands)
    seen = [one for one in scored if one.sight is Sight.OPEN]
    entries = whole if len(seen) == len(scored) else _entries(seen, rubric, orders, out)
    placed, seen_placed = ([entry.placed for entry in one] for one in (whole, entries))
    hidden = sorted((one.number, one.sight) for one in scored if one.sight is not Sight.OPEN)
    untold: set[str] = set()
    if approval is not None and not approval.holds:
        untold = {*conflicts(), *(number for number, _sight in hidden)}
    is_open = any(meeting.closed_at is None for meeting in meetings)
    blockers = blockers_of(competition, placed, approval, untold, seen=seen_placed, is_open=is_open)
    return Ranking(rubric, criteria, entries, tuple(blockers), tuple(hidden), approval, stands)


@dataclass(frozen=True, slots=True)
class _Scored:
    """An eligible application before it is placed; `sight` is the reader's restriction."""

    number: str
    application_id: UUID
    title: str
    applicant: str
    seals: tuple[str, ...]
    sight: Sight
    sheets: Mapping[UUID, tuple[int, ...]]


def _scored(competition: Competition, found: ColumnElement[str]) -> list[_Scored]:
    sheets, replies = _sheets(competition), replies_to(competition)
    sights = {one.value: one for one in Sight}
    rows = db.session.execute(
        select(
            Application.number,
            Application.id,
            Counted.title,
            Counted.applicant,
            Submission.seal,
            found.label("sight"),
        )
        .join(Counted, Counted.application_id == Application.id)
        .join(Submission, Submission.id == Counted.submission_id)
        .where(Application.competition_id == competition.id, is_eligible())
    )
    return [
        _Scored(
            number or "",
            key,
            title,
            applicant,
            (seal, *(reply.seal for reply in replies.get(key, ()))),
            sights[code],
            sheets.get(key, {}),
        )
        for number, key, title, applicant, seal, code in rows
    ]


def _entries(
    scored: Sequence[_Scored],
    rubric: Rubric,
    orders: Sequence[Sequence[str]],
    out: Mapping[UUID, Collection[UUID]],
) -> tuple[Entry, ...]:
    by_number = {one.number: one for one in scored}
    entries = []
    for placed in rank(
        [Tally(one.number, list(one.sheets.values()), rubric) for one in scored], rubric, orders
    ):
        one = by_number[placed.number]
        entries.append(
            Entry(
                one.application_id,
                one.title,
                one.applicant,
                one.seals,
                tuple(one.sheets),
                frozenset(out.get(one.application_id, ())),
                placed,
            )
        )
    return tuple(entries)


def _facts(competition: Competition, entries: Sequence[Entry], ties: Sequence[Vote]) -> Facts:
    """What a meeting approves: the version of the terms, each ranked application in order with all
    that determines its place, the ineligible ones with reasons, and the votes that broke ties.
    Totals are exact, as "89/2"; sheets, people and votes are given by key."""
    proposed = proposals([entry.placed for entry in entries], competition.number_of_grants)
    return {
        "form": FORM,
        "terms": competition.terms_version,
        "applications": [
            {
                "number": entry.number,
                "seals": list(entry.seals),
                "place": entry.place,
                "total": str(entry.tally.total or 0),
                "proposal": proposal.value,
                "by_criteria": list(entry.placed.by_criteria),
                "by_vote": entry.placed.by_vote,
                "sheets": sorted(map(str, entry.sheets)),
                "recused": sorted(map(str, entry.recusals)),
            }
            for entry, proposal in zip(entries, proposed, strict=True)
        ],
        "ineligible": {one.number: one.reasons for one in rejected(competition)},
        "votes": sorted(str(vote.id) for vote in ties),
    }


def _approval(meetings: Sequence[Meeting], stands: Callable[[], Facts]) -> Approval | None:
    """The last vote on the ranking in a closed meeting, if it was carried."""
    votes = (
        (meeting, meeting.vote_on_ranking)
        for meeting in reversed(meetings)
        if meeting.closed_at and meeting.vote_on_ranking
    )
    meeting, vote = next(votes, (None, None))
    if meeting is None or vote is None or vote.approved is None:
        return None
    holds = vote.digest == digest(stands())
    changed = () if holds else tuple(differences(vote.approved, stands()))
    return Approval(meeting, vote, vote.approved, holds, changed)


def _sheets(competition: Competition) -> dict[UUID, dict[UUID, tuple[int, ...]]]:
    """By application and sheet, the points of each valid sheet, in halves, in the order of the
    criteria's keys."""
    points = func.array_agg(
        aggregate_order_by(cast(Score.points * 2, Integer), Score.criterion_id.asc())
    )
    rows = db.session.execute(
        select(ScoreSheet.application_id, ScoreSheet.id, points)
        .join(Score, Score.sheet_id == ScoreSheet.id)
        .join(Application, Application.id == ScoreSheet.application_id)
        .where(
            Application.competition_id == competition.id,
            ScoreSheet.state == SheetState.SUBMITTED,
            unrecused(ScoreSheet.person_id, ScoreSheet.application_id),
        )
        .group_by(ScoreSheet.id)
    )
    sheets: dict[UUID, dict[UUID, tuple[int, ...]]] = {}
    for application, sheet, halves in rows:
        sheets.setdefault(application, {})[sheet] = tuple(halves)
    return sheets


def meetings_of(competition: Competition) -> Sequence[Meeting]:
    """The competition's meetings with their votes, in order."""
    return db.session.scalars(
        select(Meeting)
        .where(Meeting.competition_id == competition.id)
        .order_by(Meeting.number)
        .options(selectinload(Meeting.recorded))
    ).all()
