"""Queries for the form builder."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal.core.db import db
from portal.core.questions.models import Form, Question, Section


def sections(form: Form) -> Sequence[Section]:
    """The sections in their order, each with its questions; two queries."""
    return db.session.scalars(
        select(Section)
        .where(Section.form_id == form.id)
        .order_by(Section.position, Section.id)
        .options(selectinload(Section.questions))
    ).all()


def section(form: Form, key: UUID) -> Section | None:
    """A section of this form."""
    return db.session.scalar(select(Section).where(Section.id == key, Section.form_id == form.id))


def question(section: Section, key: UUID) -> Question | None:
    """A question of this section."""
    return db.session.scalar(
        select(Question).where(Question.id == key, Question.section_id == section.id)
    )
