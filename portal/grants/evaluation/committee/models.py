"""Models of declarations, suspicions and assignments.

The committee itself is role grants with the competition as their scope (core.accounts).
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.accounts.models import Person, never_together
from portal.core.accounts.roles import register
from portal.core.db import Base, Keyed
from portal.core.triggers import refuse, refuse_by
from portal.grants.applications.models import Application
from portal.grants.competitions.models import Competition


class CommitteeRole(StrEnum):
    """A role on a competition's committee, given by an order."""

    MEMBER = "member"
    CHAIR = "chair"
    SECRETARY = "secretary"


COMMITTEE = tuple(CommitteeRole)

register(
    {
        CommitteeRole.MEMBER: _l("committee member"),
        CommitteeRole.CHAIR: _l("committee chair"),
        CommitteeRole.SECRETARY: _l("committee secretary"),
    },
    within="competitions",
    prominence={
        CommitteeRole.CHAIR: 40,
        CommitteeRole.SECRETARY: 50,
        CommitteeRole.MEMBER: 60,
    },
)


class ConflictKind(StrEnum):
    """What a member declares about an application before its content opens."""

    NONE = "none"
    FAMILY = "family"
    EMPLOYMENT = "employment"
    MEMBERSHIP = "membership"
    FINANCIAL = "financial"
    OTHER = "other"


class Declaration(Keyed, Base):
    """A member's declaration about one application. All kinds but `none` recuse."""

    __tablename__ = "declarations"
    __journal__ = ("person_id", "application_id", "declared_at")
    __table_args__ = (UniqueConstraint("person_id", "application_id"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"), index=True)
    kind: Mapped[ConflictKind]
    note: Mapped[str] = mapped_column(default="")
    declared_at: Mapped[datetime]

    person: Mapped[Person] = relationship()


class SuspicionGround(StrEnum):
    """What suggests a conflict."""

    SAME_ORGANISATION = "same_organisation"
    EMAIL_DOMAIN = "email_domain"
    SCHOOL = "school"


class Workplace(Base):
    """The workplace of a committee member, from the order: a school that applications may
    mention."""

    __tablename__ = "committee_workplaces"
    __journal__ = ()

    competition_id: Mapped[UUID] = mapped_column(ForeignKey("competitions.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    name: Mapped[str]


class Suspicion(Keyed, Base):
    """A suspected conflict: same organisation, e-mail domain, school.

    Until the chair has cleared it, with a reason, the application is closed to the member. Members
    of the applicant or its partner are recused automatically, which cannot be cleared.
    """

    __tablename__ = "suspected_conflicts"
    __journal__ = ("person_id", "application_id", "confirmed", "resolved_by_id", "resolved_at")
    __table_args__ = (
        UniqueConstraint("person_id", "application_id"),
        CheckConstraint("resolved_by_id IS NULL OR reason <> ''", name="reason"),
        CheckConstraint(
            "num_nonnulls(confirmed, resolved_by_id, resolved_at) IN (0, 3)"
            " OR confirmed AND resolved_by_id IS NULL AND resolved_at IS NOT NULL"
            " AND grounds ? 'same_organisation'",
            name="resolved",
        ),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"), index=True)
    grounds: Mapped[list[str]]  # a SuspicionGround
    confirmed: Mapped[bool | None]  # None: not decided by the chair yet
    reason: Mapped[str] = mapped_column(default="")
    # None if settled automatically, for members of the applicant.
    resolved_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    resolved_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    application: Mapped[Application] = relationship()
    resolved_by: Mapped[Person | None] = relationship(foreign_keys=[resolved_by_id])

    @property
    def scope_id(self) -> UUID:
        """The scope in whose journal its events are recorded."""
        return self.application.competition_id


class Assignment(Keyed, Base):
    """A member's assignment to score an application; ended by recusal or leaving."""

    __tablename__ = "assignments"
    __journal__ = ("person_id", "application_id", "ended_at")
    __table_args__ = (UniqueConstraint("person_id", "application_id"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"), index=True)
    ended_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
    application: Mapped[Application] = relationship()


class RoundSettings(Base):
    """The settings of a competition's evaluation."""

    __tablename__ = "evaluation_rounds"
    __journal__ = ("sheets_per_application", "due_at", "started_at")
    __table_args__ = (CheckConstraint("sheets_per_application > 0", name="sheets_per_application"),)

    competition_id: Mapped[UUID] = mapped_column(ForeignKey("competitions.id"), primary_key=True)
    sheets_per_application: Mapped[int | None]  # None: every member scores every application
    due_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]

    competition: Mapped[Competition] = relationship()


# No assignment of an application whose points the member can see.
refuse_by(
    Assignment,
    "discussed",
    "INSERT OR UPDATE OF ended_at",
    "refused := NEW.ended_at IS NULL AND (TG_OP = 'INSERT' OR OLD.ended_at IS NOT NULL)"
    " AND EXISTS (SELECT FROM applications JOIN competitions ON competitions.id = competition_id"
    " JOIN score_sheets ON application_id = applications.id"
    " WHERE applications.id = NEW.application_id AND discussion_opened_at IS NOT NULL"
    " AND score_sheets.state <> 'draft' AND score_sheets.person_id <> NEW.person_id"
    " AND reopened_by_id IS DISTINCT FROM score_sheets.person_id);",
)
# A recusal is permanent; only "no conflict" may be replaced by one.
refuse(Declaration, "recused", "UPDATE OR DELETE", when="OLD.kind <> 'none'")

# Roles of the committee exclude those of the head, who signs its proposal, and of the auditor.
never_together(
    "apart",
    "EXISTS (SELECT FROM competitions WHERE"
    " (other.role IN ('head', 'deputy', 'auditor') AND competitions.id = NEW.scope_id"
    " AND competitions.municipality_id = other.scope_id)"
    " OR (NEW.role IN ('head', 'deputy', 'auditor') AND competitions.id = other.scope_id"
    " AND competitions.municipality_id = NEW.scope_id))",
)
never_together("one_chair", "other.role = NEW.role", held="scope", when="NEW.role = 'chair'")
never_together(
    "one_secretary", "other.role = NEW.role", held="scope", when="NEW.role = 'secretary'"
)
