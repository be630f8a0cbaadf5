"""Rights to the committee."""

from enum import StrEnum
from uuid import UUID

from flask_babel import lazy_gettext as _l

from portal.core.access import HIDDEN, Access, loader, no, rule
from portal.core.accounts.models import DECIDING, MUNICIPAL, Person, Role, RoleGrant
from portal.core.accounts.rights import holds, holds_somewhere
from portal.core.db import Base
from portal.grants.applications.hooks import SEALED
from portal.grants.applications.models import Application, ApplicationState
from portal.grants.applications.rights import is_unsealed
from portal.grants.competitions.models import Competition
from portal.grants.evaluation.committee import queries
from portal.grants.evaluation.committee.models import COMMITTEE, CommitteeRole, Suspicion
from portal.grants.evaluation.membership import on_committee
from portal.grants.evaluation.visibility import access_to, content_sight, recusal_sight


class Right(StrEnum):
    """The rights to the committee."""

    SEE_COMMITTEE = "committee.see"  # see its members and their orders
    APPOINT = "committee.appoint"
    SIT = "committee.sit"  # on any committee
    WORK = "committee.work"  # on this one
    DECLARE = "committee.declare"
    DECLARE_FOR_BOARD = "committee.declare_for_board"  # those who prepare and decide there
    SEE_ROUND = "committee.see_round"  # see conflicts, assignments, progress
    RESOLVE = "committee.resolve"  # settle suspicions; also the secretary, for the chair's own
    LEAD = "committee.lead"  # assign, remind, reopen, open the discussion


@rule(Right.SEE_COMMITTEE)
def _see_committee(actor: Person | None, competition: Competition, *_within: Base) -> Access:
    return holds(actor, MUNICIPAL, competition.municipality_id)


@rule(Right.APPOINT)
def _appoint(actor: Person | None, competition: Competition, *_within: Base) -> Access:
    return holds(actor, (Role.OFFICER, Role.HEAD), competition.municipality_id) or (
        _see_committee(actor, competition)
        and no(_l("The board's officers and its head appoint the committee."))
    )


@rule(Right.SIT)
def _sit(actor: Person | None) -> Access:
    return holds_somewhere(actor, *COMMITTEE)


@rule(Right.WORK)
def _work(actor: Person | None, competition: Competition, *_within: Base) -> Access:
    return on_committee(actor, competition.id)


@rule(Right.DECLARE)
def _declare(actor: Person | None, competition: Competition, application: Application) -> Access:
    """For every application that the committee evaluates; one's declarations stay readable."""
    seated = _work(actor, competition)
    if not seated:
        return HIDDEN
    found = access_to(content_sight, actor, application)
    return seated if found or found.visible else HIDDEN


@rule(Right.DECLARE_FOR_BOARD)
def _declare_for_board(
    actor: Person | None, competition: Competition, *application: Application
) -> Access:
    """After the deadline, when the applicants are known."""
    decides = holds(actor, DECIDING, competition.municipality_id)
    if not decides:
        return _see_committee(actor, competition) and no(
            _l("Whoever prepares or decides at the board declares. You only read.")
        )
    if any(one.state is not ApplicationState.SUBMITTED for one in application):
        return HIDDEN
    return decides if is_unsealed(competition) else SEALED


def may_declare(actor: Person, competition: Competition) -> Access:
    """Whether a board member may declare about a call now."""
    return _declare_for_board(actor, competition)


@rule(Right.SEE_ROUND)
def _see_round(actor: Person | None, competition: Competition, *_within: Base) -> Access:
    return on_committee(
        actor, competition.id, CommitteeRole.CHAIR, CommitteeRole.SECRETARY
    ) | holds(actor, MUNICIPAL, competition.municipality_id)


@rule(Right.RESOLVE)
def _resolve(actor: Person | None, competition: Competition, *suspicion: Suspicion) -> Access:
    """The application must not be closed to the actor by a conflict, except by the suspicion
    itself."""
    leads = on_committee(actor, competition.id, CommitteeRole.CHAIR, CommitteeRole.SECRETARY)
    if not leads:
        return _lead(actor, competition)
    for one in suspicion:
        found = access_to(recusal_sight, actor, one.application)
        if not found and actor and one.person_id != actor.id:
            return found
    return leads


@rule(Right.LEAD)
def _lead(actor: Person | None, competition: Competition, *_within: Base) -> Access:
    knows = _see_round(actor, competition) or _work(actor, competition)
    return on_committee(actor, competition.id, CommitteeRole.CHAIR) or (
        knows and no(_l("The chair of the committee does this."))
    )


@loader("suspicion")
def _suspicion(key: UUID, competition: Competition) -> Suspicion | None:
    return queries.suspicion(competition, key)


@loader("appointment")
def _appointment(key: UUID, competition: Competition) -> RoleGrant | None:
    return queries.grant(competition, key)
