"""The letters that applicants get."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.accounts.models import Person
from portal.core.db import Base, Keyed
from portal.core.triggers import immutable, refuse
from portal.grants.applications.models import Application


class Letter(Keyed, Base):
    """A letter about an application as it was sent: one for each matter, ever.

    `matter` is what it is about, "decision:<key>". `content` is the letter on paper, as plain JSON
    (see printed.py), in the language of the application; `messages` are the e-mails that told of
    it, none where there was nobody to write to. Whether it has to go by post follows from them: see
    queries.by_post.
    """

    __tablename__ = "letters"
    __journal__ = (
        *("application_id", "matter", "template", "language", "posted_on", "posted_by_id"),
    )
    __table_args__ = (
        UniqueConstraint("matter", "application_id"),
        CheckConstraint("(posted_on IS NULL) = (posted_by_id IS NULL)", name="posted_by"),
        CheckConstraint(
            "posted_on >= (created_at AT TIME ZONE 'Europe/Riga')::date", name="posted_on"
        ),
        CheckConstraint("language ~ '^[a-z]{2,3}$'", name="language"),
    )

    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"), index=True)
    matter: Mapped[str]
    template: Mapped[str]
    language: Mapped[str]
    # The journal says that it was sent; what it says stands here, for whoever may read it.
    content: Mapped[dict[str, Any]] = mapped_column()
    messages: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    posted_on: Mapped[date | None]
    posted_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))

    application: Mapped[Application] = relationship()
    posted_by: Mapped[Person | None] = relationship()

    @property
    def scope_id(self) -> UUID:
        """The scope in whose journal it stands."""
        return self.application.competition_id


immutable(Letter, but=["posted_on", "posted_by_id"])
refuse(Letter, "posted", "UPDATE", when="OLD.posted_on IS NOT NULL")
