"""What the minutes say: facts gathered once, frozen at the close, and set as a document.

The record is plain JSON without a word of any language in it: fractions are "89/2", instants are
ISO 8601, codes are codes. It says everything, so that the minutes never change afterwards.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from portal.core.accounts.models import Person, Role, RoleGrant
from portal.grants.competitions.models import Competition
from portal.grants.evaluation.committee.queries import (
    declarations_owed,
    declared_conflicts,
    grants_of,
    suspicions,
)
from portal.grants.evaluation.committee.rules import quorum
from portal.grants.evaluation.eligibility.queries import rejected
from portal.grants.evaluation.meeting import queries
from portal.grants.evaluation.meeting.models import Meeting, Vote
from portal.grants.evaluation.ranking.approval import Difference
from portal.grants.evaluation.ranking.queries import Entry, Ranking, ranking_of
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
    """Everything that the minutes of the meeting say, as it stands now."""
    ranking = ranking_of(competition)
    grants = grants_of(competition)
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
        "orders": _orders(grants),
        "attendance": _attendance(meeting, grants),
        "discussion": {
            "missing": competition.discussion_missing,
            "reason": competition.discussion_reason,
        },
        "void": _void(ranking),
        "undeclared": [owed.name for owed in declarations_owed(competition)],
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
        "ranking": _ranking(competition, meeting, ranking),
        "votes": [_vote(competition, meeting, vote) for vote in meeting.votes],
    }


def _void(ranking: Ranking) -> dict[str, Any] | None:
    """The earlier meeting whose approval holds no longer, and why."""
    approval = ranking.approval
    if approval is None or approval.holds:
        return None
    return {
        "meeting": approval.meeting.number,
        "changes": [one.to_json() for one in approval.differences],
    }


def _orders(grants: Sequence[RoleGrant]) -> list[dict[str, str]]:
    """The orders by which those on the committee today were appointed, each once."""
    orders = {
        (grant.order_date.isoformat() if grant.order_date else "", grant.order_number)
        for grant in grants
        if grant.is_living and grant.order_number
    }
    return [{"date": day, "number": number} for day, number in sorted(orders)]


def _attendance(meeting: Meeting, grants: Sequence[RoleGrant]) -> list[dict[str, Any]]:
    roles: dict[UUID, list[str]] = {}
    for grant in grants:
        if grant.is_living:
            roles.setdefault(grant.person_id, []).append(grant.role.value)
    return [
        {
            "name": one.person.name,
            "roles": sorted(roles.get(one.person_id, [Role.MEMBER.value])),
            "entitled": one.entitled,
            "present": one.present,
        }
        for one in queries.by_name(meeting)
    ]


def _recusals(competition: Competition) -> list[dict[str, Any]]:
    """Declared and confirmed conflicts. Notes and grounds are private and stay out."""
    found = [
        {"name": c.person, "number": c.number, "applicant": c.applicant, "kind": d.kind.value}
        for c in declared_conflicts(competition)
        if (d := c.declaration)
    ]
    known = {(one["name"], one["number"]) for one in found}
    found += [
        {"name": c.person, "number": c.number, "applicant": c.applicant, "kind": "confirmed"}
        for c in suspicions(competition)
        if c.suspicion and c.suspicion.confirmed and (c.person, c.number) not in known
    ]
    return sorted(found, key=lambda one: (one["number"], one["name"]))


def _ranking(competition: Competition, meeting: Meeting, ranking: Ranking) -> list[dict[str, Any]]:
    recused = queries.recused_by_number(competition)
    members, there = queries.entitled(meeting), queries.present(meeting)
    outcomes = proposals([e.placed for e in ranking.entries], competition.number_of_grants)
    lines = []
    for entry, outcome in zip(ranking.entries, outcomes, strict=True):
        reached = quorum(members, recused.get(entry.number, ()), there)
        lines.append(
            {
                **_line(entry, ranking),
                "proposal": outcome.value,
                "quorum": [reached.present, reached.entitled]
                if recused.get(entry.number)
                else None,
            }
        )
    return lines


def _line(entry: Entry, ranking: Ranking) -> dict[str, Any]:
    tally = entry.tally
    return {
        "number": entry.number,
        "title": entry.title,
        "applicant": entry.applicant,
        "place": entry.place,
        "total": str(tally.total or 0),
        "n": tally.n,
        "means": [str(tally.mean(index) or 0) for _criterion, index in ranking.criteria],
        "below": list(tally.below),
        "below_total": tally.below_total,
        "tied": entry.placed.tied,
        "by_vote": entry.placed.by_vote,
        "wide": tally.is_wide,
    }


def _vote(competition: Competition, meeting: Meeting, vote: Vote) -> dict[str, Any]:
    known = queries.numbers(competition)
    voted = {ballot.person_id for ballot in vote.ballots}
    return {
        "number": vote.number,
        "kind": vote.kind.value,
        "order": vote.order,
        "carried": vote.carried,
        "digest": vote.digest,
        "remark": vote.question,
        "ballots": [
            {
                "name": ballot.person.name,
                "choice": ballot.choice.value,
                "for": known.get(ballot.application_id) if ballot.application_id else None,
            }
            for ballot in sorted(vote.ballots, key=lambda b: b.person.name)
        ],
        "excluded": [
            one.person.name
            for one in queries.by_name(meeting)
            if one.entitled and one.present and one.person_id not in voted
        ],
    }


def without(record: Record, hidden: Collection[str]) -> Record:
    """The record for somebody who may not see the results of `hidden` applications.

    Places and the cut would tell what is left out, so they go too.
    """
    if not hidden:
        return record
    void = record["void"]
    told = [Difference.of(one).without(hidden) for one in void["changes"]] if void else []
    return {
        **record,
        "void": void and {**void, "changes": [one.to_json() for one in told if one]},
        "competition": {**record["competition"], "grants": None},
        "ineligible": [one for one in record["ineligible"] if one["number"] not in hidden],
        "ranking": [
            {**line, "place": None, "proposal": None, "tied": False, "by_vote": False}
            for line in record["ranking"]
            if line["number"] not in hidden
        ],
        "votes": [vote for vote in record["votes"] if not set(vote["order"]) & set(hidden)],
        "partial": True,
    }
