"""The verbs of the committee: appoint, end, declare, confirm or clear, assign, remind."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from flask_babel import lazy_gettext as _l

from portal.core import clock, languages
from portal.core.accounts.models import DECIDING, Person, RoleGrant
from portal.core.accounts.queries import person_by_email
from portal.core.accounts.rights import holds
from portal.core.accounts.service import send_reset
from portal.core.db import db
from portal.core.errors import Invalid, NotReady, StateConflict, constraint, trigger
from portal.core.messages.links import page_url
from portal.core.work import SOMEBODY_FIRST, Work, unit_of_work
from portal.grants.applications.hooks import SEALED
from portal.grants.applications.models import Application
from portal.grants.applications.rights import is_unsealed
from portal.grants.competitions.models import Competition
from portal.grants.evaluation.committee import queries, rules
from portal.grants.evaluation.committee.labels import ROLES
from portal.grants.evaluation.committee.models import (
    Assignment,
    CommitteeRole,
    ConflictKind,
    Declaration,
    RoundSettings,
    Suspicion,
    Workplace,
)
from portal.grants.evaluation.committee.progress import progress
from portal.grants.evaluation.committee.suspects import belongs_to, end_assignments, recuse, suspect
from portal.grants.evaluation.preconditions import require_undecided, require_under_evaluation

trigger(_l("You have declared this already."), "declarations_recused")
constraint(
    "uq_declarations_person_id_application_id",
    _l("You have declared this already."),
)
constraint("uq_suspected_conflicts_person_id_application_id", SOMEBODY_FIRST)
constraint("uq_assignments_person_id_application_id", _l("This is assigned already."))
trigger(_l("The points on this application can be seen already."), "assignments_discussed")
constraint(
    "role_grants_apart",
    _l(
        "The head and the auditor of a municipality do not sit on the committees of its"
        " competitions: the one signs what a committee proposes, the other watches over both. On"
        " some of these days this person would do both. End the other role first."
    ),
    "role",
)
constraint(
    "role_grants_one_chair",
    _l(
        "The committee has another chair on some of these days. End that term first, or let"
        " this one begin after it."
    ),
    "roles",
)
constraint(
    "role_grants_one_secretary",
    _l(
        "The committee has another secretary on some of these days. End that term first, or"
        " let this one begin after it."
    ),
    "roles",
)


@dataclass(frozen=True, slots=True)
class AppointmentOrder:
    """The order of an appointment, and its first day."""

    number: str
    dated: date
    since: date


def appoint(
    actor: Person,
    competition: Competition,
    *,
    email: str,
    name: str,
    roles: Collection[CommitteeRole],
    order: AppointmentOrder,
    workplace: str = "",
) -> Person:
    """Appoint somebody to the committee and notify them; without an account they get one.

    Raises Invalid for `roles` if the chair or secretary overlaps with another, or the person holds
    an excluded role; for `email` if they belong to an applicant; for `name` if a new account needs
    one; StateConflict once the competition is decided.
    """
    known = person_by_email(email)
    if known is None and not name:
        raise Invalid("name_owed", _l("Nobody has this address yet: give the name too."), "name")
    person = known or Person(
        email=email, name=name, language=languages.current(), confirmed_at=None
    )
    with unit_of_work(actor, "committee.appointed", competition) as work:
        work.lock(competition)
        require_undecided(competition)
        if known is None:
            work.add(person)
            db.session.flush()
            send_reset(work, person)
        grants = [
            work.add(
                RoleGrant(
                    person_id=person.id,
                    role=role,
                    scope_id=competition.id,
                    since=order.since,
                    order_number=order.number,
                    order_date=order.dated,
                )
            )
            for role in roles
        ]
        if workplace:
            db.session.merge(
                Workplace(competition_id=competition.id, person_id=person.id, name=workplace)
            )
        db.session.flush()
        # After the grant: anybody joining an organisation meanwhile waits for it.
        if numbers := belongs_to(person, competition):
            raise Invalid(
                "belongs",
                _l(
                    "This person belongs to an applicant or its partner (%(numbers)s), and so does"
                    " not sit on the committee of this competition.",
                    numbers=", ".join(numbers),
                ),
                "email",
            )
        if is_unsealed(competition):
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


def end(
    actor: Person, competition: Competition, grant: RoleGrant, *, until: date | None, reason: str
) -> None:
    """End an appointment at once, or with the day `until`, which can be moved until then.

    Submitted sheets stay; missing ones are no longer required. Raises Invalid for `until` before
    the first day, or within a successor's term; StateConflict if it has ended.
    """
    with unit_of_work(actor, "committee.ended", competition) as work:
        work.lock(competition, grant)
        if grant.is_over:
            raise StateConflict("ended", _l("This appointment has ended already."))
        if until is None:
            grant.ended_at = clock.now()
        elif until < grant.since:
            raise Invalid("dates", _l("The last day cannot be before the first."), "until")
        else:
            grant.until = until
        work.note(person=grant.person.name, role=grant.role.value, reason=reason)
        if grant.role is CommitteeRole.MEMBER and grant.is_over:
            end_assignments(
                Application.competition_id == competition.id,
                Assignment.person_id == grant.person_id,
            )


def declare(
    actor: Person, application: Application, *, kind: ConflictKind, note: str = ""
) -> Declaration:
    """Declare whether one has a conflict of interest; all kinds but none recuse, from now on.

    A conflict found later replaces an earlier none. Raises StateConflict for anything that would
    undo a recusal.
    """
    none = kind is ConflictKind.NONE
    event = "conflict.none_declared" if none else "conflict.declared"
    with unit_of_work(actor, event, application) as work:
        _while_it_matters(work, actor, application.competition)
        recuse(work, application.competition, [actor])
        declaration = _declare(work, actor, application, kind, note)
    return declaration


def declare_none(
    actor: Person, competition: Competition, applications: Sequence[Application]
) -> None:
    """Declare no conflict with each of these applications, ticked by name."""
    if not applications:
        raise Invalid("none", _l("Tick the applications with which you have no conflict."))
    with unit_of_work(actor, "conflict.none_declared", competition) as work:
        require_under_evaluation(work, competition)
        for application in applications:
            _declare(work, actor, application, ConflictKind.NONE, "")
        work.note(applications=[application.number for application in applications])


def declare_for_board(
    actor: Person,
    competition: Competition,
    among: Sequence[Application],
    *,
    conflicts: Collection[Application],
    kind: ConflictKind | None,
    note: str = "",
) -> None:
    """Declare about all of `among`, the list shown to the board member: a conflict of one kind with
    some, and none with the others.

    Raises Invalid if `kind` is missing, or there is a kind or a note and nobody in `conflicts`.
    """
    if conflicts and kind in (None, ConflictKind.NONE):
        raise Invalid("kind", _l("Say what the conflict is."), "kind")
    if not conflicts and (kind not in (None, ConflictKind.NONE) or note.strip()):
        raise Invalid(
            "conflicts",
            _l(
                "A conflict is described. Tick the applicants with whom you have it; if you"
                " have none, choose that there is no conflict and delete its description."
            ),
            "conflicts",
        )
    with unit_of_work(actor, "conflict.declared_for_board", competition) as work:
        _while_it_matters(work, actor, competition)
        recuse(work, competition, [actor])
        for application in among:
            found = kind if application in conflicts and kind else ConflictKind.NONE
            _declare(work, actor, application, found, note if application in conflicts else "")
        work.note(
            applications=[application.number for application in among],
            conflicts=[application.number for application in conflicts],
        )


def _while_it_matters(work: Work, actor: Person, competition: Competition) -> None:
    """The committee declares until the competition is decided, the board as long as it acts."""
    if holds(actor, DECIDING, competition.municipality_id):
        if not is_unsealed(competition):
            raise StateConflict("before_deadline", SEALED.reason)
    else:
        require_under_evaluation(work, competition)


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
        _end_assignment(actor.id, application.id)
    return declaration


def _end_assignment(person_id: UUID, application_id: UUID) -> None:
    end_assignments(Assignment.person_id == person_id, Assignment.application_id == application_id)


def resolve(
    actor: Person, competition: Competition, suspicion: Suspicion, *, confirmed: bool, reason: str
) -> None:
    """Confirm a suspected conflict, which recuses the member, or clear it; with a reason.

    Nobody clears a suspicion about themselves. Raises StateConflict if it is settled already.
    """
    with unit_of_work(actor, "conflict.resolved", suspicion) as work:
        work.within(competition.id)
        require_under_evaluation(work, competition)
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
            _end_assignment(suspicion.person_id, suspicion.application_id)


def assign(actor: Person, competition: Competition, *, each: int | None, due_at: datetime) -> int:
    """Assign the applications to the members: all to all, or `each` members per application,
    balanced.

    Run again, it keeps assignments and fills gaps left by recusals and new members; returns the
    number of new assignments, whose members are notified. Once the discussion is open, applications
    whose points it shows are not assigned. Raises NotReady without members or eligible
    applications, or if points of all open ones are visible, Invalid for `each`.
    """
    with unit_of_work(actor, "applications.assigned", competition) as work:
        work.lock(competition)
        require_under_evaluation(work, competition)
        members = queries.voting(competition)
        applications = queries.eligible(competition)
        _ready_to_assign(members, applications, each)
        suspect(work, competition, queries.seated(competition))
        end_assignments(
            Application.competition_id == competition.id,
            Assignment.person_id.not_in([member.id for member in members]),
        )
        rows = {
            (one.application_id, one.person_id): one for one in queries.assignments(competition)
        }
        current: dict[UUID, list[UUID]] = {}
        for (application, person), row in rows.items():
            if row.ended_at is None:
                current.setdefault(application, []).append(person)
        plan = rules.assign(
            [member.id for member in members],
            [application.id for application in applications],
            queries.recusals(competition),
            each,
            current,
        )
        new = [
            (application, person)
            for application, people in plan.items()
            for person in people
            if person not in current.get(application, ())
        ]
        seen = queries.seen_by_others(competition)
        given = [pair for pair in new if pair[0] not in seen]
        if new and not given:
            withheld = {application for application, _person in new}
            raise NotReady(
                "discussed",
                _l(
                    "The discussion is open, so whoever is new can have seen the points."
                    " These applications are given to nobody any more:"
                ),
                [one.number or "" for one in applications if one.id in withheld],
            )
        for application, person in given:
            if (application, person) in rows:
                rows[application, person].ended_at = None
            else:
                work.add(Assignment(application_id=application, person_id=person))
        settings = queries.round_of(competition) or work.add(
            RoundSettings(competition_id=competition.id)
        )
        settings.sheets_per_application, settings.due_at = each, due_at
        settings.started_at = settings.started_at or clock.now()
        work.note(each=each, due_at=due_at, assignments=len(given))
        told = {person for _application, person in given}
        _tell(work, competition, [m for m in members if m.id in told], due_at, "assigned")
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


def remind(actor: Person, competition: Competition, people: Sequence[Person]) -> int:
    """Remind members of missing sheets, each at most once a day; returns how many were reminded.

    Raises StateConflict before anything is assigned.
    """
    with unit_of_work(actor, "members.reminded", competition) as work:
        require_under_evaluation(work, competition)
        settings = queries.round_of(competition)
        if settings is None or settings.due_at is None:
            raise StateConflict("not_started", _l("Nothing has been assigned yet."))
        told = _tell(work, competition, people, settings.due_at, f"reminder:{clock.today()}")
        work.note(people=[person.name for person in told])
    return len(told)


def _tell(
    work: Work, competition: Competition, people: Collection[Person], due: datetime, what: str
) -> list[Person]:
    """Write to those of `people` with missing sheets."""
    db.session.flush()
    owed = {one.person_id: one.left for one in progress(competition)}
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
