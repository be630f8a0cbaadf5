"""Meetings with their attendance and votes, and who may vote in them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from portal.core.accounts.models import Person, Role
from portal.core.db import db
from portal.grants.applications.models import Application, Counted
from portal.grants.competitions.models import Competition
from portal.grants.evaluation.committee.queries import recusals, sitting
from portal.grants.evaluation.meeting import rules
from portal.grants.evaluation.meeting.models import Attendance, Ballot, Meeting, Vote, VoteKind
from portal.grants.evaluation.ranking.approval import Facts
from portal.grants.evaluation.visibility import is_eligible, result_sight, visible


def meetings(competition: Competition) -> Sequence[Meeting]:
    """The meetings, the latest first, with attendance and votes."""
    return db.session.scalars(
        select(Meeting)
        .where(Meeting.competition_id == competition.id)
        .order_by(Meeting.number.desc())
        .options(selectinload(Meeting.attendance), selectinload(Meeting.votes))
    ).all()


def meeting(competition: Competition, key: UUID) -> Meeting | None:
    """A meeting of just this competition, with all that was recorded; for the loader."""
    return db.session.scalar(
        select(Meeting)
        .where(Meeting.id == key, Meeting.competition_id == competition.id)
        .options(
            selectinload(Meeting.attendance).joinedload(Attendance.person, innerjoin=True),
            selectinload(Meeting.votes)
            .selectinload(Vote.ballots)
            .joinedload(Ballot.person, innerjoin=True),
        )
    )


def next_number(competition: Competition) -> int:
    """The number of the next meeting."""
    last = db.session.scalar(
        select(func.max(Meeting.number)).where(Meeting.competition_id == competition.id)
    )
    return (last or 0) + 1


def next_vote_number(meeting: Meeting) -> int:
    """The number of the next vote; withdrawn ones keep theirs."""
    last = db.session.scalar(select(func.max(Vote.number)).where(Vote.meeting_id == meeting.id))
    return (last or 0) + 1


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


def recused_by_number(competition: Competition) -> dict[str, set[UUID]]:
    """Who is recused from which eligible application, by its number."""
    known = numbers(competition)
    return {known[key]: who for key, who in recusals(competition).items() if key in known}


def voters(
    meeting: Meeting, recused: Mapping[str, set[UUID]], about: Sequence[str]
) -> list[Person]:
    """Who votes in the meeting between these applications, by name."""
    keys = rules.voters(entitled(meeting), present(meeting), recused, about)
    return [a.person for a in by_name(meeting) if a.person_id in keys]


def chair_of(competition: Competition) -> UUID | None:
    """Who leads the committee; their vote counts where votes are even, if they have one."""
    chairs = sitting(competition, Role.CHAIR)
    return chairs[0].id if chairs else None


def by_name(meeting: Meeting) -> list[Attendance]:
    """The list of attendance, by name."""
    return sorted(meeting.attendance, key=lambda a: (a.person.name, str(a.person_id)))


def entitled(meeting: Meeting) -> set[UUID]:
    """Who has a vote."""
    return {a.person_id for a in meeting.attendance if a.entitled}


def present(meeting: Meeting) -> set[UUID]:
    """Who is there."""
    return {a.person_id for a in meeting.attendance if a.present}


def excluded(meeting: Meeting, recused: Mapping[str, set[UUID]], about: Sequence[str]) -> list[str]:
    """Names of those who are there, and have no vote between these applications."""
    voting = {person.id for person in voters(meeting, recused, about)}
    return [
        one.person.name
        for one in by_name(meeting)
        if one.entitled and one.present and one.person_id not in voting
    ]


def approved_in(meeting: Meeting) -> Facts | None:
    """What the meeting's last vote on the ranking approved, if it was carried."""
    last = next((v for v in reversed(meeting.votes) if v.kind is VoteKind.RANKING), None)
    return last.approved if last else None


def titles(actor: Person, competition: Competition, about: Sequence[str]) -> dict[str, str]:
    """The titles of those of these applications whose results the actor sees, as ordered."""
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


def ties(record: Mapping[str, Any]) -> list[list[str]]:
    """Numbers that share a place in the ranking of a record, group by group."""
    groups: dict[int, list[str]] = {}
    for line in record["ranking"]:
        if line["tied"] and line["place"]:
            groups.setdefault(line["place"], []).append(line["number"])
    return list(groups.values())
