"""Queries on registers."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.core.db import db
from portal.grants.applications.models import Application, Register, RegisterEntry, Submission
from portal.grants.competitions.models import Competition


def current_registers(competition: Competition) -> Sequence[Register]:
    """The register and its supplements, in order, without voided ones."""
    return db.session.scalars(
        select(Register)
        .where(Register.competition_id == competition.id, Register.voided_at.is_(None))
        .order_by(Register.ordinal)
        .options(selectinload(Register.entries))
    ).all()


def by_seal(seal: str) -> Submission | None:
    """The submission with this seal, with its application and competition."""
    return db.session.scalar(
        select(Submission)
        .where(Submission.seal == seal)
        .options(
            joinedload(Submission.application, innerjoin=True).joinedload(
                Application.competition, innerjoin=True
            )
        )
    )


def entry_of(submission: Submission) -> RegisterEntry | None:
    """The line of a current register with this submission, and the register."""
    return db.session.scalar(
        select(RegisterEntry)
        .join(RegisterEntry.register)
        .where(RegisterEntry.submission_id == submission.id, Register.voided_at.is_(None))
        .options(joinedload(RegisterEntry.register, innerjoin=True).selectinload(Register.entries))
    )


def competition_of(code: str) -> Competition | None:
    """The announced competition with this code (LIE-2020-1)."""
    return db.session.scalar(
        select(Competition).where(Competition.code == code, Competition.announced_at.is_not(None))
    )
