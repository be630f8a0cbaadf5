"""The table of stored files. The bytes are in the storage; a row never changes."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, Keyed
from portal.core.triggers import immutable


class ScanState(StrEnum):
    """A virus scanner's result. There is no scanner yet, so all are UNSCANNED."""

    UNSCANNED = "unscanned"
    CLEAN = "clean"
    INFECTED = "infected"


class Remark(StrEnum):
    """A warning shown beside a file; texts in labels."""

    CUT_OFF = "cut_off"


class StoredFile(Keyed, Base):
    """One file as received or generated. Owners of references to it serve it, under their own
    rights.

    A trigger refuses changes of all columns but `scan_state`.
    """

    __tablename__ = "stored_files"
    __journal__ = ("size", "media_type", "purpose")
    __table_args__ = (
        CheckConstraint("size > 0", name="not_empty"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("char_length(name) BETWEEN 1 AND 255", name="name"),
    )

    object_key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]  # the uploaded name, in any script: data, never a path
    size: Mapped[int] = mapped_column(BigInteger)  # bytes
    sha256: Mapped[str]
    media_type: Mapped[str]  # by its content, never by its name
    scan_state: Mapped[ScanState] = mapped_column(
        default=ScanState.UNSCANNED, server_default=ScanState.UNSCANNED.value
    )
    remark: Mapped[Remark | None]
    purpose: Mapped[str]  # its use: attachment, regulations, minutes, …
    uploaded_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"), index=True)


immutable(StoredFile, but=["scan_state"])
