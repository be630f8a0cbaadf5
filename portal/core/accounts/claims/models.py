"""The table of claims of organisations."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.accounts.models import Organisation, Person
from portal.core.db import Base, Keyed
from portal.core.documents.models import StoredFile
from portal.core.triggers import changed, immutable, refuse


class ClaimState(StrEnum):
    """The state of a claim; transitions are in rules.py."""

    MADE = "made"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Capacity(StrEnum):
    """The role of an organisation in a competition."""

    APPLICANT = "applicant"
    PARTNER = "partner"


class OrganisationClaim(Keyed, Base):
    """A person's request to act for an organisation that is in the portal already.

    The number identifies the claimed organisation, which keeps it while the claim is open. `name`
    is the claimant's, since the portal's may be a stranger's. The proof is a file, or the
    `position` recorded in a public register.
    """

    __tablename__ = "organisation_claims"
    __journal__ = (
        "claimant_id",
        "organisation_id",
        "registration_number",
        "proof_id",
        "state",
        "ended_at",
        "decided_by_id",
        "answered_at",
        "answered_by_id",
    )
    __table_args__ = (
        CheckConstraint("(state = 'made') = (ended_at IS NULL)", name="ended_at"),
        CheckConstraint(
            "(state IN ('approved', 'refused')) = (decided_by_id IS NOT NULL)", name="decided_by"
        ),
        CheckConstraint("(decided_by_id IS NULL) = (reason = '')", name="reason"),
        CheckConstraint("decided_by_id <> claimant_id", name="own"),
        CheckConstraint(
            "num_nonnulls(answered_at, answered_by_id, nullif(answer, '')) IN (0, 3)", name="answer"
        ),
        Index(
            "uq_organisation_claims_open",
            "claimant_id",
            "organisation_id",
            unique=True,
            postgresql_where=text("state = 'made'"),
        ),
    )

    claimant_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    registration_number: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    position: Mapped[str]
    words: Mapped[str] = mapped_column(default="")
    proof_id: Mapped[UUID | None] = mapped_column(ForeignKey("stored_files.id"))
    state: Mapped[ClaimState] = mapped_column(default=ClaimState.MADE)
    ended_at: Mapped[datetime | None]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    reason: Mapped[str] = mapped_column(default="")
    # The answer of the organisation's present members.
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    claimant: Mapped[Person] = relationship(foreign_keys=[claimant_id])
    organisation: Mapped[Organisation] = relationship()
    proof: Mapped[StoredFile | None] = relationship()
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])
    answered_by: Mapped[Person | None] = relationship(foreign_keys=[answered_by_id])

    __mapper_args__ = {"version_id_col": version}

    @property
    def scope_id(self) -> UUID | None:
        """The scope in whose journal its events are recorded."""
        return self.organisation_id


# Neither the claimed values nor a decision can be changed.
immutable(
    OrganisationClaim,
    but=(
        "state",
        "ended_at",
        "decided_by_id",
        "reason",
        "version",
        "answer",
        "answered_at",
        "answered_by_id",
    ),
)
refuse(OrganisationClaim, "ended", "UPDATE", when="OLD.state <> 'made'")
refuse(
    OrganisationClaim,
    "numbered",
    "INSERT",
    when="NOT EXISTS (SELECT FROM organisations WHERE id = NEW.organisation_id"
    " AND registration_number = NEW.registration_number FOR KEY SHARE)",
)
# The claimed organisation cannot be exchanged. The kind says whether there is a number.
refuse(
    Organisation,
    "claimed",
    "UPDATE OF kind, registration_number",
    when=f"{changed('kind', 'registration_number')} AND EXISTS (SELECT FROM organisation_claims"
    " WHERE organisation_id = NEW.id AND state = 'made')",
)
# No decision by a present or former member of the organisation.
refuse(
    OrganisationClaim,
    "impartial",
    "INSERT OR UPDATE OF decided_by_id",
    when="EXISTS (SELECT FROM role_grants WHERE person_id = NEW.decided_by_id"
    " AND scope_id = NEW.organisation_id)",
)
refuse(
    OrganisationClaim,
    "owned",
    "INSERT OR UPDATE OF state",
    when="NEW.state = 'approved' AND NOT EXISTS (SELECT FROM role_grants"
    " WHERE person_id = NEW.claimant_id AND scope_id = NEW.organisation_id"
    " AND role = 'owner' AND ended_at IS NULL)",
)
