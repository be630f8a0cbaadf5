"""The verbs of a meeting: convene, note who is there, record votes, close. Closed, it stands."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from flask_babel import lazy_gettext as _l

from portal.core import clock
from portal.core.accounts.models import Person, Role
from portal.core.errors import Invalid, Message, NotReady, StateConflict, guards
from portal.core.periods import has_come
from portal.core.work import Work, unit_of_work
from portal.grants.competitions.models import Competition
from portal.grants.evaluation.committee.queries import sitting
from portal.grants.evaluation.committee.rules import quorum
from portal.grants.evaluation.guards import under_evaluation
from portal.grants.evaluation.meeting import queries, rules
from portal.grants.evaluation.meeting.minutes import record_of
from portal.grants.evaluation.meeting.models import (
    Attendance,
    Ballot,
    BallotChoice,
    Meeting,
    Vote,
    VoteKind,
)
from portal.grants.evaluation.ranking.approval import differences, digest
from portal.grants.evaluation.ranking.blockers import IN_A_MEETING, Blocks
from portal.grants.evaluation.ranking.queries import Ranking, conflicts_of, ranking_of
from portal.grants.evaluation.ranking.words import said

guards(_l("Another meeting is not closed yet."), "uq_meetings_open")
guards(
    _l("The meeting is closed. Its minutes stand as they are."),
    *("meetings_minuted", "attendances_minuted", "votes_minuted", "ballots_minuted"),
)

# What the vote on the ranking settles; everything else comes before it.
BY_VOTE = IN_A_MEETING - {Blocks.TIE}


def convene(actor: Person, competition: Competition, *, held_at: datetime, place: str) -> Meeting:
    """Begin the minutes of a meeting. Everybody on the committee is in its list of attendance.

    Raises StateConflict while another meeting is open.
    """
    meeting = Meeting(competition_id=competition.id, held_at=held_at, place=place)
    with unit_of_work(actor, "meeting.convened", meeting) as work:
        work.lock(competition)
        under_evaluation(work, competition)
        if any(one.closed_at is None for one in queries.meetings(competition)):
            raise StateConflict("open", _l("Another meeting is not closed yet."))
        meeting.number = queries.next_number(competition)
        members = {member.id for member in sitting(competition, Role.MEMBER)}
        meeting.attendance = [
            Attendance(person_id=person.id, entitled=person.id in members, present=False)
            for person in sitting(competition)
        ]
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
    """Change when and where it was held, and what was discussed. Raises StaleForm."""
    with unit_of_work(actor, "meeting.described", meeting) as work:
        _open(work, competition, meeting)
        work.expect(meeting, version)
        meeting.held_at, meeting.place, meeting.notes = held_at, place, notes


def attend(
    actor: Person, competition: Competition, meeting: Meeting, present: Collection[UUID]
) -> None:
    """Note who is there; people not on the list are left out. Raises StateConflict after a vote."""
    with unit_of_work(actor, "meeting.attended", meeting) as work:
        _open(work, competition, meeting)
        if meeting.votes:
            raise StateConflict(
                "voted",
                _l("Votes are recorded already. Withdraw them before you change who is here."),
            )
        for one in meeting.attendance:
            one.present = one.person_id in present
        work.note(present=[one.person.name for one in meeting.attendance if one.present])


def break_tie(
    actor: Person,
    competition: Competition,
    meeting: Meeting,
    *,
    numbers: Sequence[str],
    ballots: Mapping[UUID, str | None],
    remark: str = "",
) -> Vote:
    """Record a vote between applications that are tied: for which one each member voted, or None.

    Raises StateConflict where they are not a tie, NotReady without a quorum, Invalid for ballots
    that are missing, or are of people who may not vote.
    """
    with unit_of_work(actor, "tie.voted", meeting) as work:
        _open(work, competition, meeting)
        ranking = ranking_of(competition)
        _is_tie(ranking, numbers)
        recused = queries.recused_by_number(competition)
        _has_quorum(meeting, recused, numbers)
        _ballots_of(ballots, queries.voters(meeting, recused, numbers))
        if not set(ballots.values()) <= {*numbers, None}:
            raise Invalid("ballot", _l("A vote can only be for one of the tied applications."))
        order = rules.order_by_votes(numbers, ballots, queries.chair_of(competition))
        vote = _new_vote(meeting, VoteKind.TIE, remark)
        vote.order, vote.carried = order or list(numbers), order is not None
        keys = {number: key for key, number in queries.numbers(competition).items()}
        vote.ballots = [
            Ballot(
                person_id=who,
                choice=BallotChoice.FOR if choice else BallotChoice.ABSTAIN,
                application_id=keys[choice] if choice else None,
            )
            for who, choice in ballots.items()
        ]
        work.add(vote)
    return vote


def approve_ranking(
    actor: Person,
    competition: Competition,
    meeting: Meeting,
    *,
    ballots: Mapping[UUID, BallotChoice],
    remark: str = "",
) -> Vote:
    """Record the vote on the whole ranking, in the order in which it stands now.

    Raises NotReady with whatever still blocks it and with the applications without a quorum.
    """
    with unit_of_work(actor, "ranking.voted", meeting) as work:
        _open(work, competition, meeting)
        ranking = ranking_of(competition)
        missing = [b.in_full for b in ranking.blockers if b.kind not in BY_VOTE]
        if missing:
            raise NotReady("blocked", _l("The ranking cannot be approved yet."), missing)
        recused = queries.recused_by_number(competition)
        _has_quorum(meeting, recused, [entry.number for entry in ranking.entries])
        _ballots_of(ballots, queries.voters(meeting, {}, ()))
        vote = _new_vote(meeting, VoteKind.RANKING, remark)
        vote.order = [entry.number for entry in ranking.entries if entry.place]
        vote.carried = rules.is_carried(ballots, queries.chair_of(competition))
        if vote.carried:
            vote.approved, vote.digest = ranking.facts, digest(ranking.facts)
        vote.ballots = [Ballot(person_id=who, choice=choice) for who, choice in ballots.items()]
        work.add(vote)
    return vote


def withdraw_vote(
    actor: Person, competition: Competition, meeting: Meeting, vote: Vote, *, reason: str
) -> None:
    """Take back a vote that was recorded wrongly. It is kept and counts no more.

    Raises StateConflict where it has been taken back already: who did it first, and why, stays.
    """
    with unit_of_work(actor, "vote.withdrawn", meeting) as work:
        _open(work, competition, meeting)
        work.lock(vote)
        if vote.withdrawn_at is not None:
            raise StateConflict("withdrawn", _l("This vote has been withdrawn already."))
        vote.withdrawn_at, vote.withdrawn_by_id = clock.now(), actor.id
        vote.withdrawn_reason = reason


def close(actor: Person, competition: Competition, meeting: Meeting, *, version: int) -> None:
    """Close the meeting: what the minutes say is frozen. It cannot be undone.

    Raises NotReady before it was held or without anybody there, StaleForm.
    """
    with unit_of_work(actor, "meeting.closed", meeting) as work:
        _open(work, competition, meeting)
        work.expect(meeting, version)
        missing: list[Message] = []
        if not has_come(meeting.held_at, clock.now()):
            missing.append(_l("The meeting has not been held yet."))
        if not queries.present(meeting):
            missing.append(_l("Nobody is marked as present."))
        missing += _changed_since_the_vote(actor, competition, meeting)
        if missing:
            raise NotReady("not_held", _l("The meeting cannot be closed yet."), missing)
        record = record_of(competition, meeting, closed_at=clock.now(), closed_by=actor)
        meeting.closed_at, meeting.closed_by_id, meeting.record = clock.now(), actor.id, record


def _changed_since_the_vote(
    actor: Person, competition: Competition, meeting: Meeting
) -> list[Message]:
    """What is no longer as this meeting has approved it: it withdraws that vote, and votes anew.

    The actor is told of nothing from which a conflict of interest keeps them.
    """
    approved = queries.approved_in(meeting)
    found = differences(approved, ranking_of(competition).facts) if approved else []
    if not found:
        return []
    told = [one.without(conflicts_of(actor, competition)) for one in found]
    return [
        _l("The ranking is no longer the one voted on. Withdraw that vote, and vote anew."),
        *(said(one) for one in told if one),
    ]


def _open(work: Work, competition: Competition, meeting: Meeting) -> None:
    work.lock(competition, meeting)
    under_evaluation(work, competition)
    if meeting.closed_at is not None:
        raise StateConflict("closed", _l("The meeting is closed. Its minutes stand as they are."))


def _is_tie(ranking: Ranking, numbers: Sequence[str]) -> None:
    """Whether just these applications share a place now."""
    places = {entry.place for entry in ranking.entries if entry.number in numbers}
    sharing = {
        entry.number
        for entry in ranking.entries
        if entry.place is not None and {entry.place} == places
    }
    if len(numbers) < 2 or sharing != set(numbers):
        raise StateConflict("no_tie", _l("These applications are not tied any more."))


def _has_quorum(
    meeting: Meeting, recused: Mapping[str, Collection[UUID]], numbers: Sequence[str]
) -> None:
    there, members = queries.present(meeting), queries.entitled(meeting)
    without = [n for n in numbers if not quorum(members, recused.get(n, ()), there).reached]
    if without:
        raise NotReady("no_quorum", _l("There is no quorum for these applications:"), without)


def _ballots_of(ballots: Mapping[UUID, object], voters: Sequence[Person]) -> None:
    if set(ballots) != {voter.id for voter in voters}:
        raise Invalid(
            "ballots", _l("Record the vote of everybody who may vote, and of nobody else.")
        )


def _new_vote(meeting: Meeting, kind: VoteKind, remark: str) -> Vote:
    number = queries.next_vote_number(meeting)
    return Vote(meeting_id=meeting.id, number=number, kind=kind, question=remark)
