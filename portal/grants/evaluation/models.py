"""Eligibility, conflicts, assignments, score sheets, the meeting and its votes.

The committee itself is role grants with the competition as their scope (core.accounts).
"""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.accounts.models import Person
from portal.core.db import Base, Keyed
from portal.grants.applications.models import Application
from portal.grants.competitions.models import Competition, Criterion


class CheckState(StrEnum):
    """Where the eligibility check of an application stands."""

    OPEN = "open"
    CLARIFYING = "clarifying"
    ELIGIBLE = "eligible"
    REJECTION_PROPOSED = "rejection_proposed"  # waits for a second person
    INELIGIBLE = "ineligible"


class EligibilityCheck(Keyed, Base):
    """The eligibility check of one application. A rejection needs a second person."""

    __tablename__ = "eligibility_checks"
    __table_args__ = (
        CheckConstraint(
            "state <> 'ineligible' OR"
            " (confirmed_by_id IS NOT NULL AND confirmed_by_id <> proposed_by_id)",
            name="second_person",
        ),
    )

    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"), unique=True)
    state: Mapped[CheckState] = mapped_column(default=CheckState.OPEN)
    proposed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    proposed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    confirmed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    application: Mapped[Application] = relationship()
    answers: Mapped[list["EligibilityAnswer"]] = relationship(back_populates="check")
    clarifications: Mapped[list["Clarification"]] = relationship(
        back_populates="check", order_by="Clarification.asked_at"
    )
    proposed_by: Mapped[Person | None] = relationship(foreign_keys=[proposed_by_id])
    confirmed_by: Mapped[Person | None] = relationship(foreign_keys=[confirmed_by_id])

    __mapper_args__ = {"version_id_col": version}


class Verdict(StrEnum):
    YES = "yes"
    NO = "no"
    CLARIFY = "clarify"


class EligibilityAnswer(Keyed, Base):
    """An officer's answer to one eligibility criterion, with its reason where it is not yes."""

    __tablename__ = "eligibility_answers"
    __table_args__ = (
        UniqueConstraint("check_id", "criterion_id"),
        CheckConstraint("verdict = 'yes' OR reason <> ''", name="reason"),
    )

    check_id: Mapped[UUID] = mapped_column(ForeignKey("eligibility_checks.id"))
    criterion_id: Mapped[UUID] = mapped_column(ForeignKey("criteria.id"))
    verdict: Mapped[Verdict]
    reason: Mapped[str] = mapped_column(default="")
    answered_by_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    answered_at: Mapped[datetime]

    check: Mapped[EligibilityCheck] = relationship(back_populates="answers")
    criterion: Mapped[Criterion] = relationship()


class Clarification(Keyed, Base):
    """Named answers or files that are open to the applicant again until an instant; the reply is
    sealed.
    """

    __tablename__ = "clarifications"
    __table_args__ = (
        Index(
            "uq_clarifications_waiting",
            "check_id",
            unique=True,
            postgresql_where=text("replied_at IS NULL AND closed_at IS NULL"),
        ),
        CheckConstraint("(replied_at IS NULL) = (seal IS NULL)", name="sealed"),
    )

    check_id: Mapped[UUID] = mapped_column(ForeignKey("eligibility_checks.id"), index=True)
    question_keys: Mapped[list[str]]
    message: Mapped[str]
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    until: Mapped[datetime]
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)  # as in Part.answers
    replied_at: Mapped[datetime | None]
    replied_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    content: Mapped[dict[str, Any] | None]  # what the seal covers
    seal: Mapped[str | None]
    closed_at: Mapped[datetime | None]  # the date passed without a reply, or it was taken back
    version: Mapped[int] = mapped_column(default=1)

    check: Mapped[EligibilityCheck] = relationship(back_populates="clarifications")

    __mapper_args__ = {"version_id_col": version}


class ConflictKind(StrEnum):
    """What a member declares about an application before its content opens."""

    NONE = "none"
    FAMILY = "family"
    EMPLOYMENT = "employment"
    MEMBERSHIP = "membership"
    FINANCIAL = "financial"
    OTHER = "other"


class Declaration(Keyed, Base):
    """A member's declaration about one application. Anything but `none` recuses."""

    __tablename__ = "declarations"
    __table_args__ = (UniqueConstraint("person_id", "application_id"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"), index=True)
    kind: Mapped[ConflictKind]
    note: Mapped[str] = mapped_column(default="")
    declared_at: Mapped[datetime]

    person: Mapped[Person] = relationship()


class Suspicion(Keyed, Base):
    """A conflict that the data suggest: same organisation, e-mail domain, school.

    Until the chair has cleared it, with a reason, the member sees nothing of the application.
    """

    __tablename__ = "suspected_conflicts"
    __table_args__ = (
        UniqueConstraint("person_id", "application_id"),
        CheckConstraint("confirmed IS NULL OR reason <> ''", name="reason"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"), index=True)
    grounds: Mapped[list[str]]  # same_organisation, email_domain, school
    confirmed: Mapped[bool | None]  # None: the chair has not looked yet
    reason: Mapped[str] = mapped_column(default="")
    resolved_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    resolved_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    application: Mapped[Application] = relationship()


class Assignment(Keyed, Base):
    """A member is to score an application. A recusal ends it and keeps it."""

    __tablename__ = "assignments"
    __table_args__ = (UniqueConstraint("person_id", "application_id"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"), index=True)
    recused_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
    application: Mapped[Application] = relationship()


class SheetState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    REPLACED = "replaced"  # reopened by the chair: it stays, and a new one begins from it


class ScoreSheet(Keyed, Base):
    """One member's points for one application. Submitting locks it."""

    __tablename__ = "score_sheets"
    __table_args__ = (
        Index(
            "uq_score_sheets_standing",
            "person_id",
            "application_id",
            unique=True,
            postgresql_where=text("state <> 'replaced'"),
        ),
        CheckConstraint("(state = 'draft') = (submitted_at IS NULL)", name="submitted_at"),
        CheckConstraint("(state = 'replaced') = (replaced_at IS NOT NULL)", name="replaced_at"),
        CheckConstraint("replaced_at IS NULL OR reopen_reason <> ''", name="reopen_reason"),
    )

    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    state: Mapped[SheetState] = mapped_column(default=SheetState.DRAFT)
    overall: Mapped[str] = mapped_column(default="")
    saved_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    replaced_at: Mapped[datetime | None]
    reopened_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    reopen_reason: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)

    application: Mapped[Application] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    scores: Mapped[list["Score"]] = relationship(back_populates="sheet")

    __mapper_args__ = {"version_id_col": version}


class Score(Base):
    """Points and comment for one criterion on a sheet; points are owed only when the sheet is
    submitted.
    """

    __tablename__ = "scores"
    __table_args__ = (CheckConstraint("points IS NULL OR points >= 0", name="points"),)

    sheet_id: Mapped[UUID] = mapped_column(ForeignKey("score_sheets.id"), primary_key=True)
    criterion_id: Mapped[UUID] = mapped_column(ForeignKey("criteria.id"), primary_key=True)
    points: Mapped[Decimal | None]
    comment: Mapped[str] = mapped_column(default="")

    sheet: Mapped[ScoreSheet] = relationship(back_populates="scores")
    criterion: Mapped[Criterion] = relationship()


class Meeting(Keyed, Base):
    """A sitting of the committee; closing it freezes attendance and votes."""

    __tablename__ = "meetings"
    __table_args__ = (UniqueConstraint("competition_id", "number"),)

    competition_id: Mapped[UUID] = mapped_column(ForeignKey("competitions.id"))
    number: Mapped[int]
    held_at: Mapped[datetime]
    place: Mapped[str]
    notes: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    competition: Mapped[Competition] = relationship()
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
    )

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id"))
    number: Mapped[int]
    kind: Mapped[
        str
    ]  # tie: between applications; ranking: the committee approves the whole ranking
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


class RoundSettings(Base):
    """How a competition's evaluation is organised."""

    __tablename__ = "evaluation_rounds"

    competition_id: Mapped[UUID] = mapped_column(ForeignKey("competitions.id"), primary_key=True)
    sheets_per_application: Mapped[int | None]  # None: every member scores every application
    due_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]

    competition: Mapped[Competition] = relationship()
