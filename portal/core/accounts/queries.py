"""Queries on accounts and sessions."""

from collections.abc import Sequence

from sqlalchemy import select

from portal.core import clock
from portal.core.accounts.models import Person, SignIn
from portal.core.db import db
from portal.core.periods import in_time


def person_by_email(email: str) -> Person | None:
    """The account of an address, given in lower case."""
    return db.session.scalars(select(Person).where(Person.email == email)).one_or_none()


def sign_ins(actor: Person) -> Sequence[SignIn]:
    """The actor's own open sessions, newest first."""
    return db.session.scalars(
        select(SignIn)
        .where(
            SignIn.person_id == actor.id,
            SignIn.ended_at.is_(None),
            in_time(SignIn.expires_at, clock.now()),
        )
        .order_by(SignIn.id.desc())
    ).all()
