"""Reads for the demo's sign-in page, which visitors see."""

from sqlalchemy import select

from portal.core.accounts.models import Person
from portal.core.db import db


def made() -> dict[str, Person]:
    """The people of the demo data by the codes of their personas."""
    people = db.session.scalars(select(Person).where(Person.persona.is_not(None)))
    return {one.persona: one for one in people if one.persona}
