"""Rights to meetings and minutes."""

from enum import StrEnum
from uuid import UUID

from flask_babel import lazy_gettext as _l

from portal.core.access import Access, loader, no, rule, yes
from portal.core.accounts.models import MUNICIPAL, Person
from portal.core.accounts.rights import holds
from portal.core.db import Base
from portal.grants.applications.models import Application
from portal.grants.competitions.models import Competition
from portal.grants.evaluation.committee.models import CommitteeRole
from portal.grants.evaluation.meeting import queries
from portal.grants.evaluation.meeting.models import Meeting, Vote
from portal.grants.evaluation.membership import on_committee
from portal.grants.evaluation.visibility import access_to, conflict_sight


class Right(StrEnum):
    """The rights to meetings."""

    READ = "meeting.read"
    KEEP = "meeting.keep"  # keep the minutes: convene, attendance, votes
    NOTE = "meeting.note"  # note the discussion of one application
    NAME = "meeting.name_keeper"
    CLOSE = "meeting.close"


KEEPER = yes("keeper", _l("You keep the minutes of this meeting."))


@rule(Right.READ)
def _read(actor: Person | None, competition: Competition, *_within: Base) -> Access:
    return on_committee(actor, competition.id) | holds(
        actor, MUNICIPAL, competition.municipality_id
    )


@rule(Right.KEEP)
def _keep(actor: Person | None, competition: Competition, *within: Base) -> Access:
    leads = on_committee(actor, competition.id, CommitteeRole.CHAIR, CommitteeRole.SECRETARY)
    if leads:
        return leads
    meeting = next((one for one in within if isinstance(one, Meeting)), None)
    found = _read(actor, competition)
    if actor and meeting and meeting.keeper_id == actor.id:
        return found & KEEPER
    return found and no(_l("The secretary keeps the minutes."))


@rule(Right.NOTE)
def _note(
    actor: Person | None, competition: Competition, meeting: Meeting, application: Application
) -> Access:
    """The keeper of the minutes, unless a conflict of interest excludes them from the
    application."""
    keeps = _keep(actor, competition, meeting)
    return keeps & access_to(conflict_sight, actor, application) if keeps else keeps


@rule(Right.NAME)
@rule(Right.CLOSE)
def _close(actor: Person | None, competition: Competition, *_within: Base) -> Access:
    return on_committee(actor, competition.id, CommitteeRole.CHAIR) or (
        _read(actor, competition) and no(_l("The chair does this."))
    )


@loader("meeting")
def _meeting(key: UUID, competition: Competition) -> Meeting | None:
    return queries.meeting(competition, key)


@loader("vote")
def _vote(key: UUID, competition: Competition, meeting: Meeting) -> Vote | None:
    return next((vote for vote in meeting.votes if vote.id == key), None)
