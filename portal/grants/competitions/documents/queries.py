"""Reads of a call's documents."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal.core.db import db
from portal.grants.competitions.models import CallDocument, CallDocumentVersion, Competition


def listed(competition: Competition) -> Sequence[CallDocument]:
    """The documents that stand, in their order, with all versions and files; two queries."""
    return db.session.scalars(
        select(CallDocument)
        .where(CallDocument.competition_id == competition.id, CallDocument.removed_at.is_(None))
        .order_by(CallDocument.position, CallDocument.id)
        .options(
            selectinload(CallDocument.versions).joinedload(CallDocumentVersion.file, innerjoin=True)
        )
    ).all()
