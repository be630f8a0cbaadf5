"""The chair's board: who has what left. Counts only, never points."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Exists,
    ScalarSelect,
    and_,
    exists,
    false,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from portal.core.accounts.models import Person, RoleGrant
from portal.core.db import db
from portal.grants.applications.models import Application
from portal.grants.competitions.models import Competition
from portal.grants.evaluation.committee.models import (
    Assignment,
    CommitteeRole,
    ConflictKind,
    Declaration,
    Suspicion,
)
from portal.grants.evaluation.scoring.models import ScoreSheet, SheetState
from portal.grants.evaluation.visibility import (
    is_eligible,
)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one member is: counts only, no points."""

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
        return self.assigned - self.submitted


def progress(competition: Competition) -> list[Progress]:
    """Who has what left: one query, however many members and applications.

    Who is recused is `visibility.recused` in the form of joins, each row's own.
    """
    is_recused = or_(
        func.coalesce(Declaration.kind != ConflictKind.NONE, false()),
        func.coalesce(Suspicion.confirmed, false()),
    )
    stands = and_(Application.id.is_not(None), Assignment.ended_at.is_(None), ~is_recused)
    submitted = ScoreSheet.state == SheetState.SUBMITTED
    rows = db.session.execute(
        select(
            Person.id,
            Person.name,
            func.count().filter(stands),
            func.count().filter(stands, Declaration.id.is_(None)),
            func.count().filter(stands, ScoreSheet.state == SheetState.DRAFT),
            func.count().filter(stands, submitted),
            _recusals(competition),
            func.max(ScoreSheet.saved_at),
        )
        .select_from(Person)
        .outerjoin(Assignment, Assignment.person_id == Person.id)
        .outerjoin(
            Application,
            and_(
                Application.id == Assignment.application_id,
                Application.competition_id == competition.id,
                is_eligible(),
            ),
        )
        .outerjoin(
            ScoreSheet,
            and_(
                ScoreSheet.application_id == Application.id,
                ScoreSheet.person_id == Person.id,
                ScoreSheet.state != SheetState.REPLACED,
            ),
        )
        .outerjoin(Declaration, _of_the_pair(Declaration))
        .outerjoin(Suspicion, _of_the_pair(Suspicion))
        .where(
            exists().where(
                RoleGrant.person_id == Person.id,
                RoleGrant.scope_id == competition.id,
                RoleGrant.role == CommitteeRole.MEMBER,
                RoleGrant.is_living,
            )
        )
        .group_by(Person.id, Person.name)
        .order_by(Person.sort_name)
    )
    return [Progress(*row) for row in rows]


def _recusals(competition: Competition) -> ScalarSelect[int]:
    """From how many applications each person is recused, assigned to them or not."""
    one = aliased(Application)
    eligible = (
        select(Application.id)
        .where(Application.competition_id == competition.id, is_eligible())
        .correlate(None)
    )

    def said(kind: type[Declaration | Suspicion], what: ColumnElement[bool]) -> Exists:
        of_the_pair = and_(kind.person_id == Person.id, kind.application_id == one.id)
        return select(kind.id).where(of_the_pair, what).correlate(Person, one).exists()

    declared = said(Declaration, Declaration.kind != ConflictKind.NONE)
    confirmed = said(Suspicion, Suspicion.confirmed.is_(True))
    return (
        select(func.count())
        .select_from(one)
        .where(one.id.in_(eligible), or_(declared, confirmed))
        .correlate(Person)
        .scalar_subquery()
    )


def _of_the_pair(kind: type[Declaration | Suspicion]) -> ColumnElement[bool]:
    """The one row, if there is one, of a person and an application."""
    return and_(kind.person_id == Person.id, kind.application_id == Application.id)
