"""The verbs of organisations: found, change, invite, join, change roles, leave.

Changes of members lock the organisation first, so that two owners cannot remove each other.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from uuid import UUID

from flask_babel import lazy_gettext as _l

from portal.core import clock
from portal.core.accounts import throttle, tokens
from portal.core.accounts.labels import role_label
from portal.core.accounts.models import (
    Organisation,
    OrganisationKind,
    Person,
    Role,
    RoleGrant,
    Token,
    TokenPurpose,
)
from portal.core.accounts.organisations import hooks, queries
from portal.core.accounts.queries import person_by_email
from portal.core.db import db
from portal.core.errors import Invalid, StateConflict, constraint
from portal.core.messages.links import page_url
from portal.core.work import Work, unit_of_work

constraint(
    "uq_organisations_registration_number",
    _l(
        "An organisation with this number is in the portal already. If you act for it, ask its"
        " owner to invite you, or ask for the right to act for it."
    ),
    "registration_number",
)


@dataclass(frozen=True, slots=True)
class Details:
    """The fields of an organisation that its owners set."""

    kind: OrganisationKind
    name: str
    registration_number: str | None
    address: str
    email: str
    phone: str
    iban: str | None

    @property
    def columns(self) -> dict[str, str | None]:
        """Values by column; only a registered kind has a number."""
        number = self.registration_number if self.kind.is_registered else None
        if self.kind.is_registered and not number:
            raise Invalid(
                "number_owed",
                _l("Enter the registration number: this kind of organisation has one."),
                "registration_number",
            )
        return {
            **asdict(self),
            "kind": self.kind.value,
            "registration_number": number,
            "iban": self.iban or None,
        }


def found(actor: Person, details: Details) -> Organisation:
    """Add an organisation; the actor becomes its owner. Raises Invalid for a number in use."""
    organisation = Organisation(**details.columns)
    with unit_of_work(actor, "organisation.founded", organisation) as work:
        work.add(organisation)
        _grant(work, actor, organisation, Role.OWNER)
    return organisation


def change(actor: Person, organisation: Organisation, details: Details, version: int) -> None:
    """Change an organisation's details. Raises StaleForm, Invalid."""
    with unit_of_work(actor, "organisation.changed", organisation) as work:
        work.expect(organisation, version)
        for column, value in details.columns.items():
            setattr(organisation, column, value)


def invite(actor: Person, organisation: Organisation, *, email: str, role: Role) -> None:
    """Send an invitation to an address, with or without an account; it replaces an earlier one.

    Raises Invalid if the address belongs to a member, TooMany.
    """
    throttle.attempt_of_address(throttle.LETTERS_OF_ADDRESS)
    throttle.attempt(throttle.LETTERS_TO_MAILBOX, email)
    with unit_of_work(actor, "organisation.invited", organisation) as work:
        lock_as_owner(work, actor, organisation)
        if queries.belongs(organisation, email):
            raise Invalid(
                "belongs", _l("This person already belongs to the organisation."), "email"
            )
        target = {"organisation": organisation, "role": role, "invited_by": actor}
        token, secret = tokens.issue(work, TokenPurpose.INVITE, email=email, **target)
        known = person_by_email(email)
        work.note(role=role)
        work.send_to(
            email,
            known.language if known else actor.language,
            "accounts/invitation",
            key=f"invitation:{token.id}",
            organisation=organisation,
            role=role_label(role),
            inviter=actor,
            url=page_url("organisations.join", secret=secret),
            until=(token.expires_at - timedelta(days=1)).astimezone(clock.RIGA).date(),
        )


def withdraw_invitation(actor: Person, organisation: Organisation, invitation: Token) -> None:
    """Withdraw an invitation; its link becomes void."""
    with unit_of_work(actor, "organisation.invitation_withdrawn", organisation) as work:
        work.lock(organisation, invitation)
        invitation.used_at = invitation.used_at or clock.now()


def join(actor: Person, secret: str) -> Organisation:
    """Accept an invitation by the link from the letter. Raises LinkSpent, StateConflict."""
    organisation = _organisation_of(tokens.peek(TokenPurpose.INVITE, secret))
    with unit_of_work(actor, "organisation.joined", organisation) as work:
        work.lock(organisation)
        return _join(work, actor, organisation, tokens.claim(TokenPurpose.INVITE, secret))


def accept(actor: Person, invitation: Token) -> Organisation:
    """Accept an invitation sent to one's own confirmed address. Raises LinkSpent, StateConflict."""
    organisation = _organisation_of(invitation)
    with unit_of_work(actor, "organisation.joined", organisation) as work:
        work.lock(organisation, invitation)
        if invitation.used_at is not None:
            raise tokens.LinkSpent
        invitation.used_at = clock.now()
        return _join(work, actor, organisation, invitation)


def _organisation_of(invitation: Token) -> Organisation:
    if invitation.organisation is None:
        raise tokens.LinkSpent
    return invitation.organisation


def _join(work: Work, actor: Person, organisation: Organisation, invitation: Token) -> Organisation:
    if invitation.role is None:
        raise tokens.LinkSpent
    if queries.belongs(organisation, actor.email):
        raise StateConflict("belongs", _l("You already belong to this organisation."))
    _grant(work, actor, organisation, invitation.role)
    return organisation


def change_role(
    actor: Person, organisation: Organisation, membership: RoleGrant, role: Role
) -> None:
    """Give a member another role. Raises StateConflict for the last owner."""
    with unit_of_work(actor, "organisation.role_changed", organisation) as work:
        lock_as_owner(work, actor, organisation)
        _end(work, organisation, membership, but_as=role)
        _grant(work, membership.person, organisation, role)


def remove(actor: Person, organisation: Organisation, membership: RoleGrant) -> None:
    """End a member's membership at once. Raises StateConflict for the last owner."""
    with unit_of_work(actor, "organisation.member_removed", organisation) as work:
        lock_as_owner(work, actor, organisation)
        _end(work, organisation, membership)


def leave(actor: Person, organisation: Organisation) -> None:
    """End one's own membership at once. Raises StateConflict for the last owner."""
    with unit_of_work(actor, "organisation.left", organisation) as work:
        work.lock(organisation)
        for membership in queries.memberships_of(actor, organisation):
            _end(work, organisation, membership)


def hand_over(work: Work, owner: Person, heirs: Mapping[UUID, UUID]) -> None:
    """Part of a verb: give the organisations that only `owner` owns to the chosen members.

    `heirs` are keys of memberships by keys of organisations. Raises Invalid if none is chosen
    although there are other members; an organisation without others stays as it is.
    """
    for organisation, others in queries.left_alone_by(owner):
        if not others:
            continue
        work.lock(organisation)
        heir = next((one for one in others if one.id == heirs.get(organisation.id)), None)
        if heir is None:
            raise Invalid(
                "heir_owed",
                _l("Choose who owns “%(name)s” from now on.", name=organisation.name),
            )
        _end(work, organisation, heir, but_as=Role.OWNER)
        _grant(work, heir.person, organisation, Role.OWNER)
        work.note(handed_over=organisation.name, to=heir.person.name)


def give_to(work: Work, person: Person, organisation: Organisation, *, alone: bool) -> None:
    """Part of a verb: make `person` an owner of the locked organisation.

    `alone` ends all other roles in it and all open invitations.
    """
    for membership in queries.members(organisation):
        if alone or membership.person_id == person.id:
            work.lock(membership)
            membership.ended_at = membership.ended_at or clock.now()
    if alone:
        for invitation in queries.invitations(organisation):
            work.lock(invitation)
            invitation.used_at = invitation.used_at or clock.now()
    _grant(work, person, organisation, Role.OWNER)


def lock_as_owner(work: Work, actor: Person, organisation: Organisation) -> None:
    """Lock the organisation; require that the actor is still an owner."""
    work.lock(organisation)
    if actor.id not in queries.owners(organisation):
        raise StateConflict("not_owner", _l("You are no longer an owner of this organisation."))


def _end(
    work: Work, organisation: Organisation, membership: RoleGrant, but_as: Role | None = None
) -> None:
    """End a membership of the locked organisation, or replace it with another role."""
    work.lock(membership)
    if not membership.is_living:
        raise StateConflict("left", _l("This person no longer belongs to the organisation."))
    if (
        membership.role is Role.OWNER
        and but_as is not Role.OWNER
        and not queries.owners(organisation) - {membership.person_id}
    ):
        raise StateConflict(
            "last_owner",
            _l("An organisation needs an owner. Make somebody else an owner first."),
        )
    membership.ended_at = clock.now()


def _grant(work: Work, person: Person, organisation: Organisation, role: Role) -> None:
    work.add(RoleGrant(person_id=person.id, scope_id=organisation.id, role=role))
    db.session.flush()
    hooks.joined(work, person)
