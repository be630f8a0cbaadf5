"""The outbox: the letters that the portal has sent or will send."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.accounts.models import Person
from portal.core.db import Base, Keyed
from portal.core.triggers import immutable, refuse


class MessageState(StrEnum):
    """The state of a letter."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"  # refused permanently, or tried too often


class Message(Keyed, Base):
    """One letter to one address, written in the transaction of the verb that causes it.

    `key` is unique: queuing it again changes nothing. `html` is made from the same text by
    letter.compose only.
    """

    __tablename__ = "messages"
    __journal__ = ("template", "state")
    scope_id = None  # its events are recorded in no scope's journal
    __table_args__ = (
        CheckConstraint("language ~ '^[a-z]{2,3}$'", name="language"),
        CheckConstraint("recipient ~ '^[^[:space:]@]+@[^[:space:]@]+$'", name="recipient"),
        CheckConstraint("subject !~ '[[:cntrl:]]'", name="subject_one_line"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_when_sent"),
        CheckConstraint("attempts >= 0", name="attempts"),
        CheckConstraint("taken_at IS NULL OR state = 'queued'", name="taken_while_queued"),
        CheckConstraint("(about_type IS NULL) = (about_id IS NULL)", name="about"),
        Index("ix_messages_about", "about_type", "about_id"),
        Index("ix_messages_recipient", "recipient"),
    )

    key: Mapped[str] = mapped_column(unique=True)
    template: Mapped[str]
    recipient: Mapped[str]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"), index=True)
    language: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str]
    state: Mapped[MessageState] = mapped_column(default=MessageState.QUEUED)
    sent_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    # When a worker began to send it; NULL if none does.
    taken_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(default="", server_default="")
    # The subject, as in the journal: table and key of the verb's subject.
    about_type: Mapped[str | None]
    about_id: Mapped[UUID | None]

    person: Mapped[Person | None] = relationship()


# A letter's text cannot be changed; one with a secret link loses it after sending.
immutable(Message, but=["text", "html", "state", "sent_at", "attempts", "taken_at", "last_error"])
refuse(Message, "worded", "UPDATE OF text, html", when="NEW.text <> '' OR NEW.html <> ''")
