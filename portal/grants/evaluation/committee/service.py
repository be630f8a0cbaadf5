"""The verbs around the committee: appoint, end, declare, confirm or clear, assign, remind."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l

from portal.core import clock
from portal.core.accounts.models import Person, Role, RoleGrant
from portal.core.accounts.queries import person_by_email
from portal.core.accounts.service import send_reset
from portal.core.db import db
from portal.core.errors import Invalid, NotReady, StateConflict, constraint, guards
from portal.core.messages.links import page_url
from portal.core.work import Work, unit_of_work
from portal.grants.applications.models import Application
from portal.grants.competitions.models import Competition
from portal.grants.evaluation.committee import queries, rules
from portal.grants.evaluation.committee.models import (
    Assignment,
    ConflictKind,
    Declaration,
    RoundSettings,
    Suspicion,
    Workplace,
)
from portal.grants.evaluation.committee.suspects import suspect
from portal.grants.evaluation.committee.words import ROLES
from portal.grants.evaluation.guards import undecided, under_evaluation

guards(_l("You have declared this already."), "declarations_recused")
constraint(
    "uq_declarations_person_id_application_id",
    _l("You have declared this already."),
)
constraint("uq_assignments_person_id_application_id", _l("This is assigned already."))


@dataclass(frozen=True, slots=True)
class Order:
    """The order by which somebody is appointed, and from which day."""

    number: str
    dated: date
    since: date


def appoint(
    actor: Person,
    competition: Competition,
    *,
    email: str,
    name: str,
    roles: Collection[Role],
    order: Order,
    workplace: str = "",
) -> Person:
    """Appoint somebody to the committee, and tell them; without an account they get one to claim.

    Raises Invalid for `roles` where there is a chair or secretary already, for `name` where a new
    account needs one, and StateConflict once the competition is decided.
    """
    known = person_by_email(email)
    if known is None and not name:
        raise Invalid("name_owed", _l("Nobody has this address yet: give the name too."), "name")
    person = known or Person(
        email=email, name=name, language=str(get_locale() or "lv")[:2], confirmed_at=None
    )
    with unit_of_work(actor, "committee.appointed", competition) as work:
        work.lock(competition)
        undecided(competition)
        _one_of_each(competition, roles)
        if known is None:
            work.add(person)
            db.session.flush()
            send_reset(work, person)
        grants = [work.add(_grant(person, role, competition, order)) for role in roles]
        _keep_workplace(competition, person, workplace)
        db.session.flush()
        suspect(work, competition, [person])
        work.note(person=person.name, roles=[role.value for role in roles], order=order.number)
        work.send(
            "evaluation/appointed",
            to=person,
            key=f"appointed:{grants[0].id}",
            competition=competition,
            roles=[ROLES[role] for role in roles],
            order_number=order.number,
            order_date=order.dated,
            url=page_url("scoring.work", competition=competition),
        )
    return person


def _grant(person: Person, role: Role, competition: Competition, order: Order) -> RoleGrant:
    return RoleGrant(
        person_id=person.id,
        role=role,
        competition_id=competition.id,
        since=order.since,
        order_number=order.number,
        order_date=order.dated,
    )


def _one_of_each(competition: Competition, roles: Collection[Role]) -> None:
    """There is one chair and one secretary at a time."""
    for role, message in (
        (Role.CHAIR, _l("The committee has a chair. End that appointment first.")),
        (Role.SECRETARY, _l("The committee has a secretary. End that appointment first.")),
    ):
        if role in roles and queries.sitting(competition, role):
            raise Invalid("taken", message, "roles")


def _keep_workplace(competition: Competition, person: Person, workplace: str) -> None:
    if workplace:
        db.session.merge(
            Workplace(competition_id=competition.id, person_id=person.id, name=workplace)
        )


def end(
    actor: Person, competition: Competition, grant: RoleGrant, *, until: date, reason: str
) -> None:
    """End an appointment with its last day. Sheets already submitted stay; what is owed falls away.

    Raises Invalid for `until` before the first day, StateConflict where it has ended already.
    """
    with unit_of_work(actor, "committee.ended", competition) as work:
        work.lock(competition, grant)
        undecided(competition)
        if grant.until is not None or grant.ended_at is not None:
            raise StateConflict("ended", _l("This appointment has an end already."))
        if until < grant.since:
            raise Invalid("dates", _l("The last day cannot be before the first."), "until")
        grant.until = until
        work.note(person=grant.person.name, role=grant.role.value, reason=reason)
        if grant.role is Role.MEMBER and until < clock.today():
            _end_assignments(competition, [grant.person])


def _end_assignments(competition: Competition, people: Collection[Person]) -> None:
    keys = {person.id for person in people}
    for assignment in queries.assignments(competition):
        if assignment.person_id in keys:
            assignment.ended_at = clock.now()


def declare(
    actor: Person, application: Application, *, kind: ConflictKind, note: str = ""
) -> Declaration:
    """Declare whether one has a conflict of interest; anything but none recuses, from now on.

    A conflict found out later replaces an earlier none. Raises StateConflict for anything that
    would undo a recusal.
    """
    with unit_of_work(actor, "conflict.declared", application) as work:
        under_evaluation(work, application.competition)
        declaration = _declare(work, actor, application, kind, note)
    return declaration


def declare_none(
    actor: Person, competition: Competition, applications: Sequence[Application]
) -> None:
    """Declare no conflict with each of these applications, which the member has ticked by name."""
    if not applications:
        raise Invalid("none", _l("Tick the applications with which you have no conflict."))
    with unit_of_work(actor, "conflict.none_declared", competition) as work:
        under_evaluation(work, competition)
        for application in applications:
            _declare(work, actor, application, ConflictKind.NONE, "")
        work.note(applications=[application.number for application in applications])


def _declare(
    work: Work, actor: Person, application: Application, kind: ConflictKind, note: str
) -> Declaration:
    found = queries.declaration(actor, application)
    if found is not None:
        work.lock(found)
        if found.kind is not ConflictKind.NONE or kind is ConflictKind.NONE:
            raise StateConflict("declared", _l("You have declared this already."))
    declaration = found or work.add(Declaration(person_id=actor.id, application_id=application.id))
    declaration.kind, declaration.note = kind, note
    declaration.declared_at = clock.now()
    if kind is not ConflictKind.NONE:
        _end_assignment(actor, application)
    return declaration


def _end_assignment(person: Person, application: Application) -> None:
    assignment = queries.assignment(person, application)
    if assignment is not None:
        assignment.ended_at = assignment.ended_at or clock.now()


def resolve(
    actor: Person, competition: Competition, suspicion: Suspicion, *, confirmed: bool, reason: str
) -> None:
    """Confirm a suspected conflict, which recuses the member, or clear it; with a reason.

    Nobody clears a suspicion about themselves. Raises StateConflict where it is settled already.
    """
    with unit_of_work(actor, "conflict.resolved", suspicion) as work:
        work.within(competition.id)
        under_evaluation(work, competition)
        work.lock(suspicion)
        if suspicion.confirmed is not None:
            raise StateConflict("resolved", _l("This has been settled already."))
        if suspicion.person_id == actor.id and not confirmed:
            raise StateConflict(
                "oneself", _l("Somebody else has to clear a suspicion that concerns you.")
            )
        suspicion.confirmed, suspicion.reason = confirmed, reason
        suspicion.resolved_by_id, suspicion.resolved_at = actor.id, clock.now()
        if confirmed:
            _end_assignment(suspicion.person, suspicion.application)


def assign(actor: Person, competition: Competition, *, each: int | None, due_at: datetime) -> int:
    """Give the applications to the members: all to all, or `each` members an application, balanced.

    Run again, it keeps what stands and fills what recusals and new members have left open; the
    number of new assignments is returned, and everybody who got one is told. Raises NotReady
    without members or eligible applications, Invalid for `each`.
    """
    with unit_of_work(actor, "applications.assigned", competition) as work:
        work.lock(competition)
        under_evaluation(work, competition)
        members = queries.voting(competition)
        applications = queries.eligible(competition)
        _ready_to_assign(members, applications, each)
        suspect(work, competition, members)
        standing = queries.assignments(competition)
        _let_go(standing, members)
        plan = rules.assign(
            [member.id for member in members],
            [application.id for application in applications],
            queries.recusals(competition),
            each,
            _scorers(standing),
        )
        given = _give(work, plan, standing)
        settings = db.session.get(RoundSettings, competition.id) or work.add(
            RoundSettings(competition_id=competition.id)
        )
        settings.sheets_per_application, settings.due_at = each, due_at
        settings.started_at = settings.started_at or clock.now()
        work.note(each=each, due_at=due_at, assignments=len(given))
        _tell(work, competition, [m for m in members if m.id in given], due_at, "assigned")
    return len(given)


def _ready_to_assign(
    members: Sequence[Person], applications: Sequence[Application], each: int | None
) -> None:
    missing = []
    if not members:
        missing.append(_l("The committee has no members."))
    if not applications:
        missing.append(_l("No application has been found eligible yet."))
    if missing:
        raise NotReady("nothing_to_assign", _l("There is nothing to assign yet."), missing)
    if each is not None and not 1 <= each <= len(members):
        raise Invalid("each", _l("It can be one member at least, and all of them at most."), "each")


def _let_go(standing: Sequence[Assignment], members: Sequence[Person]) -> None:
    """Members who have left owe nothing any more."""
    sitting = {member.id for member in members}
    for assignment in standing:
        if assignment.person_id not in sitting and assignment.ended_at is None:
            assignment.ended_at = clock.now()


def _scorers(standing: Sequence[Assignment]) -> dict[UUID, list[UUID]]:
    """By application, who is to score it now."""
    found: dict[UUID, list[UUID]] = {}
    for row in standing:
        if row.ended_at is None:
            found.setdefault(row.application_id, []).append(row.person_id)
    return found


def _give(
    work: Work, plan: Mapping[UUID, Sequence[UUID]], standing: Sequence[Assignment]
) -> list[UUID]:
    """Add what is missing; whom it was given to, once for each application."""
    rows = {(row.application_id, row.person_id): row for row in standing}
    given = []
    for application, people in plan.items():
        for person in people:
            row = rows.get((application, person))
            if row is None:
                work.add(Assignment(application_id=application, person_id=person))
            elif row.ended_at is None:
                continue
            else:
                row.ended_at = None
            given.append(person)
    return given


def remind(actor: Person, competition: Competition, people: Sequence[Person]) -> int:
    """Remind members of the sheets that they owe, each once a day at most; how many were told.

    Raises StateConflict before anything is assigned.
    """
    with unit_of_work(actor, "members.reminded", competition) as work:
        under_evaluation(work, competition)
        settings = db.session.get(RoundSettings, competition.id)
        if settings is None or settings.due_at is None:
            raise StateConflict("not_started", _l("Nothing has been assigned yet."))
        told = _tell(work, competition, people, settings.due_at, f"reminder:{clock.today()}")
        work.note(people=[person.name for person in told])
    return len(told)


def _tell(
    work: Work, competition: Competition, people: Collection[Person], due: datetime, what: str
) -> list[Person]:
    """Write to those of `people` who owe sheets."""
    db.session.flush()
    owed = {each.person_id: each.count for each in queries.sheets_owed(competition)}
    told = [person for person in people if owed.get(person.id)]
    for person in told:
        work.send(
            "evaluation/sheets_due",
            to=person,
            key=f"sheets_due:{what}:{competition.id}:{person.id}",
            competition=competition,
            left=owed[person.id],
            due=due,
            url=page_url("scoring.work", competition=competition),
        )
    return told
