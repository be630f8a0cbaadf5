"""Queries for the discussion: the sheets on one application side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.core.accounts.models import Person
from portal.core.db import db
from portal.grants.applications.models import Application
from portal.grants.competitions.models import Criterion
from portal.grants.evaluation.scoring import rules
from portal.grants.evaluation.scoring.models import ScoreSheet, SheetState
from portal.grants.evaluation.scoring.queries import criteria, given, scale
from portal.grants.evaluation.scoring.rules import Given
from portal.grants.evaluation.visibility import (
    result_sight,
    shown_once_open,
    unrecused,
    viewer,
    visible,
)


def sheets(actor: Person, application: Application) -> Sequence[ScoreSheet]:
    """The valid sheets on the application with members and points, if the actor may see them.

    Replaced sheets follow, latest first; those taken back by their members are for the auditor
    only.
    """
    audits = viewer(actor, application.competition).audits
    return db.session.scalars(
        select(ScoreSheet)
        .join(Application, Application.id == ScoreSheet.application_id)
        .join(Person, Person.id == ScoreSheet.person_id)
        .where(
            Application.id == application.id,
            ScoreSheet.state != SheetState.DRAFT if audits else shown_once_open(ScoreSheet),
            unrecused(ScoreSheet.person_id, ScoreSheet.application_id),
            visible(result_sight, actor, application.competition),
        )
        .order_by(
            ScoreSheet.state == SheetState.REPLACED,
            Person.sort_name,
            ScoreSheet.submitted_at.desc(),
        )
        .options(
            selectinload(ScoreSheet.scores),
            joinedload(ScoreSheet.person, innerjoin=True).selectinload(Person.grants),
        )
    ).all()


@dataclass(frozen=True, slots=True)
class Row:
    """One criterion in the discussion: each member's points, and the result."""

    criterion: Criterion
    given: list[Given]  # in the order of the sheets
    mean: Fraction | None
    median: Fraction | None
    spread: Fraction


@dataclass(frozen=True, slots=True)
class Discussion:
    """The sheets on one application side by side."""

    sheets: list[ScoreSheet]
    replaced: list[ScoreSheet]
    rows: list[Row]
    totals: list[Fraction]
    total: Fraction | None
    median: Fraction | None
    spread: Fraction
    criteria: Sequence[Criterion]


def discussion(actor: Person, application: Application) -> Discussion:
    """The sheets on the application that the actor may see: none, or all that count."""
    seen = sheets(actor, application)
    counted = [sheet for sheet in seen if sheet.state is SheetState.SUBMITTED]
    asked = criteria(application.competition)
    said = [given(sheet, asked) for sheet in counted]
    rows = []
    for criterion in asked:
        each = [one.get(criterion.key, Given()) for one in said]
        points = [Fraction(one.points) for one in each if one.points is not None]
        rows.append(
            Row(criterion, each, rules.mean(points), rules.median(points), rules.spread(points))
        )
    scales = [scale(criterion) for criterion in asked]
    totals = [Fraction(rules.total(scales, one)) for one in said]
    return Discussion(
        counted,
        [sheet for sheet in seen if sheet.state is SheetState.REPLACED],
        rows,
        totals,
        rules.mean(totals),
        rules.median(totals),
        rules.spread(totals),
        asked,
    )
