"""The rights to claims and the loaders of claims in URLs."""

from enum import StrEnum
from uuid import UUID

from flask_babel import lazy_gettext as _l

from portal.core.access import HIDDEN, OWN, Access, decide, loader, no, rule
from portal.core.accounts.claims import queries
from portal.core.accounts.claims.models import ClaimState, OrganisationClaim
from portal.core.accounts.models import Organisation, Person, Role
from portal.core.accounts.rights import Right as Accounts
from portal.core.accounts.rights import holds_somewhere, is_administrator


class Right(StrEnum):
    """The rights to claims."""

    OWN = "claims.own"  # one's own
    ANSWER = "claims.answer"  # those of one's organisation
    LIST = "claims.list"  # officers and administrators
    DECIDE = "claims.decide"
    READ_PROOF = "claims.read_proof"


@rule(Right.OWN)
def _own(actor: Person | None, claim: OrganisationClaim) -> Access:
    return OWN if actor is not None and claim.claimant_id == actor.id else HIDDEN


@rule(Right.ANSWER)
def _answer(actor: Person | None, organisation: Organisation, *_: object) -> Access:
    return decide(Accounts.CHANGE_ORGANISATION, actor, organisation)


@rule(Right.LIST)
def _list(actor: Person | None) -> Access:
    """Officers, who know the applicants; administrators in case no officer is free of conflict."""
    return is_administrator(actor) | holds_somewhere(actor, Role.OFFICER)


@rule(Right.DECIDE)
def _decide(actor: Person | None, claim: OrganisationClaim) -> Access:
    listed = _list(actor)
    if actor is None or not listed or not queries.is_within(actor, claim):
        return HIDDEN
    if claim.claimant_id == actor.id:
        return no(_l("This claim is your own. Somebody else decides it."))
    if queries.has_belonged(actor, claim.organisation):
        return no(
            _l("You belong to this organisation, or have belonged. Somebody else decides this.")
        )
    return listed


@rule(Right.READ_PROOF)
def _read_proof(actor: Person | None, claim: OrganisationClaim) -> Access:
    """While the claim is open, those who may decide it; afterwards the person who decided it."""
    if claim.state is ClaimState.MADE or (actor and claim.decided_by_id == actor.id):
        return _decide(actor, claim)
    return HIDDEN


loader("claim")(queries.claim)
loader("own_claim")(queries.claim)


@loader("claim_on")
def _load_claim_on(key: UUID, organisation: Organisation) -> OrganisationClaim | None:
    claim = queries.claim(key)
    return claim if claim is not None and claim.organisation_id == organisation.id else None
