"""The outbox: every letter that the portal has sent or is about to send."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.accounts.models import Person
from portal.core.db import Base, Keyed
from portal.core.triggers import immutable, refuse


class MessageState(StrEnum):
    """Where a letter is."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"  # refused for good, or tried too often


class Message(Keyed, Base):
    """One letter to one address. It is written in the transaction of the verb that causes it.

    `key` makes it one: queuing the same key again changes nothing. `html` is the same words as
    `text`, made by letter.compose and by nothing else.
    """

    __tablename__ = "messages"
    __journal__ = ("template", "state")
    scope_id = None  # what happens to it stands in no scope's journal
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
    # Since when a worker has it in hand; nobody has while it is empty.
    taken_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(default="", server_default="")
    # What the letter is about, as in the journal: the table and the key of the verb's subject.
    about_type: Mapped[str | None]
    about_id: Mapped[UUID | None]

    person: Mapped[Person | None] = relationship()


# What was written is what is sent; a letter that opens something loses its words after that.
immutable(Message, but=["text", "html", "state", "sent_at", "attempts", "taken_at", "last_error"])
refuse(Message, "worded", "UPDATE OF text, html", when="NEW.text <> '' OR NEW.html <> ''")
