"""Meetings of the committee: who was there, what was voted, what the minutes say."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.accounts.models import Person
from portal.core.db import Base, Keyed
from portal.grants.competitions.models import Competition


class Meeting(Keyed, Base):
    """A sitting of the committee; closing it freezes attendance and votes."""

    __tablename__ = "meetings"
    __table_args__ = (
        UniqueConstraint("competition_id", "number"),
        CheckConstraint("num_nonnulls(closed_at, closed_by_id, record) IN (0, 3)", name="closed"),
    )

    competition_id: Mapped[UUID] = mapped_column(ForeignKey("competitions.id"))
    number: Mapped[int]
    held_at: Mapped[datetime]
    place: Mapped[str]
    notes: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    # What the minutes say, frozen at the close; see meeting.rules.minutes_of.
    record: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True), deferred=True)
    version: Mapped[int] = mapped_column(default=1)

    competition: Mapped[Competition] = relationship()
    closed_by: Mapped[Person | None] = relationship(foreign_keys=[closed_by_id])
    attendance: Mapped[list["Attendance"]] = relationship(back_populates="meeting")
    votes: Mapped[list["Vote"]] = relationship(back_populates="meeting", order_by="Vote.number")

    __mapper_args__ = {"version_id_col": version}


class Attendance(Base):
    """Whether a member was at a meeting."""

    __tablename__ = "attendances"

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    present: Mapped[bool]

    meeting: Mapped[Meeting] = relationship(back_populates="attendance")
    person: Mapped[Person] = relationship()


class Vote(Keyed, Base):
    """A recorded vote. For a tie: the tied applications, ordered as the vote decided (`order`)."""

    __tablename__ = "votes"
    __table_args__ = (
        UniqueConstraint("meeting_id", "number"),
        CheckConstraint("kind IN ('tie', 'ranking')", name="kind"),
        CheckConstraint(
            "kind <> 'tie' OR NOT carried OR jsonb_array_length(\"order\") > 1", name="order"
        ),
    )

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id"))
    number: Mapped[int]
    # tie: between applications; ranking: the committee approves the whole ranking
    kind: Mapped[str]
    question: Mapped[str]
    order: Mapped[list[str]] = mapped_column(default=list)  # application numbers, best first
    carried: Mapped[bool]

    meeting: Mapped[Meeting] = relationship(back_populates="votes")
    ballots: Mapped[list["Ballot"]] = relationship(back_populates="vote")


class BallotChoice(StrEnum):
    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"


class Ballot(Base):
    """How one member voted. In a tie `application_id` is the one voted for."""

    __tablename__ = "ballots"

    vote_id: Mapped[UUID] = mapped_column(ForeignKey("votes.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    choice: Mapped[BallotChoice]
    application_id: Mapped[UUID | None] = mapped_column(ForeignKey("applications.id"))

    vote: Mapped[Vote] = relationship(back_populates="ballots")
    person: Mapped[Person] = relationship()
