"""Models of the committee's meetings: attendance, votes, minutes."""

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
from portal.grants.applications.models import Application
from portal.grants.competitions.models import Competition


class Meeting(Keyed, Base):
    """A meeting of the committee; closing it freezes attendance, votes and notes.

    Its members are those appointed on its day (meeting.queries.seats).
    """

    __tablename__ = "meetings"
    __journal__ = ("number", "held_at", "place", "keeper_id", "closed_at", "closed_by_id")
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
    notes: Mapped[str] = mapped_column(default="")  # on the meeting as a whole
    # The keeper of the minutes named by the chair if the secretary is recused.
    keeper_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    # The record, frozen at the close; see meeting.minutes.record_of.
    record: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True), deferred=True)
    version: Mapped[int] = mapped_column(default=1)

    competition: Mapped[Competition] = relationship()
    closed_by: Mapped[Person | None] = relationship(foreign_keys=[closed_by_id])
    keeper: Mapped[Person | None] = relationship(foreign_keys=[keeper_id])
    attendance: Mapped[list["Attendance"]] = relationship(back_populates="meeting")
    discussion: Mapped[list["Note"]] = relationship(back_populates="meeting")
    recorded: Mapped[list["Vote"]] = relationship(order_by="Vote.number", viewonly=True)

    @property
    def votes(self) -> list["Vote"]:
        """The valid votes; withdrawn ones are kept in the table."""
        return [vote for vote in self.recorded if vote.withdrawn_at is None]

    @property
    def vote_on_ranking(self) -> "Vote | None":
        """The last valid vote on the whole ranking."""
        return next((vote for vote in reversed(self.votes) if vote.kind is VoteKind.RANKING), None)

    __mapper_args__ = {"version_id_col": version}

    @property
    def scope_id(self) -> UUID:
        """The scope in whose journal its events are recorded."""
        return self.competition_id


class Attendance(Keyed, Base):
    """A person's presence from one instant to another; several rows if they came back."""

    __tablename__ = "attendances"
    __journal__ = ("meeting_id", "person_id", "arrived_at", "left_at")
    __table_args__ = (
        CheckConstraint("left_at >= arrived_at", name="times"),
        Index(
            "uq_attendances_there",
            "meeting_id",
            "person_id",
            unique=True,
            postgresql_where=text("left_at IS NULL"),
        ),
    )

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    arrived_at: Mapped[datetime | None]  # None: since the beginning
    left_at: Mapped[datetime | None]  # None: until the end

    meeting: Mapped[Meeting] = relationship(back_populates="attendance")


class Note(Keyed, Base):
    """The discussion of one application. It is hidden from those recused from it."""

    __tablename__ = "meeting_notes"
    __journal__ = ("application_id",)
    __table_args__ = (UniqueConstraint("meeting_id", "application_id"),)

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id"))
    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"))
    text: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)

    meeting: Mapped[Meeting] = relationship(back_populates="discussion")
    application: Mapped[Application] = relationship()

    __mapper_args__ = {"version_id_col": version}


class VoteKind(StrEnum):
    TIE = "tie"  # between applications
    RANKING = "ranking"  # the committee approves the whole ranking


class Vote(Keyed, Base):
    """A recorded vote. For a tie: the tied applications, ordered by the vote (`order`)."""

    __tablename__ = "votes"
    __journal__ = (
        "meeting_id",
        "number",
        "kind",
        "carried",
        "digest",
        "withdrawn_at",
        "withdrawn_by_id",
        "withdrawn_reason",
    )
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
    question: Mapped[str] = mapped_column(default="")  # a remark of the minutes' keeper
    # Application numbers, best first: of a tie as decided by the vote, or of the approved ranking.
    order: Mapped[list[str]] = mapped_column(default=list)
    carried: Mapped[bool]
    # Members, attendance and recusals when it was recorded (meeting.rules.Electorate), by which
    # ballots are always counted.
    electorate: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # Of a carried vote on the ranking: what was approved (see ranking.approval), and its digest.
    approved: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    digest: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    withdrawn_reason: Mapped[str] = mapped_column(default="")

    meeting: Mapped[Meeting] = relationship()
    withdrawn_by: Mapped[Person | None] = relationship(foreign_keys=[withdrawn_by_id])
    ballots: Mapped[list["Ballot"]] = relationship(back_populates="vote")


class BallotChoice(StrEnum):
    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"


class Ballot(Base):
    """How one member voted. In a tie `application_id` is the one voted for."""

    __tablename__ = "ballots"
    __journal__ = ()

    vote_id: Mapped[UUID] = mapped_column(ForeignKey("votes.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    choice: Mapped[BallotChoice]
    application_id: Mapped[UUID | None] = mapped_column(ForeignKey("applications.id"))

    vote: Mapped[Vote] = relationship(back_populates="ballots")
    person: Mapped[Person] = relationship()


COMMITTEE, VOTING = "'member', 'chair', 'secretary'", "'member'"


def _seat(person: str, roles: str) -> str:
    """SQL: whether a person's appointment includes the day of the meeting, as in queries.seats."""
    day = "(held_at AT TIME ZONE 'Europe/Riga')::date"
    return (
        f"EXISTS (SELECT FROM role_grants WHERE role_grants.person_id = {person}"
        " AND role_grants.scope_id = meetings.competition_id"
        f" AND role IN ({roles}) AND since <= {day}"
        f" AND (until IS NULL OR until >= {day}) AND (ended_at IS NULL OR ended_at > held_at))"
    )


# A closed meeting cannot be changed, nor anything of which its minutes tell.
refuse(Meeting, "minuted", "UPDATE OR DELETE", when="OLD.closed_at IS NOT NULL")
for part in (Attendance, Note, Vote):
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
# A wrongly recorded vote is withdrawn; its content stays.
immutable(Vote, but=["withdrawn_at", "withdrawn_by_id", "withdrawn_reason"])
refuse(Vote, "withdrawn", "UPDATE", when="OLD.withdrawn_at IS NOT NULL")
# Only members of that day attend, and only present ones vote. A meeting is not moved to
# another day, or closed, with a valid ballot of somebody who is no member on that day.
refuse(
    Attendance,
    "seated",
    "INSERT",
    when="NOT EXISTS (SELECT FROM meetings WHERE meetings.id = NEW.meeting_id"
    f" AND {_seat('NEW.person_id', COMMITTEE)})",
)
refuse(
    Ballot,
    "seated",
    "INSERT",
    when="NOT EXISTS (SELECT FROM votes JOIN meetings ON meetings.id = votes.meeting_id"
    " JOIN attendances ON attendances.meeting_id = meetings.id AND left_at IS NULL"
    " WHERE votes.id = NEW.vote_id AND attendances.person_id = NEW.person_id"
    f" AND {_seat('NEW.person_id', VOTING)})",
)
refuse(
    Meeting,
    "seated",
    "UPDATE OF held_at, closed_at",
    when="EXISTS (SELECT FROM votes JOIN ballots ON ballots.vote_id = votes.id"
    " CROSS JOIN (SELECT NEW.competition_id, NEW.held_at) AS meetings"
    " WHERE votes.meeting_id = NEW.id AND votes.withdrawn_at IS NULL"
    f" AND NOT {_seat('ballots.person_id', VOTING)})",
)
# A voter was present: they may leave, but not be removed from the list.
refuse(
    Attendance,
    "voted",
    "DELETE",
    when="EXISTS (SELECT FROM votes JOIN ballots ON ballots.vote_id = votes.id"
    " WHERE votes.meeting_id = OLD.meeting_id AND votes.withdrawn_at IS NULL"
    " AND ballots.person_id = OLD.person_id)",
)
# A person with a conflict in one of the tied applications has no vote between them.
refuse(
    Ballot,
    "recused",
    "INSERT",
    when='EXISTS (SELECT FROM votes JOIN applications ON votes."order" ? applications.number'
    " WHERE votes.id = NEW.vote_id AND votes.kind = 'tie' AND (EXISTS (SELECT FROM declarations"
    " WHERE declarations.person_id = NEW.person_id AND application_id = applications.id"
    " AND declarations.kind <> 'none') OR EXISTS (SELECT FROM suspected_conflicts"
    " WHERE suspected_conflicts.person_id = NEW.person_id AND application_id = applications.id"
    " AND confirmed IS DISTINCT FROM false)))",
)
