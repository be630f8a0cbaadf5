"""Rights to decisions."""

from enum import StrEnum
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.core.access import HIDDEN, Access, loader, no, rule, yes
from portal.core.accounts.models import MUNICIPAL, Person, Role
from portal.core.accounts.rights import holds, in_organisation
from portal.core.db import db
from portal.core.errors import Message
from portal.grants.applications.models import Application
from portal.grants.awards import queries
from portal.grants.awards.models import Decision, DecisionState
from portal.grants.awards.rules import GRANTED
from portal.grants.competitions.models import Competition, CompetitionState
from portal.grants.evaluation.visibility import access_to, conflict_sight


class Right(StrEnum):
    """The rights to decisions."""

    SEE_DECISIONS = "see_decisions"  # by the board, before and after publication
    PROPOSE_DECISIONS = "propose_decisions"
    EDIT_DECISION = "edit_decision"
    SIGN_DECISIONS = "sign_decisions"
    SIGN_AS_DEPUTY = "sign_as_deputy"  # those from which a conflict bars the head
    TAKE_BACK_SIGNATURE = "take_back_signature"
    PUBLISH_DECISIONS = "publish_decisions"
    PROMOTE = "promote"
    SEE_OWN_DECISION = "see_own_decision"  # by the applicant, once published
    DECLINE_GRANT = "decline_grant"
    SEE_RESULTS = "see_results"  # by everybody, once published


@loader("decision")
def _decision(key: UUID, competition: Competition) -> Decision | None:
    return db.session.scalar(
        select(Decision).where(Decision.id == key, Decision.competition_id == competition.id)
    )


PUBLISHED = yes("published", _l("The results are published."))
ONLY_AN_OFFICER = _l("Only an officer of the board drafts decisions.")


@rule(Right.SEE_DECISIONS)
def _see(actor: Person | None, competition: Competition, *decisions: Decision) -> Access:
    found = holds(actor, MUNICIPAL, competition.municipality_id)
    return _unless_kept_from(found, actor, *decisions)


@rule(Right.PROPOSE_DECISIONS)
def _propose(actor: Person | None, competition: Competition) -> Access:
    return _role(actor, competition, Role.OFFICER, ONLY_AN_OFFICER)


@rule(Right.EDIT_DECISION)
def _edit(actor: Person | None, competition: Competition, decision: Decision) -> Access:
    officer = _role(actor, competition, Role.OFFICER, ONLY_AN_OFFICER)
    if officer and decision.state is not DecisionState.DRAFTED:
        return no(_l("This decision is signed. What is signed does not change."))
    return _unless_kept_from(officer, actor, decision)


@rule(Right.SIGN_DECISIONS)
def _sign(actor: Person | None, competition: Competition) -> Access:
    return _role(actor, competition, Role.HEAD, _l("Only the head of the board signs decisions."))


@rule(Right.SIGN_AS_DEPUTY)
def _sign_as_deputy(actor: Person | None, competition: Competition) -> Access:
    only = _l("Only a deputy signs what a conflict of interest keeps the head from.")
    return _role(actor, competition, Role.DEPUTY, only)


@rule(Right.TAKE_BACK_SIGNATURE)
def _take_back(actor: Person | None, competition: Competition) -> Access:
    """The signatory; if they are no longer head, the present one."""
    found, signer = _sign(actor, competition), queries.signer(competition)
    if not found or signer is None or actor is None or signer.id == actor.id:
        return found
    if signer.is_active and holds(signer, Role.HEAD, competition.municipality_id):
        return no(_l("Only %(name)s, who signed, takes the signature back.", name=signer.name))
    return found


@rule(Right.PUBLISH_DECISIONS)
def _publish(actor: Person | None, competition: Competition) -> Access:
    return _role(actor, competition, Role.HEAD, _l("Only the head of the board publishes results."))


@rule(Right.PROMOTE)
def _promote(actor: Person | None, competition: Competition, decision: Decision) -> Access:
    """The head; if a conflict of interest with the declined grant or the next in reserve bars them,
    a deputy."""
    following = queries.first_in_reserve(competition)
    about = [decision, following] if following else [decision]
    head = _unless_kept_from(_sign(actor, competition), actor, *about)
    deputy = holds(actor, Role.DEPUTY, competition.municipality_id)
    if head or not deputy:
        return head
    return _unless_kept_from(deputy, actor, *about) if queries.keeps_the_head(about) else head


@rule(Right.SEE_OWN_DECISION)
def _see_own(actor: Person | None, application: Application) -> Access:
    return in_organisation(actor, application.organisation_id)


@rule(Right.DECLINE_GRANT)
def _decline(actor: Person | None, application: Application) -> Access:
    if not (own := in_organisation(actor, application.organisation_id)):
        return own
    only = no(_l("Only an owner of the organisation can decline a grant."))
    return in_organisation(actor, application.organisation_id, Role.OWNER) | only


@rule(Right.SEE_RESULTS)
def _results(_actor: Person | None, competition: Competition) -> Access:
    return (
        PUBLISHED
        if competition.state in (CompetitionState.PUBLISHED, CompetitionState.COMPLETED)
        else HIDDEN
    )


def _role(actor: Person | None, competition: Competition, role: Role, otherwise: Message) -> Access:
    """The role in the competition's municipality; refusals to others of the board name who
    has it."""
    if held := holds(actor, role, competition.municipality_id):
        return held
    return no(otherwise) if holds(actor, MUNICIPAL, competition.municipality_id) else HIDDEN


def _unless_kept_from(found: Access, actor: Person | None, *decisions: Decision) -> Access:
    """`found`, unless an application of the decisions is closed to the actor."""
    if not found:
        return found
    answers = (access_to(conflict_sight, actor, one.application) for one in decisions)
    return next((one for one in answers if not one), found)


def can_be_declined(decision: Decision) -> bool:
    """Whether the decision is a published approval that has not been declined."""
    return decision.state is DecisionState.PUBLISHED and decision.outcome in GRANTED
