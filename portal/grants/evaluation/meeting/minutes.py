"""The record of a meeting: facts collected once, frozen at the close, and rendered as minutes.

Plain JSON without texts of any language: fractions are "89/2", instants are ISO 8601. It is
complete, so that the minutes never change afterwards.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from portal.core.accounts.models import Person, RoleGrant
from portal.core.formats import alphabetically, sort_key
from portal.grants.competitions.models import Competition
from portal.grants.evaluation.committee.queries import declared_conflicts, grants_of, suspicions
from portal.grants.evaluation.committee.rules import Quorum
from portal.grants.evaluation.eligibility.queries import rejected
from portal.grants.evaluation.meeting import queries, rules
from portal.grants.evaluation.meeting.models import Meeting, Vote, VoteKind
from portal.grants.evaluation.meeting.rules import Electorate
from portal.grants.evaluation.ranking.approval import Difference
from portal.grants.evaluation.ranking.queries import Ranking, ranking_of
from portal.grants.evaluation.ranking.rules import proposals

Record = dict[str, Any]


# ------------------------------------------------------------------- the record


def record_of(
    competition: Competition,
    meeting: Meeting,
    *,
    closed_at: datetime | None = None,
    closed_by: Person | None = None,
) -> Record:
    """The present record of the meeting."""
    ranking = ranking_of(competition)
    grants = grants_of(competition)
    seats = queries.seats_on(grants, meeting, meeting.held_at)
    names = _names(grants, meeting)
    # The quorum is that of the last vote on the ranking, else the present one.
    last = meeting.vote_on_ranking
    asked = Electorate.of(last.electorate) if last else queries.electorate(competition, seats)
    opened = competition.discussion_opened_at is not None
    # Points are secret before the discussion, so a record frozen then contains none.
    lines = _ranking(competition, asked, ranking) if opened else []
    return {
        "competition": {
            "code": competition.code,
            "title": competition.title.to_json(),
            "organiser": competition.organiser.to_json(),
            "contact": competition.contact_email,
            "fixed_sum": competition.fixed_sum,
            "grants": competition.number_of_grants,
            "total_minimum": str(competition.total_minimum),
        },
        "number": meeting.number,
        "held_at": meeting.held_at.isoformat(),
        "closed_at": closed_at.isoformat() if closed_at else None,
        "closed_by": closed_by.name if closed_by else None,
        "place": meeting.place,
        "notes": meeting.notes,
        "opening": {
            "missing": competition.discussion_missing,
            "reason": competition.discussion_reason,
        },
        "on_applications": _on_applications(meeting),
        "keeper": meeting.keeper.name if meeting.keeper else None,
        "orders": _orders(grants, meeting),
        "attendance": [_attendee(seat) for seat in seats],
        "quorum": _quorum(asked.quorum()),
        "void": _void(ranking),
        "undeclared": queries.undeclared(
            competition,
            [seat.person.id for seat in seats],
            queries.numbers(competition).values(),
        ),
        "recusals": _recusals(competition),
        "ineligible": [
            {"number": r.number, "title": r.title, "applicant": r.applicant, "reasons": r.reasons}
            for r in rejected(competition)
        ],
        "criteria": [
            {
                "title": criterion.title.to_json(),
                "maximum": str(criterion.maximum),
                "minimum": None if criterion.minimum is None else str(criterion.minimum),
                "key": criterion.key,
            }
            for criterion, _index in ranking.criteria
        ],
        "maximum": str(ranking.rubric.maximum),
        "ranking": lines,
        "ties": _ties(lines),
        "votes": [
            _vote(vote, names, queries.numbers(competition), queries.chair_of(seats))
            for vote in meeting.recorded
        ],
    }


def _quorum(reached: Quorum) -> list[int]:
    return [reached.present, reached.entitled]


def _names(grants: Sequence[RoleGrant], meeting: Meeting) -> dict[UUID, str]:
    """The names of all present and former committee members."""
    voted = [ballot.person for vote in meeting.recorded for ballot in vote.ballots]
    return {person.id: person.name for person in [*voted, *(grant.person for grant in grants)]}


def _named(names: Mapping[UUID, str], people: Iterable[UUID]) -> list[str]:
    return alphabetically((names[who] for who in people), str)


def _on_applications(meeting: Meeting) -> list[dict[str, str]]:
    """The notes on single applications, by number."""
    notes = [(note.application.number or "", note.text) for note in meeting.discussion]
    return [{"number": number, "text": text} for number, text in sorted(notes) if text]


def _void(ranking: Ranking) -> dict[str, Any] | None:
    """The earlier meeting whose approval is void, and why."""
    approval = ranking.approval
    if approval is None or approval.holds:
        return None
    return {
        "meeting": approval.meeting.number,
        "changes": [one.to_json() for one in approval.differences],
    }


def _orders(grants: Sequence[RoleGrant], meeting: Meeting) -> list[dict[str, str]]:
    """The orders that appointed the members of that day, each once."""
    orders = {
        (grant.order_date.isoformat() if grant.order_date else "", grant.order_number)
        for grant in grants
        if queries.lives(grant, meeting.held_at) and grant.order_number
    }
    return [{"date": day, "number": number} for day, number in sorted(orders)]


def _attendee(seat: queries.AttendingSeat) -> dict[str, Any]:
    return {
        "name": seat.person.name,
        "roles": sorted(role.value for role in seat.roles),
        "entitled": seat.votes,
        "present": bool(seat.stays),
        # Of late arrivals and departures: [from, until], either may be None.
        "stays": [
            [at.isoformat() if at else None for at in (stay.arrived_at, stay.left_at)]
            for stay in seat.stays
            if stay.arrived_at or stay.left_at
        ],
    }


def _recusals(competition: Competition) -> list[dict[str, Any]]:
    """Declared and confirmed conflicts, without private notes and grounds."""
    found = [
        {"name": c.person, "number": c.number, "applicant": c.applicant, "kind": d.kind.value}
        for c in declared_conflicts(competition)
        if (d := c.declaration)
    ]
    known = {(one["name"], one["number"]) for one in found}
    found += [
        {
            "name": c.person,
            "number": c.number,
            "applicant": c.applicant,
            "kind": "confirmed" if c.suspicion.resolved_by_id else "belongs",
        }
        for c in suspicions(competition)
        if c.suspicion and c.suspicion.confirmed and (c.person, c.number) not in known
    ]
    return sorted(found, key=lambda one: (one["number"], sort_key(one["name"])))


def _ranking(competition: Competition, asked: Electorate, ranking: Ranking) -> list[dict[str, Any]]:
    """The lines of the ranking; with a quorum where recusals make it different."""
    outcomes = proposals([e.placed for e in ranking.entries], competition.number_of_grants)
    return [
        {
            "number": entry.number,
            "title": entry.title,
            "applicant": entry.applicant,
            "place": entry.place,
            "total": str(entry.tally.total or 0),
            "n": entry.tally.n,
            "means": [str(entry.tally.mean(index) or 0) for _, index in ranking.criteria],
            "below": list(entry.tally.below),
            "below_total": entry.tally.below_total,
            "tied": entry.placed.tied,
            "by_vote": entry.placed.by_vote,
            "by_criteria": list(entry.placed.by_criteria),
            "wide": entry.tally.is_wide,
            "proposal": outcome.value,
            "quorum": _quorum(asked.quorum(entry.number))
            if asked.kept_from(entry.number) & asked.seats
            else None,
        }
        for entry, outcome in zip(ranking.entries, outcomes, strict=True)
    ]


def _ties(lines: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """Numbers that share a place, by group."""
    groups: dict[int, list[str]] = {}
    for line in lines:
        if line["tied"]:
            groups.setdefault(line["place"], []).append(line["number"])
    return list(groups.values())


def _vote(
    vote: Vote, names: Mapping[UUID, str], numbers: Mapping[UUID, str], chair: UUID | None
) -> dict[str, Any]:
    asked = Electorate.of(vote.electorate)
    voted = {ballot.person_id for ballot in vote.ballots}
    tie = vote.kind is VoteKind.TIE
    return {
        "key": str(vote.id),
        "number": vote.number,
        "kind": vote.kind.value,
        "order": vote.order,
        "carried": vote.carried,
        "digest": vote.digest,
        "remark": vote.question,
        "quorum": _quorum(asked.quorum(*(vote.order if tie else ()))),
        "ballots": [
            {
                "name": ballot.person.name,
                "choice": ballot.choice.value,
                "for": numbers.get(ballot.application_id) if ballot.application_id else None,
            }
            for ballot in sorted(vote.ballots, key=lambda b: b.person.sort_name)
        ],
        "excluded": _named(names, (asked.seats & asked.present) - voted),
        "counts": [] if tie else _counts(vote, asked, names, chair),
        "withdrawn": _withdrawn(vote),
    }


def _counts(
    vote: Vote, asked: Electorate, names: Mapping[UUID, str], chair: UUID | None
) -> list[dict[str, Any]]:
    """The counts of ballots for applications where recusals make them different."""
    ballots = {ballot.person_id: ballot.choice for ballot in vote.ballots}
    return [
        {
            "number": count.number,
            "for": count.in_favour,
            "against": count.against,
            "abstained": count.abstained,
            "quorum": _quorum(count.quorum),
            "carried": count.carried,
            "excluded": _named(names, asked.kept_from(count.number) & asked.seats),
        }
        for count in rules.counts(asked, sorted(asked.out), ballots, chair)
        if asked.kept_from(count.number) & asked.seats
    ]


def _withdrawn(vote: Vote) -> dict[str, str] | None:
    """When a vote was withdrawn, by whom and why."""
    if vote.withdrawn_at is None or vote.withdrawn_by is None:
        return None
    return {
        "at": vote.withdrawn_at.isoformat(),
        "by": vote.withdrawn_by.name,
        "reason": vote.withdrawn_reason,
    }


def undeclared(record: Record) -> Mapping[str, Sequence[str]]:
    """By name of each member who owed declarations, the applications; the earliest records have
    the names only."""
    owed = record["undeclared"]
    return owed if isinstance(owed, dict) else {name: [] for name in owed}


# ------------------------------------------------------------------------- extracts


def without(record: Record, hidden: Collection[str]) -> Record:
    """An extract for a reader who may not see the results of `hidden` applications.

    Places, the cut, and remarks of the keeper would reveal what is left out, so they go too.
    Decisions on the whole ranking are kept.
    """
    if not hidden:
        return record
    void = record["void"]
    told = [Difference.of(one).without(hidden) for one in void["changes"]] if void else []
    votes = [vote for vote in record["votes"] if not _is_about(vote, hidden)]
    ties = [tie for tie in record["ties"] if not set(tie) & set(hidden)]
    return {
        **record,
        "extract": True,
        "void": void and {**void, "changes": [one.to_json() for one in told if one]},
        "competition": {**record["competition"], "grants": None},
        "recusals": [_unnamed(one, hidden) for one in record["recusals"]],
        "undeclared": {
            name: [number for number in numbers if number not in hidden]
            for name, numbers in undeclared(record).items()
        },
        "ineligible": [one for one in record["ineligible"] if one["number"] not in hidden],
        "on_applications": [
            one for one in record["on_applications"] if one["number"] not in hidden
        ],
        "ranking": [
            {
                **line,
                "place": None,
                "proposal": None,
                "tied": any(line["number"] in tie for tie in ties),
                "by_vote": False,
                "by_criteria": [],
            }
            for line in record["ranking"]
            if line["number"] not in hidden
        ],
        "ties": ties,
        "votes": [_extract(vote, n, hidden) for n, vote in enumerate(votes, 1)],
    }


def _is_about(vote: Mapping[str, Any], hidden: Collection[str]) -> bool:
    """Whether a vote on a tie included hidden applications; it is then left out."""
    return vote["kind"] == VoteKind.TIE and bool(set(vote["order"]) & set(hidden))


def _extract(vote: Mapping[str, Any], number: int, hidden: Collection[str]) -> dict[str, Any]:
    """The vote without hidden applications, numbered among the shown votes."""
    withdrawn = vote["withdrawn"]
    if vote["kind"] != VoteKind.RANKING:
        return {**vote, "number": number}
    return {
        **vote,
        "number": number,
        "remark": "",
        "order": [one for one in vote["order"] if one not in hidden],
        "counts": [one for one in vote["counts"] if one["number"] not in hidden],
        "withdrawn": withdrawn and {**withdrawn, "reason": ""},
    }


def _unnamed(recusal: Mapping[str, Any], hidden: Collection[str]) -> Mapping[str, Any]:
    """A recusal without its application."""
    if recusal["number"] not in hidden:
        return recusal
    return {**recusal, "number": "", "applicant": "", "kind": ""}
