"""The verbs of claims: make, withdraw, answer, approve, refuse.

Order of locks: claimant, organisation, claim, members.
"""

from collections.abc import Sequence
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage

from portal.core import clock
from portal.core.accounts import throttle
from portal.core.accounts.claims import queries
from portal.core.accounts.claims.models import OrganisationClaim
from portal.core.accounts.claims.rules import (
    MOST_MADE,
    MOST_OPEN,
    MOST_TOLD,
    WORKFLOW,
    ClaimEvent,
)
from portal.core.accounts.models import Organisation, Person, RoleGrant
from portal.core.accounts.organisations import queries as organisations
from portal.core.accounts.organisations.service import give_to, lock_as_owner
from portal.core.documents.service import sending
from portal.core.errors import Invalid, StateConflict, constraint, trigger
from portal.core.messages.links import page_url
from portal.core.work import Work, unit_of_work

_DAY = timedelta(days=1)

constraint(
    "uq_organisation_claims_open",
    _l("You have asked for this already. It waits for a decision."),
    "registration_number",
)
trigger(
    _l("You belong to this organisation, or have belonged. Somebody else decides this."),
    "organisation_claims_impartial",
)
trigger(
    _l("The number of this organisation has just been changed. Send your request once more."),
    "organisation_claims_numbered",
)
constraint(
    "organisations_claimed",
    _l(
        "Somebody asks for the right to act for this organisation. Until that is decided, its kind"
        " and registration number stay. If the number is mistyped, say so in your answer."
    ),
    "registration_number",
)
trigger(
    _l("This can no longer be done: the work has moved on. Look at its present state."),
    "organisation_claims_ended",
)


def make(
    actor: Person,
    *,
    registration_number: str,
    name: str,
    position: str,
    words: str,
    proof: FileStorage | None,
) -> OrganisationClaim:
    """Claim the organisation with this number, and notify its members.

    Raises Invalid if there is no such organisation, the actor owns or has claimed it, or the proof
    is not accepted; StateConflict above the limit of open claims; TooMany above the daily limit.
    """
    organisation = _with_number(registration_number)
    _require_below_limit(actor, organisation)
    claim = OrganisationClaim(
        claimant=actor,
        organisation=organisation,
        registration_number=registration_number,
        name=name,
        position=position,
        words=words,
    )
    with sending() as send:
        incoming = send(proof, field="proof") if proof else None
        with unit_of_work(actor, "organisation.claimed", claim) as work:
            work.lock(actor, organisation)
            _require_below_limit(actor, organisation)
            claim.proof = incoming.place(work, purpose="claim_proof") if incoming else None
            work.add(claim)
            work.send(
                "organisations/claim-received",
                to=actor,
                key=f"claim:{claim.id}",
                name=name,
                url=page_url("claims.show", own_claim=claim),
            )
            _tell_people(work, claim)
    return claim


def withdraw(actor: Person, claim: OrganisationClaim) -> None:
    """Withdraw one's own claim. Raises StateConflict if it is decided."""
    with unit_of_work(actor, "organisation.claim_withdrawn", claim) as work:
        work.lock(claim)
        _end(claim, ClaimEvent.WITHDRAW)


def answer(
    actor: Person, organisation: Organisation, claim: OrganisationClaim, *, words: str, version: int
) -> None:
    """Store the organisation's answer to a claim; the actor is one of its owners.

    Raises StateConflict if the claim is decided, StaleForm if another owner answered first.
    """
    with unit_of_work(actor, "organisation.claim_answered", claim) as work:
        lock_as_owner(work, actor, organisation)
        work.lock(claim)
        WORKFLOW.next(claim, claim.state, ClaimEvent.REFUSE)  # possible until it is decided
        work.expect(claim, version)
        claim.answer, claim.answered_at, claim.answered_by_id = words, clock.now(), actor.id


def approve(
    actor: Person, claim: OrganisationClaim, *, reason: str, alone: bool, seen: str
) -> None:
    """Make the claimant an owner and give the organisation the claimed name; `alone` ends all other
    roles.

    `seen` is the digest that the form carries (queries.seen). Raises StateConflict if it has
    changed, the claim is decided, the account is closed, or the actor is a party to the claim.
    """
    with unit_of_work(actor, "organisation.claim_approved", claim) as work:
        organisation = _taken_up(work, actor, claim, ClaimEvent.APPROVE)
        people, called = organisations.members(organisation), organisation.name
        if queries.seen(claim, people) != seen:
            raise StateConflict(
                "changed",
                _l("What this page shows has changed meanwhile. Look at it once more."),
            )
        if not claim.claimant.is_active:
            raise StateConflict(
                "closed", _l("The claimant's account is closed. The claim can only be refused.")
            )
        give_to(work, claim.claimant, organisation, alone=alone)
        organisation.name = claim.name
        _decide(claim, actor, ClaimEvent.APPROVE, reason)
        work.note(reason=reason)
        url = page_url("organisations.show", organisation=organisation)
        _tell_claimant(work, claim, "organisations/claim-approved", url=url)
        _tell_people_of_decision(work, claim, people, called, approved=True, removed=alone)


def refuse(actor: Person, claim: OrganisationClaim, *, reason: str, version: int) -> None:
    """Refuse a claim with a reason for the claimant. Raises StaleForm, StateConflict."""
    with unit_of_work(actor, "organisation.claim_refused", claim) as work:
        organisation = _taken_up(work, actor, claim, ClaimEvent.REFUSE)
        work.expect(claim, version)
        _decide(claim, actor, ClaimEvent.REFUSE, reason)
        url = page_url("claims.show", own_claim=claim)
        _tell_claimant(work, claim, "organisations/claim-refused", url=url, reason=reason)
        people = organisations.members(organisation)
        _tell_people_of_decision(
            work, claim, people, organisation.name, approved=False, removed=False
        )


def _with_number(registration_number: str) -> Organisation:
    organisation = queries.by_number(registration_number)
    if organisation is None:
        raise Invalid(
            "not_here",
            _l("No organisation with this number is in the portal. You can add it."),
            "registration_number",
        )
    return organisation


def _require_below_limit(claimant: Person, organisation: Organisation) -> None:
    if claimant.id in organisations.owners(organisation):
        raise Invalid(
            "owned", _l("You are an owner of this organisation already."), "registration_number"
        )
    if queries.count_open(claimant) >= MOST_OPEN:
        raise StateConflict(
            "too_many_claims",
            _l(
                "%(num)s of your requests wait for a decision. Wait until one is decided, or"
                " withdraw one.",
                num=MOST_OPEN,
            ),
        )
    lately = queries.made_by(claimant, since=clock.now() - _DAY)
    if len(lately) >= MOST_MADE:
        raise throttle.too_many(lately[-MOST_MADE] + _DAY - clock.now())


def _taken_up(
    work: Work, actor: Person, claim: OrganisationClaim, event: ClaimEvent
) -> Organisation:
    """Lock the organisation and claim; require that the claim is open and the actor no party to it.

    A trigger refuses a decision by a present or former member.
    """
    work.lock(claim.claimant, claim.organisation, claim)
    WORKFLOW.next(claim, claim.state, event)
    if not queries.is_within(actor, claim):  # another claim was decided, or their role has ended
        raise StateConflict(
            "elsewhere", _l("This is no longer yours to decide. Somebody else does.")
        )
    if actor.id == claim.claimant_id:
        raise StateConflict("own_claim", _l("This claim is your own. Somebody else decides it."))
    return claim.organisation


def _decide(claim: OrganisationClaim, actor: Person, event: ClaimEvent, reason: str) -> None:
    _end(claim, event)
    claim.decided_by_id, claim.reason = actor.id, reason


def _end(claim: OrganisationClaim, event: ClaimEvent) -> None:
    claim.state = WORKFLOW.next(claim, claim.state, event)
    claim.ended_at = clock.now()


def _tell_people(work: Work, claim: OrganisationClaim) -> None:
    """Notify the members, unless the claims of one day exceed the limit of letters."""
    if queries.count_made_of(claim.organisation, since=clock.now() - _DAY) > MOST_TOLD:
        return
    for member in organisations.members(claim.organisation):
        if member.person.is_active and member.person_id != claim.claimant_id:
            work.send(
                "organisations/claimed",
                to=member.person,
                key=queries.telling(claim, member),
                name=claim.organisation.name,
                claimant=claim.claimant,
                url=page_url("organisations.show", organisation=claim.organisation),
            )


def _tell_claimant(work: Work, claim: OrganisationClaim, template: str, **context: str) -> None:
    if not claim.claimant.is_active:
        return
    key = f"claim-decided:{claim.id}:{claim.claimant_id}"
    work.send(template, to=claim.claimant, key=key, name=claim.name, **context)


def _tell_people_of_decision(
    work: Work,
    claim: OrganisationClaim,
    people: Sequence[RoleGrant],
    called: str,
    *,
    approved: bool,
    removed: bool,
) -> None:
    """Notify the members of the decision, and whether their role was ended.

    `called` is the organisation's name before the decision.
    """
    for member in people:
        if member.person.is_active and member.person_id != claim.claimant_id:
            work.send(
                "organisations/claim-decided",
                to=member.person,
                key=f"claim-decided:{claim.id}:{member.person_id}",
                name=called,
                new_name=claim.organisation.name,
                claimant=claim.claimant,
                approved=approved,
                removed=removed,
                url=page_url("organisations.index"),
            )
