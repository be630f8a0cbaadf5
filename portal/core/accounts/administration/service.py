"""The administrator's verbs: give and end roles, close accounts, change municipalities."""

from collections.abc import Mapping
from datetime import date
from typing import TypedDict, Unpack
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from portal.core import clock
from portal.core.accounts.administration.rules import (
    GIVEN_BY_ADMINISTRATOR,
    needs_municipality,
)
from portal.core.accounts.models import Logo, Municipality, Person, Role, RoleGrant
from portal.core.accounts.organisations.service import hand_over
from portal.core.accounts.queries import person_by_email
from portal.core.accounts.service import end_sign_ins_of, reset_link, send_reset
from portal.core.db import Words, db
from portal.core.documents.service import sending
from portal.core.errors import Invalid, StateConflict, constraint, trigger
from portal.core.papers.logo import LIMITS, prepared
from portal.core.work import unit_of_work

constraint("uq_municipalities_code", _l("Another municipality has this code already."), "code")
constraint("ck_municipalities_code", _l("The code is three capital letters, such as LIE."), "code")
constraint(
    "role_grants_once",
    _l("This person holds this role there already, on some of these days. End that term first."),
    "role",
)
constraint(
    "role_grants_audits",
    _l(
        "In one municipality nobody is the auditor and an officer or the head on the same day: they"
        " would audit their own work. End the other role first."
    ),
    "role",
)
trigger(
    _l(
        "Somebody has to administer the portal at all times. Make somebody else an administrator"
        " first, without a last day."
    ),
    "role_grants_administered",
    "persons_administered",
)
constraint("ck_role_grants_dates", _l("The last day cannot be before the first."), "until")


class MunicipalityDetails(TypedDict):
    """The fields of a municipality that the administrator sets."""

    code: str
    name: Words
    organiser: Words
    email: str
    signatory: str
    signatory_role: Words


def give_role(
    actor: Person,
    person: Person,
    *,
    role: Role,
    municipality: Municipality | None,
    since: date,
    until: date | None,
    order_number: str = "",
    order_date: date | None = None,
) -> RoleGrant:
    """Give another person a municipal role or the administrator's.

    Raises StateConflict if actor and person are the same; Invalid if on any of these days the
    person holds the role already or one that excludes it.
    """
    _not_oneself(actor, person)
    if role not in GIVEN_BY_ADMINISTRATOR:
        raise Invalid("not_given", _l("This role is not the administrator's to give."), "role")
    if needs_municipality(role) and municipality is None:
        raise Invalid("scope_owed", _l("Choose the municipality."), "municipality")
    if role is Role.DEPUTY and not (order_number and order_date):
        raise Invalid("order_owed", _l("A deputy is named by an order."), "order_number")
    scope = municipality if needs_municipality(role) else None
    grant = RoleGrant(
        person_id=person.id,
        role=role,
        scope_id=scope.id if scope else None,
        since=since,
        until=until,
        order_number=order_number,
        order_date=order_date,
    )
    with unit_of_work(actor, "role.given", person) as work:
        work.lock(person)
        work.add(grant)
    return grant


def end_role(actor: Person, person: Person, grant: RoleGrant, *, reason: str = "") -> None:
    """End a role at once. Raises StateConflict for one's own and for the last administrator's."""
    _not_oneself(actor, person)
    with unit_of_work(actor, "role.ended", person) as work:
        _one_at_a_time(actor)
        work.lock(grant)
        if grant.role not in GIVEN_BY_ADMINISTRATOR:
            raise StateConflict("not_given", _l("This role is not the administrator's to end."))
        grant.ended_at = grant.ended_at or clock.now()
        work.note(person=person.name, role=grant.role.value, reason=reason)


def close_account(actor: Person, person: Person, heirs: Mapping[UUID, UUID]) -> None:
    """Close an account and end its sessions; organisations that only this person owns pass to
    `heirs`.

    `heirs` are keys of memberships by keys of organisations. Raises StateConflict for one's own
    account, Invalid if an organisation with other members would have no owner.
    """
    _not_oneself(actor, person)
    with unit_of_work(actor, "account.closed", person) as work:
        _one_at_a_time(actor)
        work.lock(person)
        hand_over(work, person, heirs)
        person.closed_at = person.closed_at or clock.now()
        end_sign_ins_of(person)


def open_account(actor: Person, person: Person) -> None:
    """Reopen a closed account, with the roles that it still holds."""
    with unit_of_work(actor, "account.opened", person) as work:
        work.lock(person)
        person.closed_at = None


def end_sign_ins(actor: Person, person: Person) -> None:
    """End all sessions of a person."""
    with unit_of_work(actor, "account.signed_out", person):
        end_sign_ins_of(person)


def send_reset_link(actor: Person, person: Person) -> None:
    """Send a person a link for a new password. Raises StateConflict for a closed account."""
    if person.closed_at is not None:
        raise StateConflict("closed", _l("The account is closed."))
    with unit_of_work(actor, "account.reset_sent", person) as work:
        send_reset(work, person)


def add_municipality(actor: Person, **details: Unpack[MunicipalityDetails]) -> Municipality:
    """Add a municipality. Raises Invalid for a code that is taken or malformed."""
    municipality = Municipality(**details)
    with unit_of_work(actor, "municipality.added", municipality) as work:
        work.add(municipality)
    return municipality


def change_municipality(
    actor: Person,
    municipality: Municipality,
    version: int,
    **details: Unpack[MunicipalityDetails],
) -> None:
    """Change a municipality; numbers assigned before keep their code. Raises StaleForm, Invalid."""
    with unit_of_work(actor, "municipality.changed", municipality) as work:
        work.expect(municipality, version)
        for column, value in details.items():
            setattr(municipality, column, value)


def set_logo(actor: Person, municipality: Municipality, upload: FileStorage) -> None:
    """Set the logo for documents issued from now on.

    Raises Invalid for "file" if it is no picture, too large, too wide or too tall; TooMany.
    """
    with sending() as send:
        incoming = send(upload, limits=LIMITS, field="file", converted=prepared)
        with unit_of_work(actor, "municipality.logo_set", municipality) as work:
            work.lock(municipality)
            stored = incoming.place(work, purpose="logo", limits=LIMITS)
            municipality.logos.append(Logo(file=stored))
            work.note(file=stored.name, sha256=stored.sha256)


def remove_logo(actor: Person, municipality: Municipality) -> None:
    """Remove the logo from documents issued from now on."""
    with unit_of_work(actor, "municipality.logo_removed", municipality) as work:
        work.lock(municipality)
        if municipality.logo:
            municipality.logos.append(Logo())


def first_administrator(*, email: str, name: str) -> str:
    """Create an administrator's account, or use the one with this address; returns its password
    link.

    For the command line, where nobody is signed in and mail may not be set up yet.
    """
    person = person_by_email(email) or Person(email=email, name=name)
    with unit_of_work(None, "administrator.made", person) as work:
        work.add(person)
        held = select(RoleGrant.id).where(
            RoleGrant.person_id == person.id,
            RoleGrant.role == Role.ADMINISTRATOR,
            RoleGrant.is_living,
        )
        if db.session.scalar(held) is None:
            work.add(RoleGrant(person_id=person.id, role=Role.ADMINISTRATOR))
        return reset_link(work, person)[1]


def _not_oneself(actor: Person, person: Person) -> None:
    if actor.id == person.id:
        raise StateConflict(
            "oneself", _l("Another administrator has to do this: it concerns your own account.")
        )


def _one_at_a_time(actor: Person) -> None:
    """Serialise the removal of roles, so that two administrators cannot remove each other.

    That an administrator remains is ensured by a trigger.
    """
    living = [RoleGrant.role == Role.ADMINISTRATOR, RoleGrant.is_living]
    db.session.execute(select(RoleGrant.id).where(*living).order_by(RoleGrant.id).with_for_update())
    held = select(RoleGrant.id).join(RoleGrant.person)
    mine = held.where(*living, Person.id == actor.id, Person.closed_at.is_(None))
    if db.session.scalar(mine) is None:
        raise StateConflict("not_administrator", _l("You do not administer the portal any more."))
