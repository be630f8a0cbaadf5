"""One small world for the tests that no single stage owns: everybody, and one of everything.

It is committed once a worker, in a database of its own. A request is asked in a transaction that
is undone afterwards, so that every question meets the same world.
"""

from flask import Flask
from flask_wtf.csrf import generate_csrf
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.accounts import sign_in
from portal.core.accounts.models import Municipality, Person, Purpose, Role, Token
from portal.core.accounts.rules import digest
from portal.core.db import Words, db
from portal.core.messages.models import Message
from tests.factories import DAY, Make
from tests.world.asking import ROLES, VISITOR, World
from tests.world.stages import Side

__all__ = ["ROLES", "VISITOR", "World", "build"]


def build(app: Flask) -> World:
    """Make the world."""
    world = World(app)
    with app.app_context():
        engine = db.engine
    with Session(engine, expire_on_commit=False) as session:
        make = Make(session, app)
        # Every number of the factories is used once: both sides share one counter.
        here = Side(world, make, make.municipality(), "")
        here.build()
        ventspils = session.merge(
            Municipality(
                code="VEN",
                name=Words("Cita pilsēta", "Another City"),
                organiser=Words("Citas pilsētas pārvalde", "Another Board"),
                email="cita@example.lv",
            )
        )
        session.commit()
        there = Side(world, make, ventspils, "far-")
        there.build()
        world.people["administrator"] = make.person(Role.ADMINISTRATOR, name="Administrators")
        world.people["stranger"] = make.person(name="Svešinieks")
        here.claimed()
        there.claimed()
        links(make, world)
        for role in ROLES:
            world.cookies[role] = cookie_of(app, world.people.get(role))
    return world


def links(make: Make, world: World) -> None:
    """A living link of each purpose, and a letter."""
    for purpose in Purpose:
        person = make.person(confirmed_at=None) if purpose is Purpose.CONFIRM else make.person()
        invites = purpose is Purpose.INVITE
        make.row(
            Token(
                purpose=purpose,
                digest=digest(purpose),
                email=person.email if purpose is not Purpose.EMAIL else "jauna@example.lv",
                expires_at=clock.now() + DAY,
                person_id=None if invites else person.id,
                organisation_id=make.organisation().id if invites else None,
                role=Role.EDITOR if invites else None,
                invited_by_id=world.people["owner"].id if invites else None,
            )
        )
    letter = make.session.query(Message).first()
    for scenes in (world.near, world.far):
        for scene in scenes.values():
            scene |= {"message": letter, "version": "1", "filename": "asns.css"}
            scene["dataset"] = "competitions"


def cookie_of(app: Flask, person: Person | None) -> tuple[str, str]:
    """A session cookie and its CSRF token for somebody who has just signed in."""
    from flask import session

    with app.test_request_context():
        if person is not None:
            session.update(sign_in.begin(db.session.get_one(Person, person.id)))
        token = generate_csrf()
        signer = app.session_interface.get_signing_serializer(app)
        return str(signer.dumps(dict(session))), token
