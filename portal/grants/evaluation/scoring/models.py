"""Score sheets and the points on them. A submitted sheet is locked, here and in the database."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Connection, ForeignKey, Index, Table, event, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.accounts.models import Person
from portal.core.db import Base, Keyed
from portal.grants.applications.models import Application
from portal.grants.competitions.models import Criterion


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


# A submitted sheet is locked in the database too: its points stay, and the sheet itself can only
# be replaced by a new one. (A sheet's points come with it or before it, so INSERT stays open.)
LOCKED_SHEETS = """
CREATE OR REPLACE FUNCTION refuse_locked_sheet() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'scores' THEN
        IF (SELECT state FROM score_sheets WHERE id = OLD.sheet_id) <> 'draft' THEN
            RAISE EXCEPTION 'the score sheet is locked' USING CONSTRAINT = 'locked_score_sheet',
                ERRCODE = 'check_violation';
        END IF;
    ELSIF OLD.state = 'replaced' OR (OLD.state = 'submitted' AND (
        TG_OP = 'DELETE' OR NEW.state <> 'replaced' OR NEW.overall <> OLD.overall
        OR NEW.person_id <> OLD.person_id OR NEW.application_id <> OLD.application_id
        OR NEW.submitted_at <> OLD.submitted_at)) THEN
        RAISE EXCEPTION 'the score sheet is locked' USING CONSTRAINT = 'locked_score_sheet',
            ERRCODE = 'check_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""


@event.listens_for(Score.__table__, "after_create")
def _lock_sheets(_: Table, connection: Connection, **__: object) -> None:
    connection.execute(text(LOCKED_SHEETS))
    for table in ("scores", "score_sheets"):
        connection.execute(
            text(
                f"CREATE TRIGGER {table}_locked BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_locked_sheet()"
            )
        )
