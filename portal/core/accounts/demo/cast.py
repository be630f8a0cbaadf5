"""The people and organisations of the demo; all are invented."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from stdnum.lv import pvn

from portal.core.accounts.models import (
    Municipality,
    Organisation,
    OrganisationKind,
    Person,
    Role,
    RoleGrant,
)
from portal.core.db import Words, db
from portal.core.errors import Message
from portal.core.work import Work, unit_of_work

SINCE = date(2020, 1, 2)
CONFIRMED = datetime(2020, 1, 2, 8, tzinfo=UTC)

APPLIES = _l("Applies for grants")
BOARD = _l("Education board")
COMMITTEE = _l("Evaluation committee")
WATCHES = _l("Oversees")


@dataclass(frozen=True, slots=True)
class Persona:
    """A demo account: its code in the form, and its description."""

    code: str
    name: str
    group: Message
    can: Message
    role: Role | None = None
    organisation: str | None = None


PERSONAS = (
    Persona(
        "ngo-owner",
        "Elīna Kalniņa",
        APPLIES,
        _l("Owns the association “Kurzemes kraujas”: writes, submits, invites others."),
        Role.OWNER,
        "kraujas",
    ),
    Persona(
        "ngo-editor",
        "Rihards Bērziņš",
        APPLIES,
        _l("Edits the applications of the same association."),
        Role.EDITOR,
        "kraujas",
    ),
    Persona(
        "ngo-other",
        "Laura Ozola",
        APPLIES,
        _l("Owns another organisation, and must see nothing of the first."),
        Role.OWNER,
        "vejtrauksme",
    ),
    Persona(
        "officer",
        "Inese Liepa",
        BOARD,
        _l("Prepares calls, registers applications, checks them, prepares decisions."),
        Role.OFFICER,
    ),
    Persona(
        "head",
        "Andris Vītols",
        BOARD,
        _l("Signs decisions and publishes the results."),
        Role.HEAD,
    ),
    Persona(
        "chair",
        "Dace Krūmiņa",
        COMMITTEE,
        _l("Chairs the committee: conflicts, progress, discussion, meeting."),
    ),
    Persona(
        "secretary",
        "Māris Pētersons",
        COMMITTEE,
        _l("Keeps attendance, votes and minutes."),
    ),
    *(
        Persona(
            f"member-{number}",
            name,
            COMMITTEE,
            _l("Declares conflicts of interest and scores applications."),
        )
        for number, name in enumerate(
            ("Anna Zariņa", "Jānis Eglītis", "Līga Siliņa", "Toms Avotiņš", "Kristīne Rozīte"), 1
        )
    ),
    Persona(
        "auditor",
        "Ilze Grīnberga",
        WATCHES,
        _l("Reads everything of the grants and changes nothing."),
        Role.AUDITOR,
    ),
    Persona(
        "admin",
        "Gatis Lācis",
        WATCHES,
        _l("Administers accounts and roles; sees no applications."),
        Role.ADMINISTRATOR,
    ),
)

# Kind, name and address by code; registration numbers count from 1.
ORGANISATIONS = {
    "kraujas": (
        OrganisationKind.ASSOCIATION,
        "Biedrība „Kurzemes kraujas”",
        "Krasta iela 7, Liepāja",
    ),
    "vejtrauksme": (
        OrganisationKind.YOUTH_ORGANISATION,
        "Jaunatnes organizācija „Vēja trauksme”",
        "Ziemeļu iela 12, Liepāja",
    ),
}


@dataclass(frozen=True, slots=True)
class Cast:
    """The demo's people, organisations and municipality by code, for the stages' demo data."""

    municipality: Municipality
    people: dict[str, Person] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)


def personas() -> Cast:
    """Create the personas, their organisations and the municipality LIE if they are missing.

    Committee members get no role here: the demo competition appoints them by an order.
    """
    found = db.session.scalars(select(Municipality).where(Municipality.code == "LIE")).one_or_none()
    liepaja = found or Municipality(
        code="LIE",
        name=Words("Liepājas pilsēta", "City of Liepāja"),
        organiser=Words("Liepājas pilsētas Izglītības pārvalde", "Liepāja City Education Board"),
        email="konkursi@liepaja.example",
        signatory=next(one.name for one in PERSONAS if one.code == "head"),
        signatory_role=Words("Izglītības pārvaldes vadītājs", "Head of the Education Board"),
    )
    cast = Cast(liepaja)
    with unit_of_work(None, "demo.personas_made", liepaja) as work:
        work.add(liepaja)
        for serial, code in enumerate(ORGANISATIONS, 1):
            cast.organisations[code] = _organisation(work, code, registration_number(serial))
        db.session.flush()
        for persona in PERSONAS:
            cast.people[persona.code] = _person(work, cast, persona)
    return cast


def registration_number(serial: int) -> str:
    """An invented registration number with a valid check digit.

    It begins with 8; real numbers begin with 4, 5 or 9 (public bodies), so none of them is used.
    """
    for check in "0123456789":
        number = f"80{serial:08d}{check}"
        if pvn.is_valid(number):
            return number
    return registration_number(serial + 50_000_000)  # one serial in eleven has no check digit


def _organisation(work: Work, code: str, number: str) -> Organisation:
    kind, name, address = ORGANISATIONS[code]
    found = db.session.scalars(
        select(Organisation).where(Organisation.registration_number == number)
    ).one_or_none()
    return found or work.add(
        Organisation(
            kind=kind.value,
            name=name,
            registration_number=number,
            address=address,
            email=f"birojs@{code}.example",
            phone="+37120000000",
        )
    )


def _person(work: Work, cast: Cast, persona: Persona) -> Person:
    found = db.session.scalars(select(Person).where(Person.persona == persona.code)).one_or_none()
    if found is not None:
        return found
    person = work.add(
        Person(
            # Applicants have their organisation's domain: a shared domain would be a conflict of
            # interest.
            email=f"{persona.code}@{persona.organisation or 'demo'}.example",
            name=persona.name,
            persona=persona.code,
            confirmed_at=CONFIRMED,
        )
    )
    db.session.flush()
    if persona.role is not None:
        scope: UUID | None = cast.municipality.id
        if persona.organisation is not None:
            scope = cast.organisations[persona.organisation].id
        elif persona.role is Role.ADMINISTRATOR:
            scope = None
        work.add(RoleGrant(person_id=person.id, role=persona.role, since=SINCE, scope_id=scope))
    return person
