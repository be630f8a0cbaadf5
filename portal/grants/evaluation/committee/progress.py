"""The progress of the committee's members: counts only, never points."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Subquery, and_, false, func, or_, select

from portal.core.accounts.models import Person
from portal.core.db import db
from portal.grants.applications.models import Application
from portal.grants.competitions.models import Competition
from portal.grants.evaluation.committee.models import CommitteeRole
from portal.grants.evaluation.committee.queries import recused_pairs, sits
from portal.grants.evaluation.models import (
    Assignment,
    ConflictKind,
    Declaration,
    ScoreSheet,
    SheetState,
    Suspicion,
)
from portal.grants.evaluation.visibility import is_eligible


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of one member: counts only, no points."""

    person_id: UUID
    name: str
    assigned: int
    undeclared: int
    drafts: int
    submitted: int
    recused: int
    last_saved: datetime | None

    @property
    def left(self) -> int:
        """How many sheets the member has still to submit."""
        return self.assigned - self.submitted


def progress(competition: Competition) -> list[Progress]:
    """The progress of all members, in one query.

    It counts before joining the members. PostgreSQL cannot estimate what a few members have, and
    would look up each pair of member and application separately.
    """
    pairs, recused = _pairs(competition), recused_pairs(competition, is_eligible())
    recusals = select(recused.c.person_id, func.count()).group_by(recused.c.person_id).subquery()
    counts = [func.coalesce(pairs.c[n], 0) for n in range(1, 5)]
    rows = db.session.execute(
        select(Person.id, Person.name, *counts, func.coalesce(recusals.c[1], 0), pairs.c[5])
        .outerjoin(pairs, pairs.c.person_id == Person.id)
        .outerjoin(recusals, recusals.c.person_id == Person.id)
        .where(sits(Person.id, competition, CommitteeRole.MEMBER))
        .order_by(Person.sort_name)
    )
    return [Progress(*row) for row in rows]


def _pairs(competition: Competition) -> Subquery:
    """By person: assigned, undeclared, drafts, submitted, and when a sheet was last saved.

    Recusal is `visibility.recused` as joins.
    """
    is_recused = or_(
        func.coalesce(Declaration.kind != ConflictKind.NONE, false()),
        func.coalesce(Suspicion.confirmed, false()),
    )
    stands = and_(Assignment.ended_at.is_(None), ~is_recused)
    return (
        select(
            Assignment.person_id,
            func.count().filter(stands),
            func.count().filter(stands, Declaration.id.is_(None)),
            func.count().filter(stands, ScoreSheet.state == SheetState.DRAFT),
            func.count().filter(stands, ScoreSheet.state == SheetState.SUBMITTED),
            func.max(ScoreSheet.saved_at),
        )
        .join(Application, Application.id == Assignment.application_id)
        .outerjoin(
            ScoreSheet, and_(_of_the_pair(ScoreSheet), ScoreSheet.state != SheetState.REPLACED)
        )
        .outerjoin(Declaration, _of_the_pair(Declaration))
        .outerjoin(Suspicion, _of_the_pair(Suspicion))
        .where(Application.competition_id == competition.id, is_eligible())
        .group_by(Assignment.person_id)
        .subquery()
    )


def _of_the_pair(kind: type[Declaration | ScoreSheet | Suspicion]) -> ColumnElement[bool]:
    """The row of an assignment's person and application, if there is one."""
    return and_(
        kind.person_id == Assignment.person_id, kind.application_id == Assignment.application_id
    )
