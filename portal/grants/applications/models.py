"""Models of applications, submissions with seals, sealed replies, and the register."""

from datetime import date, datetime
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    UniqueConstraint,
    exists,
    func,
    select,
    text,
)
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from portal.core.accounts.models import Organisation
from portal.core.db import Base, Keyed, alphabetical
from portal.core.questions.models import AnswerSet
from portal.core.triggers import ANY_CHANGE, append_only, immutable, refuse
from portal.grants.competitions.models import Competition, Criterion

# Explicit, since PostgreSQL 18's default is virtual, which earlier versions lack.
read_from = partial(Computed, persisted=True)


class Channel(StrEnum):
    """The channel by which an application came in."""

    PORTAL = "portal"
    IN_PERSON = "in_person"
    POST = "post"
    EMAIL = "email"
    E_DOCUMENT = "e_document"


class ApplicationState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"


class Application(Keyed, Base):
    """One organisation's application to one competition, as its people edit it.

    After submission the answers may be edited until the deadline; valid is the current submission
    with sealed replies (see Counted), and only its own people read anything else. The result of its
    evaluation is in later stages' tables.
    """

    __tablename__ = "applications"
    __journal__ = (
        "organisation_id",
        "state",
        "ordinal",
        "number",
        "language",
        "channel",
        "received_at",
        "postmark",
        "registered_by_id",
        "started_by_id",
        "withdrawn_at",
        "deleted_at",
    )
    __table_args__ = (
        CheckConstraint("state = 'draft' OR number IS NOT NULL", name="numbered"),
        CheckConstraint("(ordinal IS NULL) = (number IS NULL)", name="ordinal"),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn_at"),
        CheckConstraint("deleted_at IS NULL OR state = 'draft'", name="deleted_at"),
        CheckConstraint("partner_id <> organisation_id", name="partner"),
        CheckConstraint("(channel = 'portal') = (registered_by_id IS NULL)", name="registered_by"),
        CheckConstraint("channel = 'portal' OR received_at IS NOT NULL", name="received_at"),
        CheckConstraint("language ~ '^[a-z]{2,3}$'", name="language"),
        UniqueConstraint("competition_id", "ordinal"),
        Index("ix_applications_competition_state", "competition_id", "state"),
    )

    competition_id: Mapped[UUID] = mapped_column(ForeignKey("competitions.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    partner_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    answer_set_id: Mapped[UUID] = mapped_column(ForeignKey("answer_sets.id"), unique=True)
    state: Mapped[ApplicationState] = mapped_column(default=ApplicationState.DRAFT)
    # The draft's title, from the question that measures it; the valid one is `counted.title`.
    draft_title: Mapped[str] = mapped_column(default="")
    ordinal: Mapped[int | None]
    number: Mapped[str | None] = mapped_column(unique=True)  # LIE-2020-1-007, at first submission
    language: Mapped[str] = mapped_column(default="lv")  # of letters and PDFs
    # The channel of the first submission. It may be submitted anew in the portal; each submission
    # has its own.
    channel: Mapped[Channel] = mapped_column(default=Channel.PORTAL)
    received_at: Mapped[datetime | None]  # for other channels: when it came in
    postmark: Mapped[date | None]  # by post: the postmark decides
    email: Mapped[str] = mapped_column(default="", server_default="")  # given on paper, for letters
    registered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    started_by_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    withdrawn_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]  # when its people discarded the draft
    version: Mapped[int] = mapped_column(default=1)

    competition: Mapped[Competition] = relationship()
    organisation: Mapped[Organisation] = relationship(foreign_keys=[organisation_id])
    partner: Mapped[Organisation | None] = relationship(foreign_keys=[partner_id])
    answer_set: Mapped[AnswerSet] = relationship()
    submissions: Mapped[list["Submission"]] = relationship(
        back_populates="application", order_by="Submission.revision"
    )
    counted: Mapped["Counted"] = relationship(
        primaryjoin=lambda: Application.id == foreign(Counted.application_id),
        uselist=False,
        viewonly=True,
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def scope_id(self) -> UUID:
        """The scope in whose journal its events are recorded."""
        return self.competition_id


class Submission(Keyed, Base):
    """A frozen revision of an application, with its seal. Valid is the last one not withdrawn; all
    are kept.

    `content` is what the seal covers (see applications.rules.sealed_content); `seal` is the
    hexadecimal SHA-256 over its canonical JSON (RFC 8785). Generated columns hold what lists show
    of the content.
    """

    __tablename__ = "submissions"
    __journal__ = (
        "application_id",
        "revision",
        "submitted_at",
        "submitted_by_id",
        "terms_version",
        "seal",
        "superseded_at",
    )
    __table_args__ = (
        UniqueConstraint("application_id", "revision"),
        CheckConstraint("seal ~ '^[0-9a-f]{64}$'", name="seal"),
        CheckConstraint("submitted_at = date_trunc('second', submitted_at)", name="whole_second"),
        Index(
            "uq_submissions_current",
            "application_id",
            unique=True,
            postgresql_where=text("superseded_at IS NULL"),
        ),
    )

    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"))
    revision: Mapped[int]
    submitted_at: Mapped[datetime]  # when it was completely received
    submitted_by_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    # The partner named in `content`; the draft may name another one since.
    partner_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    terms_version: Mapped[int]
    content: Mapped[dict[str, Any]]
    seal: Mapped[str] = mapped_column(unique=True)
    superseded_at: Mapped[datetime | None]  # by a later revision, or by a withdrawal

    title: Mapped[str] = mapped_column(read_from("content ->> 'title'"))
    submitted_by: Mapped[str] = mapped_column(read_from("content ->> 'submitted_by'"))
    applicant: Mapped[str] = mapped_column(read_from("content #>> '{applicant,name}'"))
    registration_number: Mapped[str | None] = mapped_column(
        read_from("content #>> '{applicant,registration_number}'")
    )
    partner: Mapped[str | None] = mapped_column(read_from("content #>> '{partner,name}'"))
    channel: Mapped[str] = mapped_column(read_from("content ->> 'channel'"))
    sort_name: Mapped[str] = alphabetical()  # of the applicant's name

    application: Mapped[Application] = relationship(back_populates="submissions")


class Reply(Keyed, Base):
    """An applicant's sealed reply to a requested clarification, valid with the submission.

    `content` is what the seal covers (see evaluation.eligibility.rules.sealed_reply): answers by
    question, which replace the submitted ones. `title` is the project's new one, if the question
    that measures it is among them.
    """

    __tablename__ = "sealed_replies"
    __journal__ = ("submission_id", "received_at", "sent_by_id", "seal")
    __table_args__ = (
        CheckConstraint("seal ~ '^[0-9a-f]{64}$'", name="seal"),
        CheckConstraint("received_at = date_trunc('second', received_at)", name="whole_second"),
    )

    # Its submission: a reply does not apply to later ones.
    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submissions.id"), index=True)
    received_at: Mapped[datetime]
    sent_by_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    content: Mapped[dict[str, Any]]
    seal: Mapped[str] = mapped_column(unique=True)

    title: Mapped[str | None] = mapped_column(read_from("content ->> 'title'"))
    sent_by: Mapped[str] = mapped_column(read_from("content ->> 'sent_by'"))


_sent, _later, _replied = (
    table.c for table in (Submission.__table__, Submission.__table__.alias(), Reply.__table__)
)
_new_title = (
    select(_replied.title)
    .where(_replied.submission_id == _sent.id, _replied.title.is_not(None))
    .order_by(_replied.received_at.desc(), _replied.id.desc())
    .limit(1)
    .scalar_subquery()
)
_COUNTED = (
    select(
        *(_sent.application_id, _sent.id.label("submission_id")),
        func.coalesce(_new_title, _sent.title).label("title"),
        *(_sent.applicant, _sent.registration_number, _sent.partner, _sent.sort_name),
        *(_sent.channel, _sent.submitted_at, _sent.submitted_by),
    )
    .where(
        ~exists().where(
            _later.application_id == _sent.application_id, _later.revision > _sent.revision
        )
    )
    .subquery("counted")
)


class Counted(Base):
    """The valid title and applicant of an application: its last submission with sealed replies
    applied, even if withdrawn.

    A query rather than a table; drafts that were never submitted have no row.
    """

    __table__ = _COUNTED
    __mapper_args__ = {"primary_key": [_COUNTED.c.application_id]}

    if TYPE_CHECKING:
        application_id: Mapped[UUID]
        submission_id: Mapped[UUID]
        title: Mapped[str]
        applicant: Mapped[str]
        registration_number: Mapped[str | None]
        partner: Mapped[str | None]
        sort_name: Mapped[str]
        channel: Mapped[str]
        submitted_at: Mapped[datetime]
        submitted_by: Mapped[str]


class Register(Keyed, Base):
    """The closed register of a competition: its submissions, and the Merkle root over them.

    The first closes at the deadline. Valid applications that come in later (with a postmark in
    time) are listed in a supplement with its own root. Moving the deadline after the close voids
    the register.
    """

    __tablename__ = "registers"
    __journal__ = ("ordinal", "closed_at", "voided_at", "root")
    __table_args__ = (
        Index(
            "uq_registers_current",
            "competition_id",
            "ordinal",
            unique=True,
            postgresql_where=text("voided_at IS NULL"),
        ),
    )

    competition_id: Mapped[UUID] = mapped_column(ForeignKey("competitions.id"), index=True)
    ordinal: Mapped[int] = mapped_column(default=1)
    closed_at: Mapped[datetime]  # the deadline; of a supplement, when it was made
    voided_at: Mapped[datetime | None]
    root: Mapped[str]

    competition: Mapped[Competition] = relationship()
    entries: Mapped[list["RegisterEntry"]] = relationship(
        back_populates="register", order_by="RegisterEntry.position"
    )


class RegisterEntry(Keyed, Base):
    """A line of a closed register: a number and the seal of its valid submission."""

    __tablename__ = "register_entries"
    __journal__ = ("register_id", "position", "number", "seal", "submission_id")
    __table_args__ = (UniqueConstraint("register_id", "position"),)

    register_id: Mapped[UUID] = mapped_column(ForeignKey("registers.id"))
    position: Mapped[int]
    number: Mapped[str]
    seal: Mapped[str]
    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submissions.id"), index=True)

    register: Mapped[Register] = relationship(back_populates="entries")


# Its answers belong to a form of its call, and to no other application.
refuse(
    Application,
    "answered",
    "INSERT OR UPDATE OF competition_id, answer_set_id",
    when="NOT EXISTS (SELECT FROM answer_sets JOIN call_forms USING (form_id)"
    " WHERE answer_sets.id = NEW.answer_set_id"
    " AND call_forms.competition_id = NEW.competition_id AND purpose = 'application')",
)
# Unchangeable: numbers, sealed content and its files, the closed register.
refuse(
    Application,
    "numbered",
    "UPDATE OF competition_id, ordinal, number",
    when="OLD.number IS NOT NULL",
)
refuse(Application, "kept", "DELETE", when="OLD.number IS NOT NULL")
immutable(Submission, but=["superseded_at"])
refuse(Submission, "superseded", "UPDATE", when="OLD.superseded_at IS NOT NULL")
immutable(Register, but=["voided_at"])
refuse(Register, "voided", "UPDATE", when="OLD.voided_at IS NOT NULL")
append_only(RegisterEntry)
append_only(Reply)

# In time is up to the deadline, including its last second.
refuse(
    Submission,
    "in_time",
    "INSERT",
    when="EXISTS (SELECT FROM applications"
    " JOIN competitions ON competitions.id = applications.competition_id"
    " WHERE applications.id = NEW.application_id AND NEW.content ->> 'channel' = 'portal'"
    " AND NEW.submitted_at > competitions.deadline)",
)
# The criteria freeze with the form when the call opens. The database's clock differs from the
# portal's, so a trigger holds this from the first application on.
refuse(
    Criterion,
    "frozen",
    ANY_CHANGE,
    when="EXISTS (SELECT FROM applications"
    " WHERE competition_id IN (OLD.competition_id, NEW.competition_id))",
)
