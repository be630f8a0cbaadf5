"""Score sheets and their points. A submitted sheet is locked, also by triggers."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.accounts.models import Person
from portal.core.db import Base, Keyed
from portal.core.triggers import changed, refuse, refuse_by
from portal.grants.applications.models import Application
from portal.grants.competitions.models import Criterion


class SheetState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    REPLACED = "replaced"  # reopened or taken back: it is kept, and a new one begins as its copy


class ScoreSheet(Keyed, Base):
    """One member's points for one application. Submitting locks it."""

    __tablename__ = "score_sheets"
    __journal__ = (
        "application_id",
        "person_id",
        "state",
        "submitted_at",
        "replaced_at",
        "reopened_by_id",
        "reopen_reason",
    )
    __table_args__ = (
        Index(
            "uq_score_sheets_current",
            "person_id",
            "application_id",
            unique=True,
            postgresql_where=text("state <> 'replaced'"),
        ),
        CheckConstraint("(state = 'draft') = (submitted_at IS NULL)", name="submitted_at"),
        CheckConstraint("(state = 'replaced') = (replaced_at IS NOT NULL)", name="replaced_at"),
        # A member who takes their own sheet back needs no reason.
        CheckConstraint(
            "replaced_at IS NULL OR reopen_reason <> ''"
            " OR reopened_by_id IS NOT DISTINCT FROM person_id",
            name="reopen_reason",
        ),
    )

    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    state: Mapped[SheetState] = mapped_column(default=SheetState.DRAFT)
    overall: Mapped[str] = mapped_column(default="")
    saved_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    replaced_at: Mapped[datetime | None]
    # The member, if they took it back; None if the application was submitted anew.
    reopened_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    reopen_reason: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)

    application: Mapped[Application] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    scores: Mapped[list["Score"]] = relationship(back_populates="sheet")

    __mapper_args__ = {"version_id_col": version}

    @property
    def scope_id(self) -> UUID:
        """The scope in whose journal its events are recorded."""
        return self.application.competition_id


class Score(Base):
    """Points and comment for one criterion; points are required on submission."""

    __tablename__ = "scores"
    __journal__ = None
    __table_args__ = (CheckConstraint("points IS NULL OR points >= 0", name="points"),)

    sheet_id: Mapped[UUID] = mapped_column(ForeignKey("score_sheets.id"), primary_key=True)
    criterion_id: Mapped[UUID] = mapped_column(ForeignKey("criteria.id"), primary_key=True)
    points: Mapped[Decimal | None]
    comment: Mapped[str] = mapped_column(default="")

    sheet: Mapped[ScoreSheet] = relationship(back_populates="scores")
    criterion: Mapped[Criterion] = relationship()


# A submitted sheet can only be replaced by a new one, and its points stay. (Points are inserted
# with the sheet or before, so INSERT is allowed.)
refuse(
    ScoreSheet,
    "locked",
    "UPDATE",
    when="OLD.state = 'replaced' OR (OLD.state = 'submitted' AND (NEW.state <> 'replaced' OR "
    f"{changed('overall', 'person_id', 'application_id', 'submitted_at')}))",
)
refuse(ScoreSheet, "kept", "DELETE", when="OLD.state <> 'draft'")
# Once others can see it, a member cannot take their sheet back.
refuse(
    ScoreSheet,
    "discussed",
    "UPDATE OF state",
    when="NEW.state = 'replaced' AND OLD.state <> NEW.state AND NEW.reopened_by_id = NEW.person_id"
    " AND EXISTS (SELECT FROM applications JOIN competitions ON competitions.id = competition_id"
    " WHERE applications.id = NEW.application_id AND discussion_opened_at IS NOT NULL)",
)
# A submitted sheet has points for each criterion, on its scale.
refuse(
    ScoreSheet,
    "complete",
    "UPDATE OF state",
    when="NEW.state = 'submitted' AND OLD.state = 'draft' AND EXISTS ("
    "SELECT FROM applications JOIN criteria USING (competition_id)"
    " LEFT JOIN scores ON scores.criterion_id = criteria.id AND scores.sheet_id = NEW.id"
    " WHERE applications.id = NEW.application_id AND criteria.kind = 'quality'"
    " AND (scores.points IS NULL OR scores.points > criteria.maximum"
    " OR mod(scores.points, criteria.step) <> 0))",
)
refuse_by(
    Score,
    "locked",
    "UPDATE OR DELETE",
    "refused := (SELECT state FROM score_sheets WHERE id = OLD.sheet_id) <> 'draft';",
)
