"""Meetings of the committee: who was there, what was voted, what the minutes say."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.accounts.models import Person
from portal.core.db import Base, Keyed
from portal.core.triggers import ANY_CHANGE, append_only, immutable, refuse
from portal.grants.competitions.models import Competition


class Meeting(Keyed, Base):
    """A sitting of the committee; closing it freezes attendance and votes."""

    __tablename__ = "meetings"
    __table_args__ = (
        UniqueConstraint("competition_id", "number"),
        CheckConstraint("num_nonnulls(closed_at, closed_by_id, record) IN (0, 3)", name="closed"),
        Index(
            "uq_meetings_open",
            "competition_id",
            unique=True,
            postgresql_where=text("closed_at IS NULL"),
        ),
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
    # Those that stand; one that was recorded wrongly is withdrawn and kept.
    votes: Mapped[list["Vote"]] = relationship(
        primaryjoin="and_(Vote.meeting_id == Meeting.id, Vote.withdrawn_at.is_(None))",
        order_by="Vote.number",
        viewonly=True,
    )

    __mapper_args__ = {"version_id_col": version}


class Attendance(Base):
    """Whether a member was at a meeting."""

    __tablename__ = "attendances"

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    entitled: Mapped[bool] = mapped_column(default=True)  # votes; a mere secretary does not
    present: Mapped[bool]

    meeting: Mapped[Meeting] = relationship(back_populates="attendance")
    person: Mapped[Person] = relationship()


class VoteKind(StrEnum):
    TIE = "tie"  # between applications
    RANKING = "ranking"  # the committee approves the whole ranking


class Vote(Keyed, Base):
    """A recorded vote. For a tie: the tied applications, ordered as the vote decided (`order`)."""

    __tablename__ = "votes"
    __table_args__ = (
        UniqueConstraint("meeting_id", "number"),
        CheckConstraint(
            "kind <> 'tie' OR NOT carried OR jsonb_array_length(\"order\") > 1", name="order"
        ),
        CheckConstraint(
            "num_nonnulls(approved, digest)"
            " = CASE WHEN kind = 'ranking' AND carried THEN 2 ELSE 0 END",
            name="approved",
        ),
        CheckConstraint("digest ~ '^[0-9a-f]{64}$'", name="digest"),
        CheckConstraint(
            "num_nonnulls(withdrawn_at, withdrawn_by_id) = 0 AND withdrawn_reason = ''"
            " OR num_nonnulls(withdrawn_at, withdrawn_by_id) = 2 AND withdrawn_reason <> ''",
            name="withdrawn",
        ),
    )

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id"))
    number: Mapped[int]
    kind: Mapped[VoteKind]
    question: Mapped[str] = mapped_column(default="")  # a remark of whoever keeps the minutes
    # Application numbers, best first: of a tie as the vote decided it, or of the approved ranking.
    order: Mapped[list[str]] = mapped_column(default=list)
    carried: Mapped[bool]
    # Of a carried vote on the ranking: what was approved (see ranking.approval), and its digest.
    approved: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    digest: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    withdrawn_reason: Mapped[str] = mapped_column(default="")

    meeting: Mapped[Meeting] = relationship()
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


# The minutes of a closed meeting stand, and so does all that they tell.
refuse(Meeting, "minuted", "UPDATE OR DELETE", when="OLD.closed_at IS NOT NULL")
for part in (Attendance, Vote):
    refuse(
        part,
        "minuted",
        ANY_CHANGE,
        when="EXISTS (SELECT FROM meetings"
        " WHERE id IN (OLD.meeting_id, NEW.meeting_id) AND closed_at IS NOT NULL)",
    )
refuse(
    Ballot,
    "minuted",
    "INSERT",
    when="EXISTS (SELECT FROM meetings JOIN votes ON votes.meeting_id = meetings.id"
    " WHERE votes.id = NEW.vote_id AND closed_at IS NOT NULL)",
)
append_only(Ballot)
# A vote that was recorded wrongly is withdrawn; what was recorded stays.
immutable(Vote, but=["withdrawn_at", "withdrawn_by_id", "withdrawn_reason"])
refuse(Vote, "withdrawn", "UPDATE", when="OLD.withdrawn_at IS NOT NULL")
