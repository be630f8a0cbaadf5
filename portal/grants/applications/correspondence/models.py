"""The table of letters to applicants."""

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
    """A letter about an application as it was sent: one per matter.

    `matter` is its subject, "decision:<key>". `content` is the printed letter as plain JSON (see
    printed.py), in the application's language; `messages` are its e-mails, none without a
    recipient. Whether it has to be posted follows from them: see queries.by_post.
    """

    __tablename__ = "letters"
    __journal__ = (
        "application_id",
        "matter",
        "template",
        "language",
        "posted_on",
        "posted_by_id",
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
    # The journal records that it was sent; its text is only here, under the rights to it.
    content: Mapped[dict[str, Any]] = mapped_column()
    messages: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    posted_on: Mapped[date | None]
    posted_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))

    application: Mapped[Application] = relationship()
    posted_by: Mapped[Person | None] = relationship()

    @property
    def scope_id(self) -> UUID:
        """The scope in whose journal its events are recorded."""
        return self.application.competition_id


immutable(Letter, but=["posted_on", "posted_by_id"])
refuse(Letter, "posted", "UPDATE", when="OLD.posted_on IS NOT NULL")
