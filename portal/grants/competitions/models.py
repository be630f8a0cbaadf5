"""Models of a competition's terms, documents, form, criteria and amendments."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.accounts.models import Municipality
from portal.core.db import Base, Keyed, Words
from portal.core.documents.models import StoredFile
from portal.core.questions.models import Form, Section
from portal.core.scopes import Scoped
from portal.core.triggers import append_only, changed, immutable, refuse
from portal.grants.competitions.terms.rules import NAMES


class CompetitionState(StrEnum):
    """The stored state of a competition. Open and closed are phases, given by the clock."""

    DRAFT = "draft"
    ANNOUNCED = "announced"
    DECIDED = "decided"
    PUBLISHED = "published"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class Competition(Scoped, Base):
    """A call for applications with one fixed sum for every grant.

    Instants are UTC; sums are euro cents; `instalments` are whole percentages.
    """

    __tablename__ = "competitions"
    __journal__ = (
        "year",
        "ordinal",
        "code",
        "slug",
        "state",
        "title",
        "lead",
        "programme",
        "legal_basis",
        "aims",
        "target_groups",
        "eligible_kinds",
        "contact",
        "contact_email",
        "appeal",
        "fixed_sum",
        "grants",
        "budget",
        "instalments",
        "intensity_percent",
        "announced_at",
        "opens_at",
        "deadline",
        "results_by",
        "start_from",
        "start_to",
        "months_min",
        "months_max",
        "applications_per_organisation",
        "participants_min",
        "at_risk_min",
        "total_minimum",
        "spread_flag",
        "reserve_public",
        "terms_version",
        "announced_municipality",
        "announced_organiser",
        "cancelled_at",
        "cancel_reason",
        "register_closed_at",
        "discussion_opened_at",
        "discussion_missing",
        "discussion_reason",
        "decided_at",
        "published_at",
        "completed_at",
    )
    __parent__ = "municipality_id"
    __table_args__ = (
        UniqueConstraint("municipality_id", "year", "ordinal"),
        CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name="slug"),
        CheckConstraint("fixed_sum > 0", name="fixed_sum"),
        CheckConstraint("grants IS NULL OR grants >= 0", name="grants"),
        CheckConstraint("budget IS NULL OR budget >= 0", name="budget"),
        CheckConstraint("num_nonnulls(grants, budget) = 1", name="grants_or_budget"),
        CheckConstraint("opens_at < deadline", name="opens_before_deadline"),
        CheckConstraint("start_from <= start_to", name="start_window"),
        CheckConstraint("0 < months_min AND months_min <= months_max", name="months"),
        CheckConstraint("intensity_percent BETWEEN 1 AND 100", name="intensity_percent"),
        CheckConstraint(
            "least(participants_min, at_risk_min, total_minimum, spread_flag) >= 0"
            " AND applications_per_organisation > 0",
            name="limits",
        ),
        CheckConstraint(
            "state IN ('draft', 'cancelled') OR announced_at IS NOT NULL", name="announced_at"
        ),
        CheckConstraint(
            "num_nonnulls(announced_municipality, announced_organiser)"
            " = CASE WHEN announced_at IS NULL THEN 0 ELSE 2 END",
            name="announced_by",
        ),
        CheckConstraint(
            "state NOT IN ('decided', 'published', 'completed') OR decided_at IS NOT NULL",
            name="decided_at",
        ),
        CheckConstraint(
            "state NOT IN ('published', 'completed') OR published_at IS NOT NULL",
            name="published_at",
        ),
        CheckConstraint(
            "(state = 'cancelled') = (cancelled_at IS NOT NULL)"
            " AND (state = 'cancelled') = (cancel_reason IS NOT NULL)",
            name="cancelled_at",
        ),
        CheckConstraint(
            "CASE WHEN discussion_missing > 0"
            " THEN discussion_opened_at IS NOT NULL AND discussion_reason <> ''"
            " ELSE discussion_missing = 0 AND discussion_reason = '' END",
            name="discussion_reason",
        ),
        Index("ix_competitions_state", "state"),
    )

    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipalities.id"), index=True)
    year: Mapped[int]
    ordinal: Mapped[int]  # ordinal within municipality and year
    code: Mapped[str] = mapped_column(unique=True)  # LIE-2020-1
    slug: Mapped[str] = mapped_column(unique=True)
    state: Mapped[CompetitionState] = mapped_column(default=CompetitionState.DRAFT)

    title: Mapped[Words]
    lead: Mapped[Words] = mapped_column(default=Words)  # one sentence: for whom and what for
    programme: Mapped[Words] = mapped_column(default=Words)
    legal_basis: Mapped[Words] = mapped_column(default=Words)
    aims: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # [{lv, en}]
    # [{kind: general_education | vocational_education, from, to}], grades or courses
    target_groups: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    eligible_kinds: Mapped[list[str]] = mapped_column(default=list)  # Organisation.kind codes
    contact: Mapped[Words] = mapped_column(default=Words)
    contact_email: Mapped[str] = mapped_column(default="")
    appeal: Mapped[Words] = mapped_column(default=Words)  # how a decision can be contested

    fixed_sum: Mapped[int]  # cents, the same for every grant
    grants: Mapped[int | None]
    budget: Mapped[int | None]  # cents; then grants = budget // fixed_sum
    instalments: Mapped[list[int]] = mapped_column(default=lambda: [100])
    # The share of costs covered by the grant; 100: no co-financing.
    intensity_percent: Mapped[int] = mapped_column(default=100, server_default="100")

    announced_at: Mapped[datetime | None]
    opens_at: Mapped[datetime]
    deadline: Mapped[datetime]
    results_by: Mapped[date]
    start_from: Mapped[date]
    start_to: Mapped[date]
    months_min: Mapped[int]
    months_max: Mapped[int]

    applications_per_organisation: Mapped[int | None]
    participants_min: Mapped[int] = mapped_column(default=0)
    at_risk_min: Mapped[int] = mapped_column(default=0)
    total_minimum: Mapped[Decimal] = mapped_column(default=Decimal(0))
    spread_flag: Mapped[Decimal] = mapped_column(default=Decimal(10))  # max − min of totals, points
    reserve_public: Mapped[bool] = mapped_column(default=True)

    terms_version: Mapped[int] = mapped_column(default=0)  # 0 before it is announced
    # The names of municipality and board when these terms were announced.
    announced_municipality: Mapped[Words | None]
    announced_organiser: Mapped[Words | None]
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[Words | None]
    register_closed_at: Mapped[datetime | None]
    discussion_opened_at: Mapped[datetime | None]
    # How many score sheets were missing when the discussion was opened, and why it was opened.
    discussion_missing: Mapped[int] = mapped_column(default=0, server_default="0")
    discussion_reason: Mapped[str] = mapped_column(default="", server_default="")
    decided_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    municipality: Mapped[Municipality] = relationship()
    forms: Mapped[list["CallForm"]] = relationship(back_populates="competition")
    criteria: Mapped[list["Criterion"]] = relationship(
        back_populates="competition", order_by="Criterion.position"
    )
    documents: Mapped[list["CallDocument"]] = relationship(
        back_populates="competition", order_by="CallDocument.position"
    )
    amendments: Mapped[list["Amendment"]] = relationship(
        back_populates="competition", order_by="Amendment.number"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def form(self) -> Form:
        """The application form."""
        return next(one.form for one in self.forms if one.purpose is FormPurpose.APPLICATION)

    @property
    def sections(self) -> list[Section]:
        """The sections of the application form."""
        return self.form.sections

    @property
    def number_of_grants(self) -> int:
        """The number of grants: as set, or the number of fixed sums within the budget."""
        return self.grants if self.grants is not None else (self.budget or 0) // self.fixed_sum

    @property
    def municipality_name(self) -> Words:
        """The municipality's name when the call was announced."""
        return self.announced_municipality or self.municipality.name

    @property
    def organiser(self) -> Words:
        """The board's name when the call was announced."""
        return self.announced_organiser or self.municipality.organiser


class TermsVersion(Keyed, Base):
    """A version of terms, form and criteria, to which seals refer. Never changed."""

    __tablename__ = "terms_versions"
    __journal__ = ("number", "digest")
    __table_args__ = (UniqueConstraint("competition_id", "number"),)

    competition_id: Mapped[UUID] = mapped_column(ForeignKey("competitions.id"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    digest: Mapped[str]  # hexadecimal SHA-256 over the canonical JSON of content


class Amendment(Keyed, Base):
    """A change of announced terms, by order; old and new values are public.

    `changes`: [{"field": code, "old": value, "new": value}], dates and instants in ISO 8601.
    """

    __tablename__ = "amendments"
    __journal__ = ("number", "order_number", "order_date", "reason", "announced_at", "changes")
    __table_args__ = (UniqueConstraint("competition_id", "number"),)

    competition_id: Mapped[UUID] = mapped_column(ForeignKey("competitions.id"))
    number: Mapped[int]
    order_number: Mapped[str]
    order_date: Mapped[date]
    reason: Mapped[Words]
    announced_at: Mapped[datetime]
    changes: Mapped[list[dict[str, Any]]] = mapped_column(default=list)

    competition: Mapped[Competition] = relationship(back_populates="amendments")


class CallDocument(Keyed, Base):
    """A published document of a call; all versions are kept."""

    __tablename__ = "call_documents"
    __journal__ = ("kind", "title", "returned", "position", "removed_at")

    competition_id: Mapped[UUID] = mapped_column(ForeignKey("competitions.id"), index=True)
    kind: Mapped[str]  # regulations, application_form, …; see competitions.rules.DOCUMENT_KINDS
    title: Mapped[Words]
    returned: Mapped[bool] = mapped_column(default=False)  # the applicant returns it filled in
    position: Mapped[int] = mapped_column(default=0)
    removed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    competition: Mapped[Competition] = relationship(back_populates="documents")
    versions: Mapped[list["CallDocumentVersion"]] = relationship(
        back_populates="document", order_by="CallDocumentVersion.number"
    )

    __mapper_args__ = {"version_id_col": version}


class CallDocumentVersion(Keyed, Base):
    """One version of a document."""

    __tablename__ = "call_document_versions"
    __journal__ = ("document_id", "number", "file_id", "issued_on", "note")
    __table_args__ = (UniqueConstraint("document_id", "number"),)

    document_id: Mapped[UUID] = mapped_column(ForeignKey("call_documents.id"))
    number: Mapped[int]
    file_id: Mapped[UUID] = mapped_column(ForeignKey("stored_files.id"))
    issued_on: Mapped[date]
    note: Mapped[Words] = mapped_column(default=Words)  # what changed

    document: Mapped[CallDocument] = relationship(back_populates="versions")
    file: Mapped[StoredFile] = relationship()


class FormPurpose(StrEnum):
    """The purpose of a call's form. Each form is answered, and frozen, at a time of its own."""

    APPLICATION = "application"


class CallForm(Keyed, Base):
    """One of the forms of a call."""

    __tablename__ = "call_forms"
    __journal__ = ("purpose", "form_id")
    __table_args__ = (UniqueConstraint("competition_id", "purpose"),)

    competition_id: Mapped[UUID] = mapped_column(ForeignKey("competitions.id"))
    purpose: Mapped[FormPurpose]
    form_id: Mapped[UUID] = mapped_column(ForeignKey("forms.id"), unique=True)

    competition: Mapped[Competition] = relationship(back_populates="forms")
    form: Mapped[Form] = relationship(lazy="joined", innerjoin=True)


class CriterionKind(StrEnum):
    ELIGIBILITY = "eligibility"
    QUALITY = "quality"


class Criterion(Keyed, Base):
    """A criterion of eligibility (yes, no or clarify) or of quality (points).

    `levels`: [{"points": "3", "lv": …, "en": …}], the description of each number of points.
    """

    __tablename__ = "criteria"
    __journal__ = (
        "key",
        "kind",
        "title",
        "guidance",
        "position",
        "maximum",
        "step",
        "weight",
        "minimum",
        "levels",
        "comment_below",
        "tie_break",
        "section_key",
    )
    __table_args__ = (
        UniqueConstraint("competition_id", "key"),
        CheckConstraint(
            # A CHECK passes NULL, hence the explicit test.
            "kind = 'eligibility' OR (num_nulls(maximum, step) = 0"
            " AND maximum > 0 AND step IN (0.5, 1) AND weight > 0)",
            name="quality_scale",
        ),
        CheckConstraint("minimum IS NULL OR minimum <= maximum", name="minimum"),
        Index(
            "uq_criteria_tie_break",
            "competition_id",
            "tie_break",
            unique=True,
            postgresql_where=text("tie_break IS NOT NULL"),
        ),
    )

    competition_id: Mapped[UUID] = mapped_column(ForeignKey("competitions.id"))
    key: Mapped[str]
    kind: Mapped[CriterionKind]
    title: Mapped[Words]
    guidance: Mapped[Words] = mapped_column(default=Words)
    position: Mapped[int]
    maximum: Mapped[Decimal | None]
    step: Mapped[Decimal | None]
    weight: Mapped[Decimal] = mapped_column(default=Decimal(1))
    minimum: Mapped[Decimal | None]  # a lower mean makes an award impossible
    levels: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    comment_below: Mapped[Decimal | None]  # points below it require a comment; None: never required
    tie_break: Mapped[int | None]  # tie-break priority; 1 is compared first
    section_key: Mapped[str | None]  # the part of the application that it concerns
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    competition: Mapped[Competition] = relationship(back_populates="criteria")

    __mapper_args__ = {"version_id_col": version}


# Announced terms change by an amendment only, with a new version; once the competition is decided
# they do not change. A deadline is never moved earlier.
TERMS = (*NAMES, "total_minimum", "spread_flag", "announced_municipality", "announced_organiser")
refuse(
    Competition,
    "terms",
    f"UPDATE OF {', '.join(TERMS)}",
    when="OLD.state NOT IN ('draft', 'announced')"
    " OR (OLD.state = 'announced' AND NEW.terms_version <= OLD.terms_version)",
)
refuse(
    Competition,
    "deadline",
    "UPDATE OF deadline",
    when="OLD.state <> 'draft' AND NEW.deadline < OLD.deadline",
)
ADDRESS = ("municipality_id", "year", "ordinal", "code", "slug", "announced_at")
refuse(
    Competition,
    "announced",
    f"UPDATE OF {', '.join(ADDRESS)}",
    when=f"OLD.announced_at IS NOT NULL AND {changed(*ADDRESS)}",
)
refuse(
    Competition,
    "published",
    "UPDATE OF published_at",
    when=f"OLD.published_at IS NOT NULL AND {changed('published_at')}",
)
DISCUSSION = ("discussion_opened_at", "discussion_missing", "discussion_reason")
refuse(
    Competition,
    "discussed",
    f"UPDATE OF {', '.join(DISCUSSION)}",
    when=f"OLD.discussion_opened_at IS NOT NULL AND {changed(*DISCUSSION)}",
)
refuse(
    Competition,
    "instalments",
    "INSERT OR UPDATE OF instalments",
    when="(SELECT sum(share::int) FROM jsonb_array_elements_text(NEW.instalments) AS share)"
    " IS DISTINCT FROM 100",
)
immutable(CallForm, but=[])
# Published parts of a call cannot be changed.
for published in (TermsVersion, Amendment, CallDocumentVersion):
    append_only(published)
