"""Reads of a call's amendments."""

from collections.abc import Sequence

from sqlalchemy import select

from portal.core.db import db
from portal.grants.competitions.models import Amendment, Competition


def listed(competition: Competition) -> Sequence[Amendment]:
    """The amendments from the first to the last."""
    return db.session.scalars(
        select(Amendment)
        .where(Amendment.competition_id == competition.id)
        .order_by(Amendment.number)
    ).all()
