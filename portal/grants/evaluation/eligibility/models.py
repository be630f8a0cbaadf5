"""Models of the eligibility check: answers, clarifications, and the second person."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    UniqueConstraint,
    and_,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.accounts.models import Person
from portal.core.db import Base, Keyed
from portal.core.questions.models import AnswerSet
from portal.core.triggers import ANY_CHANGE, refuse
from portal.grants.applications.models import Application, Reply
from portal.grants.competitions.models import Criterion


class CheckState(StrEnum):
    """The state of an application's eligibility check."""

    OPEN = "open"
    CLARIFYING = "clarifying"
    ELIGIBLE = "eligible"
    REJECTION_PROPOSED = "rejection_proposed"  # waits for a second person
    INELIGIBLE = "ineligible"


class EligibilityCheck(Keyed, Base):
    """The eligibility check of one application. A rejection needs a second person."""

    __tablename__ = "eligibility_checks"
    __journal__ = (
        "application_id",
        "state",
        "proposed_by_id",
        "proposed_at",
        "confirmed_by_id",
        "confirmed_at",
        "returned_note",
    )
    __table_args__ = (
        CheckConstraint(
            "state <> 'ineligible' OR"
            " (num_nonnulls(proposed_by_id, confirmed_by_id) = 2"
            " AND confirmed_by_id <> proposed_by_id)",
            name="second_person",
        ),
        CheckConstraint(
            "state IN ('open', 'clarifying') OR num_nonnulls(proposed_by_id, proposed_at) = 2",
            name="proposed",
        ),
    )

    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"), unique=True)
    state: Mapped[CheckState] = mapped_column(default=CheckState.OPEN)
    proposed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    proposed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    confirmed_at: Mapped[datetime | None]
    returned_note: Mapped[str] = mapped_column(default="")  # why it is open again
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
    """An officer's answer to one eligibility criterion, with a reason unless it is yes."""

    __tablename__ = "eligibility_answers"
    __journal__ = (
        "check_id",
        "criterion_id",
        "verdict",
        "reason",
        "answered_by_id",
        "answered_at",
    )
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
    """Answers or files opened to the applicant again for a time; the reply is sealed."""

    __tablename__ = "clarifications"
    __journal__ = (
        "check_id",
        "answer_set_id",
        "asked_at",
        "asked_by_id",
        "until",
        "reply_id",
        "closed_at",
    )
    __table_args__ = (
        Index(
            "uq_clarifications_waiting",
            "check_id",
            unique=True,
            postgresql_where=text("reply_id IS NULL AND closed_at IS NULL"),
        ),
        CheckConstraint("num_nonnulls(reply_id, closed_at) <= 1", name="ended_once"),
        CheckConstraint("until > asked_at", name="until"),
    )

    check_id: Mapped[UUID] = mapped_column(ForeignKey("eligibility_checks.id"), index=True)
    answer_set_id: Mapped[UUID] = mapped_column(ForeignKey("answer_sets.id"), unique=True)
    message: Mapped[str]
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    until: Mapped[datetime]
    reply_id: Mapped[UUID | None] = mapped_column(ForeignKey("sealed_replies.id"), unique=True)
    closed_at: Mapped[datetime | None]  # the date passed without a reply, or it was taken back
    version: Mapped[int] = mapped_column(default=1)

    check: Mapped[EligibilityCheck] = relationship(back_populates="clarifications")
    asked_by: Mapped[Person] = relationship(foreign_keys=[asked_by_id])
    reply: Mapped[Reply | None] = relationship()
    answer_set: Mapped[AnswerSet] = relationship()

    @property
    def question_keys(self) -> Collection[str]:
        """The keys of the questions opened again."""
        return (self.answer_set.opened or {}).keys()

    @hybrid_property
    def waits(self) -> bool:
        """Whether it is open: neither replied to nor closed."""
        return self.reply_id is None and self.closed_at is None

    @waits.inplace.expression
    @classmethod
    def _waits(cls) -> ColumnElement[bool]:
        return and_(cls.reply_id.is_(None), cls.closed_at.is_(None))

    __mapper_args__ = {"version_id_col": version}


# The result of a check is fixed until it is opened again, with a reason and before the competition
# is decided. A sealed reply is fixed for good, and its answers are frozen.
refuse(
    EligibilityCheck,
    "decided",
    "UPDATE OR DELETE",
    when="OLD.state IN ('eligible', 'ineligible') AND (NEW.state IS DISTINCT FROM 'open'"
    " OR NEW.returned_note = '' OR EXISTS (SELECT FROM applications"
    " JOIN competitions ON competitions.id = applications.competition_id"
    " WHERE applications.id = OLD.application_id AND competitions.state <> 'announced'))",
)
refuse(
    EligibilityAnswer,
    "decided",
    ANY_CHANGE,
    when="EXISTS (SELECT FROM eligibility_checks WHERE id IN (OLD.check_id, NEW.check_id)"
    " AND state IN ('eligible', 'ineligible'))",
)
refuse(
    Clarification,
    "answered",
    "INSERT OR UPDATE OF check_id, answer_set_id",
    when="NOT EXISTS (SELECT FROM eligibility_checks"
    " JOIN applications ON applications.id = eligibility_checks.application_id"
    " JOIN answer_sets AS theirs ON theirs.id = applications.answer_set_id"
    " JOIN answer_sets AS own ON own.form_id = theirs.form_id AND own.id <> theirs.id"
    " WHERE eligibility_checks.id = NEW.check_id AND own.id = NEW.answer_set_id"
    " AND NOT EXISTS (SELECT FROM applications WHERE answer_set_id = own.id))",
)
refuse(Clarification, "sealed", "UPDATE OR DELETE", when="OLD.reply_id IS NOT NULL")
