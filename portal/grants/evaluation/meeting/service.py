"""The verbs of a meeting: convene, attendance, votes, close. A closed meeting is unchangeable."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.core import clock
from portal.core.accounts.models import Person
from portal.core.db import db
from portal.core.errors import Invalid, Message, NotReady, StateConflict, trigger
from portal.core.formats import short_instant
from portal.core.ordering import next_number
from portal.core.periods import has_come
from portal.core.work import Work, unit_of_work
from portal.grants.applications.models import Application
from portal.grants.competitions.models import Competition
from portal.grants.evaluation.committee.queries import closed_to, grants_of
from portal.grants.evaluation.meeting import queries, rules
from portal.grants.evaluation.meeting.labels import SUBSTITUTE
from portal.grants.evaluation.meeting.labels import quorum as quorum_said
from portal.grants.evaluation.meeting.minutes import record_of
from portal.grants.evaluation.meeting.models import (
    Attendance,
    Ballot,
    BallotChoice,
    Meeting,
    Note,
    Vote,
    VoteKind,
)
from portal.grants.evaluation.meeting.rules import Electorate
from portal.grants.evaluation.preconditions import require_under_evaluation
from portal.grants.evaluation.ranking.approval import differences, digest
from portal.grants.evaluation.ranking.blockers import IN_A_MEETING, Blocks
from portal.grants.evaluation.ranking.labels import said
from portal.grants.evaluation.ranking.queries import Ranking, meetings_of, ranking_of

trigger(_l("Another meeting is not closed yet."), "uq_meetings_open")
trigger(
    _l("The meeting is closed. Its minutes stand as they are."),
    "meetings_minuted",
    "attendances_minuted",
    "votes_minuted",
    "ballots_minuted",
    "meeting_notes_minuted",
)
trigger(
    _l("Only who sits on the committee on the day of the meeting attends and votes."),
    "attendances_seated",
    "ballots_seated",
    "meetings_seated",
    "ballots_recused",
)
trigger(_l("Whoever has voted was there: note when they left."), "attendances_voted")
trigger(_l("This person is noted as present already."), "uq_attendances_there")

# Blockers settled by the vote on the ranking; all others come before it.
BY_VOTE = IN_A_MEETING - {Blocks.TIE}


def convene(actor: Person, competition: Competition, *, held_at: datetime, place: str) -> Meeting:
    """Begin the minutes of a meeting. Raises StateConflict while another meeting is open."""
    meeting = Meeting(competition_id=competition.id, held_at=held_at, place=place)
    with unit_of_work(actor, "meeting.convened", meeting) as work:
        work.lock(competition)
        require_under_evaluation(work, competition)
        if any(one.closed_at is None for one in meetings_of(competition)):
            raise StateConflict("open", _l("Another meeting is not closed yet."))
        meeting.number = next_number(Meeting.number, Meeting.competition_id == competition.id)
        work.add(meeting)
    return meeting


def describe(
    actor: Person,
    competition: Competition,
    meeting: Meeting,
    *,
    held_at: datetime,
    place: str,
    notes: str,
    version: int,
) -> None:
    """Change when and where it was held, and the general discussion.

    Another day may have other members. Raises StateConflict for votes that would then be invalid,
    Invalid for a beginning after an arrival or departure, StaleForm.
    """
    with unit_of_work(actor, "meeting.described", meeting) as work:
        _open(work, competition, meeting)
        work.expect(meeting, version)
        moves = [at for one in meeting.attendance for at in (one.arrived_at, one.left_at) if at]
        if not all(has_come(held_at, at) for at in moves):
            raise Invalid("times", _l("Somebody is noted as coming or leaving before."), "held_at")
        if misfits := _counted_among_others(competition, meeting, held_at):
            raise StateConflict("seats", misfits)
        meeting.held_at, meeting.place, meeting.notes = held_at, place, notes


def _counted_among_others(competition: Competition, meeting: Meeting, held_at: datetime) -> str:
    """What to do about valid votes that were counted among other members than those of `held_at`;
    "" if there are none."""
    seats = queries.seats_on(grants_of(competition), meeting, held_at)
    members = frozenset(seat.person.id for seat in seats if seat.votes)
    votes = [one for one in meeting.votes if Electorate.of(one.electorate).seats != members]
    if not votes:
        return ""
    return _(
        "On that day others have a vote than those among whom it was counted."
        " Withdraw first these votes: %(votes)s",
        votes=", ".join(f"{vote.number}." for vote in votes),
    )


def name_keeper(
    actor: Person, competition: Competition, meeting: Meeting, keeper: Person | None
) -> None:
    """Name the keeper of the minutes if the secretary is recused, or nobody.

    Raises Invalid for a person who is no member in the meeting.
    """
    with unit_of_work(actor, "meeting.keeper_named", meeting) as work:
        _open(work, competition, meeting)
        sitting = {seat.person.id for seat in queries.seats(competition, meeting)}
        if keeper is not None and keeper.id not in sitting:
            raise Invalid("keeper", _l("Only who sits in the meeting can keep its minutes."))
        meeting.keeper_id = keeper.id if keeper else None
        work.note(person=keeper.name if keeper else None)


def take_note(
    actor: Person,
    competition: Competition,
    meeting: Meeting,
    application: Application,
    *,
    text: str,
    version: int,
) -> None:
    """Note the discussion of an application. `version` is 0 for the first note on it.

    Raises StateConflict for an actor with a conflict of interest, StaleForm.
    """
    with unit_of_work(actor, "meeting.noted", meeting) as work:
        _open(work, competition, meeting)
        _may_record(actor, competition, [application.number or ""])
        found = queries.note(meeting, application)
        if found is None:
            work.add(Note(meeting=meeting, application=application, text=text))
        else:
            work.expect(found, version)
            found.text = text
        work.note(applications=[application.number])


def attend(
    actor: Person, competition: Competition, meeting: Meeting, present: Collection[UUID]
) -> None:
    """Set who is present at the beginning; people who are no members are ignored.

    Raises StateConflict after a vote: from then on use arrive and leave.
    """
    with unit_of_work(actor, "meeting.attended", meeting) as work:
        _open(work, competition, meeting)
        if meeting.votes:
            raise StateConflict(
                "voted", _l("There are votes already. Note who came or left since, with the time.")
            )
        for one in meeting.attendance:
            work.delete(one)
        db.session.flush()  # makes room for the new rows
        db.session.expire(meeting, ["attendance"])
        there = [s.person for s in queries.seats(competition, meeting) if s.person.id in present]
        for person in there:
            work.add(Attendance(meeting=meeting, person_id=person.id))
        work.note(present=[person.name for person in there])


def arrive(
    actor: Person, competition: Competition, meeting: Meeting, person: Person, *, at: datetime
) -> None:
    """Record a late arrival or a return. Recorded votes are unchanged.

    Raises StateConflict for a person who is present or no member, Invalid for `at`.
    """
    with unit_of_work(actor, "meeting.arrived", meeting) as work:
        _open(work, competition, meeting)
        seat = _seat_of(competition, meeting, person)
        if seat.is_there:
            raise StateConflict("there", _l("This person is noted as present already."))
        _refuse_time(meeting, at, [one.left_at for one in seat.stays])
        work.add(Attendance(meeting=meeting, person_id=person.id, arrived_at=at))
        work.note(person=person.name)


def leave(
    actor: Person, competition: Competition, meeting: Meeting, person: Person, *, at: datetime
) -> None:
    """Record a departure: they do not count in later votes.

    Raises StateConflict for a person who is not present, Invalid for `at`.
    """
    with unit_of_work(actor, "meeting.left", meeting) as work:
        _open(work, competition, meeting)
        seat = _seat_of(competition, meeting, person)
        if not seat.is_there:
            raise StateConflict("not_there", _l("This person is not noted as present."))
        _refuse_time(meeting, at, [one.arrived_at for one in seat.stays])
        seat.stays[-1].left_at = at
        work.note(person=person.name)


def _seat_of(competition: Competition, meeting: Meeting, person: Person) -> queries.AttendingSeat:
    seats = queries.seats(competition, meeting)
    found = next((seat for seat in seats if seat.person.id == person.id), None)
    if found is None:
        raise StateConflict(
            "no_seat", _l("Only who sits on the committee on the day of the meeting attends it.")
        )
    return found


def _refuse_time(meeting: Meeting, at: datetime, before: Iterable[datetime | None]) -> None:
    first = max([meeting.held_at, *(one for one in before if one)])
    if not first <= at <= clock.now():
        said = _("The time lies between %(first)s and now.", first=short_instant(first))
        raise Invalid("at", said, "at")


def break_tie(
    actor: Person,
    competition: Competition,
    meeting: Meeting,
    *,
    numbers: Sequence[str],
    ballots: Mapping[UUID, str | None],
    remark: str = "",
) -> Vote:
    """Record a vote between tied applications: each member's choice, or None.

    Raises StateConflict if they are not tied, or for an actor with a conflict in one of them,
    NotReady without a quorum, Invalid for missing ballots, or those of people who may not vote.
    """
    with unit_of_work(actor, "tie.voted", meeting) as work:
        _open(work, competition, meeting)
        _may_record(actor, competition, numbers)
        ranking = ranking_of(competition)
        _is_tie(ranking, numbers)
        seats = queries.seats(competition, meeting)
        asked = queries.electorate(competition, seats)
        _can_vote(competition, asked, [tuple(numbers)])
        _refuse_others(ballots, asked.between(numbers))
        if not set(ballots.values()) <= {*numbers, None}:
            raise Invalid("ballot", _l("A vote can only be for one of the tied applications."))
        order = rules.order_by_votes(numbers, ballots, queries.chair_of(seats))
        keys = {number: key for key, number in queries.numbers(competition).items()}
        return work.add(
            Vote(
                meeting_id=meeting.id,
                number=next_number(Vote.number, Vote.meeting_id == meeting.id),
                kind=VoteKind.TIE,
                question=remark,
                electorate=asked.to_json(numbers),
                order=order or list(numbers),
                carried=order is not None,
                ballots=[
                    Ballot(
                        person_id=who,
                        choice=BallotChoice.FOR if choice else BallotChoice.ABSTAIN,
                        application_id=keys[choice] if choice else None,
                    )
                    for who, choice in ballots.items()
                ],
            )
        )


def approve_ranking(
    actor: Person,
    competition: Competition,
    meeting: Meeting,
    *,
    ballots: Mapping[UUID, BallotChoice],
    remark: str = "",
) -> Vote:
    """Record the vote on the whole ranking, in its present order.

    Each member has one ballot. It is counted for each application on which they may vote, and the
    ranking is approved only if it is for all of them. Raises NotReady with the blockers and the
    applications without a quorum, StateConflict for an actor with a conflict in one of the
    applications.
    """
    with unit_of_work(actor, "ranking.voted", meeting) as work:
        _open(work, competition, meeting)
        ranking = ranking_of(competition)
        numbers = [entry.number for entry in ranking.entries]
        _may_record(actor, competition, numbers)
        missing = [b.in_full for b in ranking.blockers if b.kind not in BY_VOTE]
        if missing:
            raise NotReady("blocked", _l("The ranking cannot be approved yet."), missing)
        seats = queries.seats(competition, meeting)
        asked, chair = queries.electorate(competition, seats), queries.chair_of(seats)
        _can_vote(competition, asked, [(number,) for number in numbers] or [()])
        _refuse_others(ballots, asked.on_all(numbers))
        counts = rules.counts(asked, numbers, ballots, chair)
        carried = all(one.carried for one in counts) if counts else rules.is_carried(ballots, chair)
        return work.add(
            Vote(
                meeting_id=meeting.id,
                number=next_number(Vote.number, Vote.meeting_id == meeting.id),
                kind=VoteKind.RANKING,
                question=remark,
                electorate=asked.to_json(numbers),
                order=[entry.number for entry in ranking.entries if entry.place],
                carried=carried,
                approved=ranking.facts if carried else None,
                digest=digest(ranking.facts) if carried else None,
                ballots=[Ballot(person_id=who, choice=choice) for who, choice in ballots.items()],
            )
        )


def withdraw_vote(
    actor: Person, competition: Competition, meeting: Meeting, vote: Vote, *, reason: str
) -> None:
    """Withdraw a wrongly recorded vote. It is kept and does not count.

    Raises StateConflict if it is withdrawn already.
    """
    with unit_of_work(actor, "vote.withdrawn", meeting) as work:
        _open(work, competition, meeting)
        _may_record(actor, competition, Electorate.of(vote.electorate).out)
        work.lock(vote)
        if vote.withdrawn_at is not None:
            raise StateConflict("withdrawn", _l("This vote has been withdrawn already."))
        vote.withdrawn_at, vote.withdrawn_by_id = clock.now(), actor.id
        vote.withdrawn_reason = reason


def close(actor: Person, competition: Competition, meeting: Meeting, *, version: int) -> None:
    """Close the meeting and freeze its record, permanently.

    An actor with a conflict of interest may close, since that decides and shows nothing; they get
    an extract afterwards. Raises NotReady before the meeting was held, with nobody present, or with
    votes counted among other members, StaleForm.
    """
    with unit_of_work(actor, "meeting.closed", meeting) as work:
        _open(work, competition, meeting)
        work.expect(meeting, version)
        missing: list[Message] = []
        if not has_come(meeting.held_at, clock.now()):
            missing.append(_l("The meeting has not been held yet."))
        seats = queries.seats(competition, meeting)
        if not any(seat.stays for seat in seats):
            missing.append(_l("Nobody is marked as present."))
        if misfits := _counted_among_others(competition, meeting, meeting.held_at):
            missing.append(misfits)
        missing += _changed_since_the_vote(actor, competition, meeting)
        if missing:
            raise NotReady("not_held", _l("The meeting cannot be closed yet."), missing)
        record = record_of(competition, meeting, closed_at=clock.now(), closed_by=actor)
        meeting.closed_at, meeting.closed_by_id, meeting.record = clock.now(), actor.id, record


def _changed_since_the_vote(
    actor: Person, competition: Competition, meeting: Meeting
) -> list[Message]:
    """What has changed since this meeting's approval: it has to withdraw that vote, and vote anew.

    Nothing is said of applications from which a conflict of interest excludes the actor.
    """
    vote = meeting.vote_on_ranking
    if vote is None or vote.approved is None:
        return []
    found = differences(vote.approved, ranking_of(competition).facts)
    if not found:
        return []
    told = [one.without(closed_to(actor, competition)) for one in found]
    return [
        _l("The ranking is no longer the one voted on. Withdraw that vote, and vote anew."),
        *(said(one) for one in told if one),
    ]


def _open(work: Work, competition: Competition, meeting: Meeting) -> None:
    work.lock(competition, meeting)
    require_under_evaluation(work, competition)
    if meeting.closed_at is not None:
        raise StateConflict("closed", _l("The meeting is closed. Its minutes stand as they are."))


def _is_tie(ranking: Ranking, numbers: Sequence[str]) -> None:
    """Require that exactly these applications share a place now."""
    places = {entry.place for entry in ranking.entries if entry.number in numbers}
    sharing = {
        entry.number
        for entry in ranking.entries
        if entry.place is not None and {entry.place} == places
    }
    if len(numbers) < 2 or sharing != set(numbers):
        raise StateConflict("no_tie", _l("These applications are not tied any more."))


def _may_record(actor: Person, competition: Competition, numbers: Iterable[str]) -> None:
    """Require that no conflict of interest excludes the actor from one of these applications."""
    if queries.kept_from(actor, competition, list(numbers)):
        raise StateConflict(
            "recused",
            _l(
                "This concerns an application from which you are recused, or about which you have"
                " declared nothing. Somebody else minutes it: the chair, or whom the chair names."
            ),
        )


def _can_vote(competition: Competition, asked: Electorate, votes: Sequence[Sequence[str]]) -> None:
    """Require a quorum for each of these votes, and complete declarations of all who are
    present."""
    if any(votes) and competition.discussion_opened_at is None:
        raise StateConflict("not_opened", _l("The chair opens the discussion before a vote."))
    found = [(about, asked.quorum(*about)) for about in votes]
    without = [
        f"{', '.join(about)}: {quorum_said(one)}. {'' if one.possible else SUBSTITUTE}".strip()
        for about, one in found
        if not one.reached
    ]
    if without:
        raise NotReady("no_quorum", _l("There is no quorum for these applications:"), without)
    there, about = asked.seats & asked.present, {number for one in votes for number in one}
    owed = queries.undeclared(competition, there, about)
    if owed:
        raise NotReady(
            "undeclared",
            _l("These people declare first whether they have a conflict of interest:"),
            [f"{name}: {', '.join(numbers)}" for name, numbers in owed.items()],
        )


def _refuse_others(ballots: Mapping[UUID, object], voters: Collection[UUID]) -> None:
    if set(ballots) != set(voters):
        raise Invalid(
            "ballots", _l("Record the vote of everybody who may vote, and of nobody else.")
        )
