"""Queries on the committee: members, declarations, conflicts, missing sheets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Subquery, case, exists, func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import InstrumentedAttribute, contains_eager, joinedload

from portal.core import clock
from portal.core.accounts.models import DECIDING, Person, Role, RoleGrant
from portal.core.db import db
from portal.grants.applications.models import Application, ApplicationState, Counted
from portal.grants.competitions.models import Competition
from portal.grants.competitions.queries import in_phase, of_board
from portal.grants.competitions.rules import Phase
from portal.grants.evaluation.committee.models import COMMITTEE, CommitteeRole
from portal.grants.evaluation.models import (
    Assignment,
    ConflictKind,
    Declaration,
    RoundSettings,
    Suspicion,
)
from portal.grants.evaluation.visibility import (
    Sight,
    assigned,
    conflict_sight,
    declared,
    discussed,
    is_eligible,
    scored,
    sight,
    suspected,
    unrecused,
    visible,
)
from portal.grants.evaluation.visibility import undeclared as undeclared_of_board


def grants_of(competition: Competition) -> Sequence[RoleGrant]:
    """All committee grants of the competition, including past ones, with persons."""
    return db.session.scalars(
        select(RoleGrant)
        .where(RoleGrant.scope_id == competition.id, RoleGrant.role.in_(COMMITTEE))
        .join(RoleGrant.person)
        .order_by(Person.sort_name, RoleGrant.created_at)
        .options(joinedload(RoleGrant.person, innerjoin=True))
    ).all()


def deciding(competition: Competition) -> Sequence[Person]:
    """The present and future persons who prepare and decide at the competition's board."""
    grants = db.session.scalars(
        select(RoleGrant)
        .where(RoleGrant.scope_id == competition.municipality_id, RoleGrant.role.in_(DECIDING))
        .options(joinedload(RoleGrant.person, innerjoin=True))
    )
    return [grant.person for grant in grants if not grant.is_over]


def last_order(competition: Competition) -> tuple[str, date | None]:
    """Number and date of the order of the last appointment, as most have the same."""
    row = db.session.execute(
        select(RoleGrant.order_number, RoleGrant.order_date)
        .where(RoleGrant.scope_id == competition.id, RoleGrant.role.in_(COMMITTEE))
        .order_by(RoleGrant.created_at.desc())
        .limit(1)
    ).first()
    return (row[0], row[1]) if row else ("", None)


def sits(
    person: ColumnElement[UUID] | InstrumentedAttribute[UUID],
    competition: Competition,
    *roles: CommitteeRole,
) -> ColumnElement[bool]:
    """The condition that the person sits on the committee today in one of `roles`, by default
    any."""
    return exists().where(
        RoleGrant.person_id == person,
        RoleGrant.scope_id == competition.id,
        RoleGrant.role.in_(roles or COMMITTEE),
        RoleGrant.is_living,
    )


def sitting(competition: Competition, *roles: CommitteeRole) -> Sequence[Person]:
    """The present committee in one of `roles` (by default any), by name."""
    return db.session.scalars(
        select(Person)
        .where(sits(Person.id, competition, *roles))
        .order_by(Person.sort_name, Person.id)
    ).all()


def seated(competition: Competition) -> Sequence[Person]:
    """The present and future committee."""
    return [grant.person for grant in grants_of(competition) if not grant.is_over]


def voting(competition: Competition) -> Sequence[Person]:
    """The voting members, by name. A chair or secretary is one only if appointed as a member
    too."""
    return sitting(competition, CommitteeRole.MEMBER)


def recused_pairs(competition: Competition, *where: ColumnElement[bool]) -> Subquery:
    """Person and application of each recusal in the competition: visibility.recused as a table, for
    applications that meet `where`."""
    said = [
        select(kind.person_id, kind.application_id)
        .join(Application, Application.id == kind.application_id)
        .where(Application.competition_id == competition.id, recuses, *where)
        for kind, recuses in (
            (Declaration, Declaration.kind != ConflictKind.NONE),
            (Suspicion, Suspicion.confirmed.is_(True)),
        )
    ]
    return said[0].union(said[1]).subquery()


def recusals(competition: Competition) -> dict[UUID, set[UUID]]:
    """By application, present or former committee members who are recused from it."""
    pairs = recused_pairs(competition)
    found: dict[UUID, set[UUID]] = {}
    for person, application in db.session.execute(
        select(pairs).where(_of_committee(pairs.c.person_id, competition))
    ):
        found.setdefault(application, set()).add(person)
    return found


def _of_committee(
    person: ColumnElement[UUID] | InstrumentedAttribute[UUID], competition: Competition
) -> ColumnElement[bool]:
    """The condition that the person is or was on the committee."""
    return exists().where(
        RoleGrant.person_id == person,
        RoleGrant.scope_id == competition.id,
        RoleGrant.role.in_(COMMITTEE),
    )


def _to_score(competition: Competition) -> tuple[ColumnElement[bool], ...]:
    """Conditions for assignments that are to be scored, or have been."""
    return (
        Application.competition_id == competition.id,
        Assignment.ended_at.is_(None),
        is_eligible(),
        sits(Assignment.person_id, competition, CommitteeRole.MEMBER),
        unrecused(Assignment.person_id, Assignment.application_id),
    )


@dataclass(frozen=True, slots=True)
class MissingSheets:
    """A member's missing sheets, and what comes before them."""

    name: str
    before: Sight  # suspected, undeclared, or open
    numbers: tuple[str, ...]


def sheets_missing(competition: Competition) -> list[MissingSheets]:
    """All missing sheets by member, in order of the applications' numbers."""
    person, application = Assignment.person_id, Assignment.application_id
    before = case(
        (suspected(person, application), literal(Sight.SUSPECTED.value)),
        (~declared(person, application), literal(Sight.UNDECLARED.value)),
        else_=literal(Sight.OPEN.value),
    ).label("before")
    numbers = func.array_agg(aggregate_order_by(Application.number, Application.ordinal.asc()))
    rows = db.session.execute(
        select(Person.name, before, numbers)
        .join(Assignment, Assignment.person_id == Person.id)
        .join(Application, Application.id == Assignment.application_id)
        .where(*_to_score(competition), ~scored(person, application))
        .group_by(Person.id, Person.name, before)
        .order_by(Person.sort_name, Person.id, before)
    )
    return [MissingSheets(name, Sight(code), tuple(owed)) for name, code, owed in rows]


def seen_by_others(competition: Competition) -> frozenset[UUID]:
    """The applications whose points the discussion shows; none before it is open."""
    if competition.discussion_opened_at is None:
        return frozenset()
    keys = select(Application.id).where(
        Application.competition_id == competition.id, discussed(Application.id)
    )
    return frozenset(db.session.scalars(keys))


def assignments(competition: Competition) -> Sequence[Assignment]:
    """All assignments of the competition, including ended ones."""
    return db.session.scalars(
        select(Assignment)
        .join(Assignment.application)
        .where(Application.competition_id == competition.id)
    ).all()


def assignment(person: Person, application: Application) -> Assignment | None:
    """The person's assignment to the application, ended or not."""
    return db.session.scalar(
        select(Assignment).filter_by(person_id=person.id, application_id=application.id)
    )


def declaration(person: Person, application: Application) -> Declaration | None:
    """The person's declaration about the application."""
    return db.session.scalar(
        select(Declaration).filter_by(person_id=person.id, application_id=application.id)
    )


def eligible(competition: Competition) -> Sequence[Application]:
    """The applications that the committee evaluates, by number."""
    return db.session.scalars(
        select(Application)
        .where(Application.competition_id == competition.id, is_eligible())
        .order_by(Application.ordinal)
    ).all()


def undeclared(
    actor: Person, competition: Competition, *, board: bool = False
) -> Sequence[Application]:
    """The applications about which the actor has still to declare, with applicants: those that the
    committee evaluates, the actor's own assignments first; with `board`, all."""
    query = select(Application).options(joinedload(Application.counted, innerjoin=True))
    if board:
        query = query.where(_owed_by_board(actor, competition))
    else:
        query = query.where(
            Application.competition_id == competition.id,
            is_eligible(),
            ~declared(actor.id, Application.id),
        ).order_by(assigned(actor.id, Application.id).desc())
    return db.session.scalars(query.order_by(Application.ordinal)).all()


def owed_by_board(actor: Person, competition: Competition) -> int:
    """The number of applications about which a board member has still to declare."""
    owed = select(func.count()).select_from(Application).where(_owed_by_board(actor, competition))
    return db.session.scalars(owed).one()


def owed_by_board_in_all(actor: Person) -> Sequence[Row[Competition, int]]:
    """The same for every closed call of the actor's boards, where it is not 0."""
    return db.session.execute(
        select(Competition, func.count())
        .join(Application, Application.competition_id == Competition.id)
        .where(
            of_board(actor, *DECIDING),
            in_phase(Phase.CLOSED, clock.now()),
            Application.state == ApplicationState.SUBMITTED,
            undeclared_of_board(actor.id, Application.id),
        )
        .group_by(Competition.id)
    ).all()


def without_committee(actor: Person) -> Sequence[Competition]:
    """The officer's closed calls with applications whose committee has no chair or no member."""
    seated = (
        select(RoleGrant.scope_id)
        .where(RoleGrant.role.in_((CommitteeRole.CHAIR, CommitteeRole.MEMBER)), RoleGrant.is_living)
        .group_by(RoleGrant.scope_id)
        .having(func.count(RoleGrant.role.distinct()) == 2)
    )
    return db.session.scalars(
        select(Competition).where(
            of_board(actor, Role.OFFICER),
            in_phase(Phase.CLOSED, clock.now()),
            Competition.id.not_in(seated),
            exists().where(
                Application.competition_id == Competition.id,
                Application.state == ApplicationState.SUBMITTED,
            ),
        )
    ).all()


def _owed_by_board(actor: Person, competition: Competition) -> ColumnElement[bool]:
    return sight(conflict_sight, actor, competition) == Sight.UNDECLARED.value


def declared_by(
    actor: Person, competition: Competition, *, board: bool = False
) -> list[tuple[Application, Declaration]]:
    """The actor's declarations by application number: about those that the committee evaluates, or
    with `board` about all."""
    rows = db.session.execute(
        select(Application, Declaration)
        .join(Declaration, Declaration.application_id == Application.id)
        .where(
            Application.competition_id == competition.id,
            Declaration.person_id == actor.id,
            Application.state == ApplicationState.SUBMITTED if board else is_eligible(),
        )
        .order_by(Application.ordinal)
        .options(joinedload(Application.counted, innerjoin=True))
    )
    return [(application, declaration) for application, declaration in rows]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A suspected or declared conflict for the chair: names, and no content."""

    person: str
    number: str
    applicant: str
    suspicion: Suspicion | None = None
    declaration: Declaration | None = None


def _conflicts(
    kind: type[Declaration | Suspicion], competition: Competition, *, committee: bool
) -> Select[Any, str, str | None, str]:
    """Rows of a kind with the names of person, application and applicant: of the committee, or of
    board members who do not sit on it."""
    of_committee = _of_committee(kind.person_id, competition)
    return (
        select(kind, Person.name, Application.number, Counted.applicant)
        .join(Person, Person.id == kind.person_id)
        .join(Application, Application.id == kind.application_id)
        .join(Counted, Counted.application_id == Application.id)
        .where(
            Application.competition_id == competition.id,
            of_committee if committee else ~of_committee,
        )
    )


def suspicions(competition: Competition, *, committee: bool = True) -> list[Conflict]:
    """Suspected conflicts of the committee, undecided ones first; or those of board members who do
    not sit on it."""
    rows = db.session.execute(
        _conflicts(Suspicion, competition, committee=committee)
        .options(joinedload(Suspicion.resolved_by))
        .order_by(Suspicion.confirmed.is_not(None), Application.ordinal, Person.sort_name)
    )
    return [Conflict(who, number or "", name, suspicion=row) for row, who, number, name in rows]


def declared_conflicts(competition: Competition, *, committee: bool = True) -> list[Conflict]:
    """Declared conflicts of the committee, or of board members who do not sit on it."""
    rows = db.session.execute(
        _conflicts(Declaration, competition, committee=committee)
        .where(Declaration.kind != ConflictKind.NONE)
        .order_by(Application.ordinal, Person.sort_name)
    )
    return [Conflict(who, number or "", name, declaration=row) for row, who, number, name in rows]


def closed_to(actor: Person, competition: Competition) -> frozenset[str]:
    """Numbers of the applications closed to the actor, in any state of their checks, for hiding all
    that concerns them."""
    numbers = select(Application.number).where(
        Application.competition_id == competition.id,
        Application.state == ApplicationState.SUBMITTED,
        ~visible(conflict_sight, actor, competition),
    )
    return frozenset(number or "" for number in db.session.scalars(numbers))


def suspicion(competition: Competition, key: UUID) -> Suspicion | None:
    """A suspicion of this competition; for the loader."""
    return db.session.scalar(
        select(Suspicion)
        .join(Suspicion.application)
        .where(Suspicion.id == key, Application.competition_id == competition.id)
        .options(
            joinedload(Suspicion.person, innerjoin=True),
            contains_eager(Suspicion.application).joinedload(Application.counted, innerjoin=True),
        )
    )


def grant(competition: Competition, key: UUID) -> RoleGrant | None:
    """A committee grant of this competition; for the loader."""
    return db.session.scalar(
        select(RoleGrant)
        .where(
            RoleGrant.id == key,
            RoleGrant.scope_id == competition.id,
            RoleGrant.role.in_(COMMITTEE),
        )
        .options(joinedload(RoleGrant.person, innerjoin=True))
    )


def round_of(competition: Competition) -> RoundSettings | None:
    """The settings of the evaluation; None before it is started."""
    return db.session.get(RoundSettings, competition.id)


def open_suspicions(competition: Competition) -> int:
    """The number of unsettled suspicions."""
    return db.session.scalars(
        select(func.count())
        .select_from(Suspicion)
        .join(Application, Application.id == Suspicion.application_id)
        .where(
            Application.competition_id == competition.id,
            Suspicion.confirmed.is_(None),
            is_eligible(),
        )
    ).one()
