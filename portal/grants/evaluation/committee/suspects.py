"""Compares members with applicants and keeps what suggests a conflict. A part of verbs."""

from collections.abc import Iterable, Sequence
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select

from portal.core.accounts.models import ORGANISATIONAL, Organisation, Person, RoleGrant
from portal.core.db import db
from portal.core.work import Work
from portal.grants.applications.models import Application, State, Submission
from portal.grants.applications.queries import replies_to
from portal.grants.applications.rules import substance
from portal.grants.competitions.models import Competition
from portal.grants.evaluation.committee.models import Suspicion, Workplace
from portal.grants.evaluation.committee.suspicion import Side, domain, grounds, plain, texts


def suspect(work: Work, competition: Competition, people: Sequence[Person]) -> int:
    """Keep a suspicion for each member and application that have something in common.

    One that stands already is left as it is: the chair may have cleared it. How many are new.
    """
    known = {(row.person_id, row.application_id) for row in of_competition(competition)}
    members = _members(competition, people)
    new = 0
    for application, applicant in _applicants(competition).items():
        for person, member in members.items():
            found = grounds(member, applicant)
            if found and (person, application) not in known:
                work.add(
                    Suspicion(
                        person_id=person,
                        application_id=application,
                        grounds=[ground.value for ground in found],
                    )
                )
                new += 1
    return new


def of_competition(competition: Competition) -> Sequence[Suspicion]:
    """Every suspicion of the competition, settled ones too."""
    return db.session.scalars(
        select(Suspicion)
        .join(Suspicion.application)
        .where(Application.competition_id == competition.id)
    ).all()


def _members(competition: Competition, people: Sequence[Person]) -> dict[UUID, Side]:
    keys = [person.id for person in people]
    grants = db.session.execute(
        select(RoleGrant.person_id, RoleGrant.organisation_id).where(
            RoleGrant.person_id.in_(keys), RoleGrant.role.in_(ORGANISATIONAL), RoleGrant.is_living
        )
    )
    organisations = _gather((person, key) for person, key in grants if key)
    workplaces = dict(
        db.session.execute(
            select(Workplace.person_id, Workplace.name).where(
                Workplace.competition_id == competition.id, Workplace.person_id.in_(keys)
            )
        ).all()
    )
    return {
        person.id: Side(
            organisations.get(person.id, frozenset()),
            frozenset({domain(person.email)} - {""}),
            plain(workplaces.get(person.id, "")),
        )
        for person in people
    }


def _applicants(competition: Competition) -> dict[UUID, Side]:
    rows = db.session.execute(
        select(
            Application.id, Application.organisation_id, Submission.partner_id, Submission.content
        )
        .join(Submission, Submission.application_id == Application.id)
        .where(
            Application.competition_id == competition.id,
            Application.state == State.SUBMITTED,
            Submission.superseded_at.is_(None),
        )
    ).all()
    replies = replies_to(competition)
    parties: dict[UUID, set[UUID]] = {
        row.id: {key for key in (row.organisation_id, row.partner_id) if key} for row in rows
    }
    domains = _domains({key for keys in parties.values() for key in keys})
    return {
        row.id: Side(
            frozenset(parties[row.id]),
            frozenset().union(*(domains.get(key, frozenset()) for key in parties[row.id])),
            plain(texts([substance(row.content), *(r.content for r in replies.get(row.id, ()))])),
        )
        for row in rows
    }


def _domains(organisations: set[UUID]) -> dict[UUID, frozenset[str]]:
    """The domains of the organisations' own addresses and of their people's."""
    own = db.session.execute(
        select(Organisation.id, Organisation.email).where(Organisation.id.in_(organisations))
    )
    people = db.session.execute(
        select(RoleGrant.organisation_id, Person.email)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(RoleGrant.organisation_id.in_(organisations), RoleGrant.is_living)
    )
    pairs = [(key, domain(address)) for key, address in [*own, *people]]
    return _gather((key, name) for key, name in pairs if name)


T = TypeVar("T")


def _gather(pairs: Iterable[tuple[UUID, T]]) -> dict[UUID, frozenset[T]]:
    found: dict[UUID, set[T]] = {}
    for key, value in pairs:
        found.setdefault(key, set()).add(value)
    return {key: frozenset(values) for key, values in found.items()}
