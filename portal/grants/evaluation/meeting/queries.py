"""Queries on meetings: attendance, votes, members, voters and recorders."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal.core import clock
from portal.core.accounts.models import Person, RoleGrant
from portal.core.db import db
from portal.core.periods import has_come
from portal.grants.applications.models import Application, Counted
from portal.grants.competitions.models import Competition
from portal.grants.evaluation import visibility
from portal.grants.evaluation.committee.models import CommitteeRole
from portal.grants.evaluation.committee.queries import grants_of, recusals
from portal.grants.evaluation.committee.rules import Quorum
from portal.grants.evaluation.meeting.models import (
    Attendance,
    Ballot,
    Meeting,
    Note,
    Vote,
)
from portal.grants.evaluation.meeting.rules import Electorate
from portal.grants.evaluation.models import Suspicion
from portal.grants.evaluation.visibility import (
    conflict_sight,
    is_eligible,
    result_sight,
    visible,
)


def meeting(competition: Competition, key: UUID) -> Meeting | None:
    """A meeting of this competition with all its records; for the loader."""
    return db.session.scalar(
        select(Meeting)
        .where(Meeting.id == key, Meeting.competition_id == competition.id)
        .options(
            selectinload(Meeting.attendance),
            selectinload(Meeting.discussion).joinedload(Note.application, innerjoin=True),
            selectinload(Meeting.recorded)
            .selectinload(Vote.ballots)
            .joinedload(Ballot.person, innerjoin=True),
        )
    )


def numbers(competition: Competition) -> dict[UUID, str]:
    """The numbers of the eligible applications by their keys."""
    return {
        key: number or ""
        for key, number in db.session.execute(
            select(Application.id, Application.number)
            .where(Application.competition_id == competition.id, is_eligible())
            .order_by(Application.ordinal)
        )
    }


# --------------------------------------------------------------------- members and attendance


@dataclass(frozen=True, slots=True)
class AttendingSeat:
    """A committee member on the day of a meeting, with their attendance."""

    person: Person
    roles: frozenset[CommitteeRole]
    stays: tuple[Attendance, ...]

    @property
    def votes(self) -> bool:
        """Whether they have a vote; a chair or secretary as such has none."""
        return CommitteeRole.MEMBER in self.roles

    @property
    def is_there(self) -> bool:
        """Whether they are present now."""
        return any(stay.left_at is None for stay in self.stays)


def seats(competition: Competition, meeting: Meeting) -> list[AttendingSeat]:
    """The members in the meeting, by name: those appointed on its day, whenever it was convened."""
    return seats_on(grants_of(competition), meeting, meeting.held_at)


def seats_on(
    grants: Iterable[RoleGrant], meeting: Meeting, held_at: datetime
) -> list[AttendingSeat]:
    """The same for another time `held_at`, from all the committee's grants."""
    roles: dict[Person, set[CommitteeRole]] = {}
    for grant in grants:
        if lives(grant, held_at):
            roles.setdefault(grant.person, set()).add(CommitteeRole(grant.role))
    stays: dict[UUID, list[Attendance]] = {}
    for one in meeting.attendance:
        stays.setdefault(one.person_id, []).append(one)
    return [
        AttendingSeat(
            person,
            frozenset(held),
            tuple(sorted(stays.get(person.id, ()), key=lambda stay: stay.created_at)),
        )
        for person, held in sorted(roles.items(), key=lambda pair: (pair[0].sort_name, pair[0].id))
    ]


def lives(grant: RoleGrant, held_at: datetime) -> bool:
    """Whether an appointment includes the day of a meeting at `held_at`."""
    day = clock.day_of(held_at)
    last = grant.until or day
    return grant.since <= day <= last and not (grant.ended_at and has_come(grant.ended_at, held_at))


def chair_of(seats: Iterable[AttendingSeat]) -> UUID | None:
    """The chair, whose vote decides even counts if they have one."""
    return next((seat.person.id for seat in seats if CommitteeRole.CHAIR in seat.roles), None)


# ------------------------------------------------------------------------- voters and recorders


def electorate(competition: Competition, seats: Iterable[AttendingSeat]) -> Electorate:
    """Those who could vote now, on any application."""
    seats = list(seats)
    return Electorate(
        frozenset(seat.person.id for seat in seats if seat.votes),
        frozenset(seat.person.id for seat in seats if seat.is_there),
        kept_out(competition),
    )


def kept_out(competition: Competition) -> dict[str, frozenset[UUID]]:
    """By number of each eligible application, whom a conflict of interest excludes: declared,
    confirmed, or suspected and not yet settled."""
    known, out = numbers(competition), recusals(competition)
    waiting = select(Suspicion.application_id, Suspicion.person_id).where(
        Suspicion.application_id.in_(known), Suspicion.confirmed.is_(None)
    )
    for key, person in db.session.execute(waiting):
        out.setdefault(key, set()).add(person)
    return {number: frozenset(out.get(key, ())) for key, number in known.items()}


def undeclared(
    competition: Competition, people: Collection[UUID], about: Collection[str]
) -> dict[str, list[str]]:
    """By name, the applications about which those of `people` who are not excluded have not
    declared."""
    rows = db.session.execute(
        select(Person.name, Application.number)
        .join(Application, Application.competition_id == competition.id)
        .where(
            Person.id.in_(people),
            Application.number.in_(about),
            visibility.undeclared(Person.id, Application.id),
        )
        .order_by(Person.sort_name, Application.ordinal)
    )
    found: dict[str, list[str]] = {}
    for name, number in rows:
        found.setdefault(name, []).append(number or "")
    return found


@dataclass(frozen=True, slots=True)
class Recorders:
    """Who may record votes on some applications: members without a conflict in any."""

    now: Sequence[Person]  # of chair, secretary and the keeper named by the chair
    free: Sequence[Person]  # of all other members: whom the chair can name
    undeclared: Mapping[str, Sequence[str]]  # of neither, by name: what they have to declare about


def recorders(
    competition: Competition,
    meeting: Meeting,
    seats: Iterable[AttendingSeat],
    asked: Electorate,
    about: Collection[str],
) -> Recorders:
    """Who may record votes on these applications: members who have declared about all of them."""
    out = asked.kept_from(*about)
    fit = [seat for seat in seats if seat.person.id not in out]
    silent = undeclared(competition, [seat.person.id for seat in fit], about)
    fit = [seat for seat in fit if seat.person.name not in silent]
    now = [
        seat.person
        for seat in fit
        if seat.roles & {CommitteeRole.CHAIR, CommitteeRole.SECRETARY}
        or seat.person.id == meeting.keeper_id
    ]
    return Recorders(now, [seat.person for seat in fit if seat.person not in now], silent)


@dataclass(frozen=True, slots=True)
class Voting:
    """The state of a vote in an open meeting before it is taken."""

    asked: Electorate
    about: Sequence[str]  # the applications voted on
    members: Sequence[Person]  # voting members, present or not
    voters: Sequence[Person]
    excluded: Sequence[Person]  # present without a vote in this
    chair_votes: bool
    recorders: Recorders
    undeclared: Mapping[str, Sequence[str]]  # by name, the applications not declared about

    @property
    def quorums(self) -> Sequence[tuple[str, Quorum, Sequence[str]]]:
        """For applications whose quorum differs from that of all: number, quorum, and who is
        excluded."""
        out = {n: self.asked.kept_from(n) & self.asked.seats for n in self.about}
        return [
            (n, self.asked.quorum(n), [who.name for who in self.members if who.id in out[n]])
            for n in self.about
            if out[n]
        ]

    @property
    def together(self) -> Quorum:
        """The quorum for all applications together: in a tie, the decisive one."""
        return self.asked.quorum(*self.about)


def voting(
    competition: Competition, meeting: Meeting, about: Sequence[str], *, tie: bool
) -> Voting:
    """A vote between the tied applications, or on the whole ranking."""
    sit = seats(competition, meeting)
    asked = electorate(competition, sit)
    keys = asked.between(about) if tie else asked.on_all(about)
    there = [seat.person for seat in sit if seat.votes and seat.is_there]
    return Voting(
        asked,
        about,
        [seat.person for seat in sit if seat.votes],
        [person for person in there if person.id in keys],
        [person for person in there if person.id not in keys],
        chair_of(sit) in keys,
        recorders(competition, meeting, sit, asked, about),
        undeclared(competition, [person.id for person in there], about),
    )


def kept_from(actor: Person, competition: Competition, about: Collection[str]) -> list[str]:
    """The applications among these from which a conflict of interest excludes the actor."""
    return [
        number or ""
        for number in db.session.scalars(
            select(Application.number).where(
                Application.competition_id == competition.id,
                Application.number.in_(about),
                ~visible(conflict_sight, actor, competition),
            )
        )
    ]


def note(meeting: Meeting, application: Application) -> Note | None:
    """The note on an application's discussion."""
    return db.session.scalar(
        select(Note).filter_by(meeting_id=meeting.id, application_id=application.id)
    )


def titles(actor: Person, competition: Competition, about: Sequence[str]) -> dict[str, str]:
    """The titles of those of these applications whose results the actor sees, in the given
    order."""
    found = {
        number or "": title
        for number, title in db.session.execute(
            select(Application.number, Counted.title)
            .join(Counted, Counted.application_id == Application.id)
            .where(
                Application.competition_id == competition.id,
                is_eligible(),
                visible(result_sight, actor, competition),
                Application.number.in_(about),
            )
        )
    }
    return {number: found[number] for number in about if number in found}
