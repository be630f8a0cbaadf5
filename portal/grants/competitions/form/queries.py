"""Reads of a form as it is built."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal.core.db import db
from portal.core.questions.models import Section
from portal.grants.competitions.models import Competition


def sections(competition: Competition) -> Sequence[Section]:
    """The sections in their order, each with its questions; two queries."""
    return db.session.scalars(
        select(Section)
        .where(Section.form_id == competition.form.id)
        .order_by(Section.position, Section.id)
        .options(selectinload(Section.questions))
    ).all()
