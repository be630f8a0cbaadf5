"""Who sits on the committee, and what each still owes."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import joinedload

from portal.core import clock
from portal.core.accounts.models import COMMITTEE, Person, Role, RoleGrant
from portal.core.db import db
from portal.grants.applications.models import Application
from portal.grants.competitions.models import Competition
from portal.grants.evaluation.models import Assignment, ConflictKind, Declaration, Suspicion
from portal.grants.evaluation.visibility import declared, is_eligible, scored, unrecused


@dataclass(frozen=True, slots=True)
class Owed:
    """How many of something a member still owes."""

    person_id: UUID
    name: str
    count: int


def is_living() -> ColumnElement[bool]:
    """Role grants that hold now; RoleGrant.is_living as SQL."""
    today = clock.today()
    return (
        RoleGrant.ended_at.is_(None)
        & (RoleGrant.since <= today)
        & or_(RoleGrant.until.is_(None), RoleGrant.until >= today)
    )


def grants_of(competition: Competition) -> Sequence[RoleGrant]:
    """Every committee grant of the competition, past ones too, with its person."""
    return db.session.scalars(
        select(RoleGrant)
        .where(RoleGrant.competition_id == competition.id, RoleGrant.role.in_(COMMITTEE))
        .join(RoleGrant.person)
        .order_by(Person.name, RoleGrant.created_at)
        .options(joinedload(RoleGrant.person, innerjoin=True))
    ).all()


def sitting(competition: Competition, *roles: Role) -> Sequence[Person]:
    """Who sits on the committee today in one of `roles` (by default any), by name."""
    return db.session.scalars(
        select(Person)
        .where(
            exists().where(
                RoleGrant.person_id == Person.id,
                RoleGrant.competition_id == competition.id,
                RoleGrant.role.in_(roles or COMMITTEE),
                is_living(),
            )
        )
        .order_by(Person.name, Person.id)
    ).all()


def voting(competition: Competition) -> Sequence[Person]:
    """The members: who scores and votes. A chair or secretary does where the order says so too."""
    return sitting(competition, Role.MEMBER)


def recusals(competition: Competition) -> dict[UUID, set[UUID]]:
    """By application of the competition, who is recused from it: visibility.recused as a table."""
    declarations = (
        select(Declaration.application_id, Declaration.person_id)
        .join(Application, Application.id == Declaration.application_id)
        .where(Application.competition_id == competition.id, Declaration.kind != ConflictKind.NONE)
    )
    suspicions = (
        select(Suspicion.application_id, Suspicion.person_id)
        .join(Application, Application.id == Suspicion.application_id)
        .where(Application.competition_id == competition.id, Suspicion.confirmed.is_(True))
    )
    found: dict[UUID, set[UUID]] = {}
    for application, person in db.session.execute(declarations.union(suspicions)):
        found.setdefault(application, set()).add(person)
    return found


def sheets_owed(competition: Competition) -> list[Owed]:
    """By member, how many assigned applications have no submitted sheet of theirs."""
    return _owed(competition, ~scored(Assignment.person_id, Assignment.application_id))


def declarations_owed(competition: Competition) -> list[Owed]:
    """By member, on how many assigned applications they have declared nothing."""
    return _owed(competition, ~declared(Assignment.person_id, Assignment.application_id))


def _owed(competition: Competition, what: ColumnElement[bool]) -> list[Owed]:
    rows = db.session.execute(
        select(Person.id, Person.name, func.count())
        .join(Assignment, Assignment.person_id == Person.id)
        .join(Application, Application.id == Assignment.application_id)
        .where(
            Application.competition_id == competition.id,
            Assignment.ended_at.is_(None),
            is_eligible(),
            unrecused(Assignment.person_id, Assignment.application_id),
            what,
        )
        .group_by(Person.id, Person.name)
        .order_by(Person.name)
    )
    return [Owed(*row) for row in rows]
