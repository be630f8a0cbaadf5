"""Compares people with applicants: recuses members of applicants, and records other suspicions.

Parts of verbs. Members of applicants are not appointed (`belongs_to`). If a membership becomes
known later, the verb by which it begins recuses them: writing the register, appointing, assigning,
or joining an organisation.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select

from portal.core import clock
from portal.core.accounts.models import (
    DECIDING,
    ORGANISATIONAL,
    Organisation,
    Person,
    RoleGrant,
)
from portal.core.db import db
from portal.core.work import Work
from portal.grants.applications.models import Application, ApplicationState, Submission
from portal.grants.applications.queries import replies_to
from portal.grants.applications.rights import is_unsealed
from portal.grants.applications.rules import substance
from portal.grants.competitions.models import Competition
from portal.grants.evaluation.committee.models import (
    COMMITTEE,
    Assignment,
    Suspicion,
    SuspicionGround,
    Workplace,
)
from portal.grants.evaluation.committee.queries import deciding, seated
from portal.grants.evaluation.committee.rules import Side, domain, grounds, plain, texts


def recuse(work: Work, competition: Competition, people: Sequence[Person]) -> None:
    """Recuse each of `people`, in any role, from the applications of their organisations.

    Only after the deadline: until then the applicants and partners are secret.
    """
    keys = [person.id for person in people]
    pairs = db.session.execute(_belonging(competition).where(RoleGrant.person_id.in_(keys))).all()
    if not pairs:
        return
    known = {(row.person_id, row.application_id): row for row in of_competition(competition)}
    for person, application, _number in pairs:
        row = known.get((person, application)) or work.add(
            Suspicion(person_id=person, application_id=application, grounds=[])
        )
        if not row.confirmed:
            _recuse(row)
    db.session.flush()


def _recuse(row: Suspicion) -> None:
    """Automatically, even if the chair cleared an earlier suspicion."""
    row.grounds = sorted({*row.grounds, SuspicionGround.SAME_ORGANISATION.value})
    row.confirmed, row.reason = True, ""
    row.resolved_by_id, row.resolved_at = None, clock.now()
    end_assignments(
        Assignment.person_id == row.person_id, Assignment.application_id == row.application_id
    )


def end_assignments(*which: ColumnElement[bool]) -> None:
    """End the open assignments that meet all conditions `which`."""
    for assignment in db.session.scalars(
        select(Assignment).join(Assignment.application).where(Assignment.ended_at.is_(None), *which)
    ):
        assignment.ended_at = clock.now()


def recuse_when_registered(work: Work, competition: Competition) -> None:
    """The present and future committee and the deciding board members, when the applicants become
    known."""
    recuse(work, competition, [*seated(competition), *deciding(competition)])


def recuse_who_joins(work: Work, person: Person) -> None:
    """The person, in all competitions that they evaluate or decide now."""
    grants = select(RoleGrant).where(
        RoleGrant.person_id == person.id, RoleGrant.role.in_((*COMMITTEE, *DECIDING))
    )
    held = [grant for grant in db.session.scalars(grants) if not grant.is_over]
    within = [one.scope_id for one in held]
    theirs = or_(Competition.id.in_(within), Competition.municipality_id.in_(within))
    for competition in db.session.scalars(select(Competition).where(theirs)):
        if is_unsealed(competition) and competition.cancelled_at is None:
            work.within(competition.id)
            recuse(work, competition, [person])


def belongs_to(person: Person, competition: Competition) -> list[str]:
    """The numbers of the applications by organisations to which the person belongs.

    Only from what the board knows, so that a refusal reveals nothing: submitted applications, and
    after the deadline their partners. Drafts never count.
    """
    rows = db.session.execute(_belonging(competition).where(RoleGrant.person_id == person.id))
    return sorted(number for _person, _application, number in rows if number)


def _belonging(competition: Competition) -> Select[UUID, UUID, str | None]:
    """Person, application and its number, for all members of an applicant or its partner."""
    party = [RoleGrant.scope_id == Application.organisation_id]
    if is_unsealed(competition):
        party.append(RoleGrant.scope_id == Submission.partner_id)
    return (
        select(RoleGrant.person_id, Application.id, Application.number)
        .distinct()
        .select_from(Application)
        .join(Submission, Submission.application_id == Application.id)
        .join(RoleGrant, or_(*party))
        .where(
            Application.competition_id == competition.id,
            Application.state == ApplicationState.SUBMITTED,
            Submission.superseded_at.is_(None),
            RoleGrant.role.in_(ORGANISATIONAL),
            RoleGrant.is_living,
        )
    )


def suspect(work: Work, competition: Competition, people: Sequence[Person]) -> None:
    """Recuse members of applicants, and record a suspicion for others of `people` with something in
    common with one.

    An existing suspicion is left unchanged: the chair may have cleared it.
    """
    recuse(work, competition, people)
    known = {(row.person_id, row.application_id) for row in of_competition(competition)}
    workplaces = dict(
        db.session.execute(
            select(Workplace.person_id, Workplace.name).where(
                Workplace.competition_id == competition.id
            )
        ).all()
    )
    members = {
        person.id: Side({domain(person.email)} - {""}, plain(workplaces.get(person.id, "")))
        for person in people
    }
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


def of_competition(competition: Competition) -> Sequence[Suspicion]:
    """All suspicions of the competition, including settled ones."""
    return db.session.scalars(
        select(Suspicion)
        .join(Suspicion.application)
        .where(Application.competition_id == competition.id)
    ).all()


def _applicants(competition: Competition) -> dict[UUID, Side]:
    rows = db.session.execute(
        select(
            Application.id, Application.organisation_id, Submission.partner_id, Submission.content
        )
        .join(Submission, Submission.application_id == Application.id)
        .where(
            Application.competition_id == competition.id,
            Application.state == ApplicationState.SUBMITTED,
            Submission.superseded_at.is_(None),
        )
    ).all()
    replies = replies_to(competition)
    parties = {row.id: {row.organisation_id, row.partner_id} - {None} for row in rows}
    domains = _domains({key for keys in parties.values() for key in keys})
    return {
        row.id: Side(
            {name for key in parties[row.id] for name in domains[key]},
            plain(texts([substance(row.content), *(r.content for r in replies.get(row.id, ()))])),
        )
        for row in rows
    }


def _domains(organisations: set[UUID]) -> dict[UUID, set[str]]:
    """The domains of the organisations' addresses and of their members'."""
    own = db.session.execute(
        select(Organisation.id, Organisation.email).where(Organisation.id.in_(organisations))
    )
    people = db.session.execute(
        select(RoleGrant.scope_id, Person.email)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(RoleGrant.scope_id.in_(organisations), RoleGrant.is_living)
    )
    found: dict[UUID, set[str]] = {key: set() for key in organisations}
    for key, address in [*own, *people]:
        found[key] |= {domain(address)} - {""}
    return found
