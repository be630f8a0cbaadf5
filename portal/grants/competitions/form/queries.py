"""Reads of a form as it is built."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal.core.db import db
from portal.grants.competitions.models import Competition, Section


def sections(competition: Competition) -> Sequence[Section]:
    """The sections in their order, each with its questions; two queries."""
    return db.session.scalars(
        select(Section)
        .where(Section.competition_id == competition.id)
        .order_by(Section.position, Section.id)
        .options(selectinload(Section.questions))
    ).all()
