"""Models of decisions and their publication."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import Base, Keyed, Words
from portal.core.triggers import changed, refuse
from portal.grants.applications.models import Application
from portal.grants.competitions.models import Competition
from portal.grants.evaluation.models import Vote


class DecisionState(StrEnum):
    DRAFTED = "drafted"
    SIGNED = "signed"
    PUBLISHED = "published"
    DECLINED = "declined"  # the applicant declined the grant
    REPLACED = "replaced"  # replaced by a later decision on the same application
    TAKEN_BACK = "taken_back"  # its signature, before publication


class Outcome(StrEnum):
    """The outcome of a decision."""

    APPROVE = "approve"
    CONDITIONS = "conditions"  # approved with conditions
    RESERVE = "reserve"
    REJECT = "reject"


# States of decisions that are no longer in force; they are kept.
PAST = (DecisionState.REPLACED, DecisionState.TAKEN_BACK)


class Decision(Keyed, Base):
    """A decision on one application. The grant is the competition's fixed sum.

    It stores the names of project and applicant as they were sealed, so that later changes do not
    affect it. `vote` is the committee's approval on which it is based.

    Promotion from the reserve is a new decision (`promoted_from_id` the reserve decision, which is
    then replaced; `in_place_of_id` the declined one).
    """

    __tablename__ = "decisions"
    __journal__ = (
        "application_id",
        "vote_id",
        "state",
        "title",
        "applicant",
        "registration_number",
        "outcome",
        "number",
        "decided_on",
        "place",
        "total",
        "by_criteria",
        "by_vote",
        "conditions",
        "reasons",
        "signed_by_id",
        "signatory",
        "signatory_role",
        "organiser",
        "as_deputy",
        "taken_back_at",
        "taken_back_reason",
        "signed_at",
        "published_at",
        "declined_at",
        "decline_reason",
        "promoted_from_id",
        "in_place_of_id",
    )
    __table_args__ = (
        Index(
            "uq_decisions_current",
            "application_id",
            unique=True,
            postgresql_where=text("state NOT IN ('replaced', 'taken_back')"),
        ),
        UniqueConstraint("competition_id", "number"),
        UniqueConstraint("in_place_of_id"),
        CheckConstraint(
            "state = 'drafted' OR"
            " num_nonnulls(number, decided_on, signed_by_id, signatory, organiser, signed_at) = 6",
            name="signed",
        ),
        CheckConstraint(
            "(state IN ('drafted', 'signed', 'taken_back')) = (published_at IS NULL)",
            name="published",
        ),
        CheckConstraint(
            "(state = 'taken_back') = (taken_back_at IS NOT NULL)"
            " AND (state = 'taken_back') = (taken_back_reason <> '')",
            name="taken_back",
        ),
        CheckConstraint(
            "outcome <> 'conditions' OR state = 'drafted' OR conditions <> ''", name="conditions"
        ),
        CheckConstraint(
            "outcome NOT IN ('reject') OR state = 'drafted' OR reasons <> ''", name="reasons"
        ),
        CheckConstraint(
            "state <> 'declined' OR outcome IN ('approve', 'conditions')", name="declined"
        ),
        CheckConstraint("(state = 'declined') = (declined_at IS NOT NULL)", name="declined_at"),
        CheckConstraint("NOT as_deputy OR signed_at IS NOT NULL", name="as_deputy"),
    )

    competition_id: Mapped[UUID] = mapped_column(ForeignKey("competitions.id"), index=True)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"))
    vote_id: Mapped[UUID] = mapped_column(ForeignKey("votes.id"))
    state: Mapped[DecisionState] = mapped_column(default=DecisionState.DRAFTED)
    title: Mapped[str]
    applicant: Mapped[str]
    registration_number: Mapped[str | None]
    outcome: Mapped[Outcome]
    number: Mapped[str | None]
    decided_on: Mapped[date | None]
    place: Mapped[int | None]  # in the ranking; None if a minimum was not met or ineligible
    total: Mapped[Decimal | None]  # as published, two decimals
    # What broke a tie when the ranking was approved: keys of criteria.
    by_criteria: Mapped[list[str]] = mapped_column(default=list)
    by_vote: Mapped[bool] = mapped_column(default=False)
    conditions: Mapped[str] = mapped_column(default="")
    reasons: Mapped[str] = mapped_column(default="")
    signed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    signatory: Mapped[str | None]  # the head's name when signing
    signatory_role: Mapped[Words | None]  # and position, if the municipality has set it
    organiser: Mapped[Words | None]  # the board's, likewise
    # Signed by the head's deputy if a conflict of interest bars the head: before the head signs the
    # others, so that a draft may have a signature.
    as_deputy: Mapped[bool] = mapped_column(default=False)
    taken_back_at: Mapped[datetime | None]
    taken_back_reason: Mapped[str] = mapped_column(default="")
    signed_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    decline_reason: Mapped[str] = mapped_column(default="")
    promoted_from_id: Mapped[UUID | None] = mapped_column(ForeignKey("decisions.id"))
    in_place_of_id: Mapped[UUID | None] = mapped_column(ForeignKey("decisions.id"))
    version: Mapped[int] = mapped_column(default=1)

    competition: Mapped[Competition] = relationship()
    application: Mapped[Application] = relationship()
    vote: Mapped[Vote] = relationship()

    @property
    def matter(self) -> str:
        """The matter of its letter; see correspondence.models.Letter."""
        return f"decision:{self.id}"

    def copy(self, **values: Any) -> "Decision":
        """A draft on the same application with the same names and texts, changed by `values`."""
        kept = (
            "competition_id",
            "application_id",
            "vote_id",
            "title",
            "applicant",
            "registration_number",
            "outcome",
            "place",
            "total",
            "conditions",
            "reasons",
            "by_criteria",
            "by_vote",
        )
        return Decision(**{**{name: getattr(self, name) for name in kept}, **values})

    __mapper_args__ = {"version_id_col": version}

    @property
    def scope_id(self) -> UUID:
        """The scope in whose journal its events are recorded."""
        return self.competition_id


# A signed decision does not change: it is only published, and then declined or replaced.
SIGNED = (
    "competition_id",
    "application_id",
    "vote_id",
    "title",
    "applicant",
    "registration_number",
    "outcome",
    "number",
    "decided_on",
    "place",
    "total",
    "by_criteria",
    "by_vote",
    "conditions",
    "reasons",
    "signed_by_id",
    "signatory",
    "signatory_role",
    "organiser",
    "as_deputy",
    "signed_at",
    "promoted_from_id",
    "in_place_of_id",
)
refuse(
    Decision,
    "signed",
    "UPDATE",
    when=f"OLD.state <> 'drafted' AND (NEW.state = 'drafted' OR {changed(*SIGNED)})",
)
# A draft signed by the deputy only gets its number, or loses the signature.
refuse(
    Decision,
    "signed_by_deputy",
    "UPDATE",
    when="OLD.state = 'drafted' AND OLD.signed_at IS NOT NULL AND NEW.signed_at IS NOT NULL AND "
    f"({changed(*(name for name in SIGNED if name != 'number'))})",
)
refuse(
    Decision,
    "published",
    "UPDATE OF published_at",
    when=f"OLD.published_at IS NOT NULL AND {changed('published_at')}",
)
refuse(Decision, "kept", "DELETE", when="OLD.state <> 'drafted'")
refuse(Decision, "taken_back", "UPDATE", when="OLD.state = 'taken_back'")
refuse(
    Decision,
    "approved",
    "INSERT OR UPDATE OF vote_id",
    when="NOT EXISTS (SELECT FROM votes JOIN meetings ON meetings.id = votes.meeting_id"
    " WHERE votes.id = NEW.vote_id AND meetings.competition_id = NEW.competition_id"
    " AND meetings.closed_at IS NOT NULL AND votes.digest IS NOT NULL"
    " AND votes.withdrawn_at IS NULL)",
)
# A decision's date is not before the meeting that approved it.
refuse(
    Decision,
    "dated",
    "INSERT OR UPDATE OF decided_on, vote_id",
    when="NEW.decided_on < (SELECT (held_at AT TIME ZONE 'Europe/Riga')::date FROM meetings"
    " JOIN votes ON votes.meeting_id = meetings.id WHERE votes.id = NEW.vote_id)",
)
