"""One small world for the tests that no single stage owns: everybody, and one of everything.

It is committed once a worker, in a database of its own. A request is asked in a transaction that
is undone afterwards, so that every question meets the same world.
"""

import io
from typing import Any

from flask import Flask
from flask_wtf.csrf import generate_csrf
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from portal.core import clock
from portal.core.accounts import sign_in
from portal.core.accounts.administration import service as administration
from portal.core.accounts.claims.models import OrganisationClaim
from portal.core.accounts.demo.cast import registration_number
from portal.core.accounts.models import (
    MUNICIPAL,
    ORGANISATIONAL,
    Municipality,
    Organisation,
    Person,
    Role,
    SignIn,
    Token,
    TokenPurpose,
)
from portal.core.accounts.rules import digest
from portal.core.db import Words, db
from portal.core.messages.models import Message
from tests.core.documents.samples import picture
from tests.factories import DAY, Make
from tests.world.asking import ROLES, VISITOR, World
from tests.world.scene import here
from tests.world.stages import COMMITTEE, STAGES, Stage, stored

__all__ = ["ROLES", "VISITOR", "World", "build"]


def build(app: Flask) -> World:
    """Make the world."""
    world = World(app)
    with app.app_context():
        engine = db.engine
    with Session(engine, expire_on_commit=False) as session:
        make = Make(session, app)
        world.people["administrator"] = make.person(Role.ADMINISTRATOR, name="Administrators")
        world.people["stranger"] = make.person(name="Svešinieks")
        ventspils = session.merge(
            Municipality(
                code="VEN",
                name=Words("Cita pilsēta", "Another City"),
                organiser=Words("Citas pilsētas pārvalde", "Another Board"),
                email="cita@example.lv",
            )
        )
        session.commit()
        # Every number of the factories is used once: both sides share one counter.
        world.near = side(world, make, make.municipality(), "")
        world.far = side(world, make, ventspils, "far-")
        world.people["other-owner"] = world.people["far-owner"]
        with app.test_request_context():
            logo = FileStorage(io.BytesIO(picture("PNG")), filename="logo.png")
            administrator = here(world.people["administrator"])
            administration.set_logo(administrator, here(make.municipality()), logo)
        links(make, world)
        for role in ROLES:
            world.cookies[role] = cookie_of(app, world.people.get(role))
    return world


def side(
    world: World, make: Make, municipality: Municipality, prefix: str
) -> dict[str, dict[str, Any]]:
    """One municipality and one organisation: by stage, what stands in the addresses.

    Their people are named by their roles, with the prefix.
    """
    organisation = make.organisation(
        registration_number=registration_number(801 if prefix else 802),
        iban="LV80BANK0000435195001",
        email="birojs@example.lv",
        address="Krasta iela 7, Liepāja",
    )
    people = {str(role): make.person(role, scope=municipality) for role in MUNICIPAL}
    for role in ORGANISATIONAL:
        persona = None if prefix else f"ngo-{role}"
        people[str(role)] = make.person(role, scope=organisation, persona=persona)
    people |= {name: make.person() for name in COMMITTEE}
    world.people |= {f"{prefix}{name}": person for name, person in people.items()}
    known = {
        "municipality": municipality,
        **accounts(make, organisation, people["owner"]),
        **claimed(make, organisation, world.people["stranger"]),
    }

    def new(phase: str, **values: Any) -> Stage:
        brought = {"organisation": organisation, **people}
        return Stage(make, phase, people=brought, municipality=municipality, **values)

    return {name: {**known, **stage(new).values} for name, stage in STAGES.items()}


def accounts(make: Make, organisation: Organisation, owner: Person) -> dict[str, Any]:
    """What stands in the addresses of accounts, organisations and administration."""
    # A second owner: the rules about the last one have tests of their own.
    member = make.person(Role.OWNER, scope=organisation)
    (grant,) = make.session.get_one(Person, member.id).grants
    browser = SignIn(
        person_id=owner.id,
        token_digest=digest(f"browser-{member.id}"),
        expires_at=clock.now() + DAY,
    )
    return {
        "organisation": organisation,
        "membership": grant,
        "grant": grant,
        "account": member,
        "invitation": invited(make, organisation, f"aicinats-{member.id}@example.lv", owner),
        "own_invitation": invited(make, make.organisation(), owner.email, member),
        "own_sign_in": make.row(browser),
    }


def invited(make: Make, organisation: Organisation, email: str, by: Person) -> Token:
    return make.row(
        Token(
            purpose=TokenPurpose.INVITE,
            digest=digest(f"{organisation.id} {email}"),
            email=email,
            expires_at=clock.now() + DAY,
            organisation_id=organisation.id,
            role=Role.EDITOR,
            invited_by_id=by.id,
        )
    )


def claimed(make: Make, organisation: Organisation, claimant: Person) -> dict[str, Any]:
    """Somebody else claims the organisation, with a proof."""
    claim = make.row(
        OrganisationClaim(
            claimant_id=claimant.id,
            organisation_id=organisation.id,
            registration_number=organisation.registration_number,
            name=organisation.name,
            position="Valdes loceklis",
            proof_id=stored(make, claimant).id,
        )
    )
    return {"claim": claim, "own_claim": claim, "claim_on": claim}


def links(make: Make, world: World) -> None:
    """A living link of each purpose, and a letter."""
    for purpose in TokenPurpose:
        person = (
            make.person(confirmed_at=None) if purpose is TokenPurpose.CONFIRM else make.person()
        )
        invites = purpose is TokenPurpose.INVITE
        make.row(
            Token(
                purpose=purpose,
                digest=digest(purpose),
                email=person.email if purpose is not TokenPurpose.EMAIL else "jauna@example.lv",
                expires_at=clock.now() + DAY,
                person_id=None if invites else person.id,
                organisation_id=make.organisation().id if invites else None,
                role=Role.EDITOR if invites else None,
                invited_by_id=world.people["owner"].id if invites else None,
            )
        )
    letter = make.session.query(Message).first()
    for stages in (world.near, world.far):
        for known in stages.values():
            known |= {"message": letter, "version": "1", "filename": "asns.css"}
            known["dataset"] = "competitions"


def cookie_of(app: Flask, person: Person | None) -> tuple[str, str]:
    """A session cookie and its CSRF token for somebody who has just signed in."""
    from flask import session

    with app.test_request_context():
        if person is not None:
            session.update(sign_in.begin(db.session.get_one(Person, person.id)))
        token = generate_csrf()
        signer = app.session_interface.get_signing_serializer(app)
        return str(signer.dumps(dict(session))), token
