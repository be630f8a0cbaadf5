"""Who stands at the door of the demo; nobody has signed in there yet."""

from collections.abc import Collection

from sqlalchemy import select

from portal.core.accounts.models import Person
from portal.core.db import db


def made() -> Collection[str]:
    """The codes of the personas that the demo data hold."""
    return set(db.session.scalars(select(Person.persona).where(Person.persona.is_not(None))))


def persona(code: str) -> Person | None:
    """The person behind a persona's code, where the demo data hold one."""
    return db.session.scalars(select(Person).where(Person.persona == code)).one_or_none()
