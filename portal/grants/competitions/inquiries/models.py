"""The table of questions about a call."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, and_
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.accounts.models import Person
from portal.core.db import Base, Keyed
from portal.grants.competitions.models import Competition


class Inquiry(Keyed, Base):
    """A public question about the call, and its answer. The asker's name is never public."""

    __tablename__ = "inquiries"
    __journal__ = ("asked_at", "answer", "answered_at", "answered_by_id", "withdrawn_at")
    __table_args__ = (CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered"),)

    competition_id: Mapped[UUID] = mapped_column(ForeignKey("competitions.id"), index=True)
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    question: Mapped[str]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    withdrawn_at: Mapped[datetime | None]  # not to be published: off topic, personal
    version: Mapped[int] = mapped_column(default=1)

    competition: Mapped[Competition] = relationship()
    asked_by: Mapped[Person | None] = relationship(foreign_keys=[asked_by_id])

    @hybrid_property
    def waits(self) -> bool:
        """Whether it is unanswered and not withdrawn."""
        return self.answer is None and self.withdrawn_at is None

    @waits.inplace.expression
    @classmethod
    def _waits(cls) -> ColumnElement[bool]:
        return and_(cls.answer.is_(None), cls.withdrawn_at.is_(None))

    __mapper_args__ = {"version_id_col": version}

    @property
    def anchor(self) -> str:
        """The fragment of the question on the call's page."""
        return f"question-{self.id}"
