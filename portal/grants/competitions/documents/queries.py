"""Queries on a call's documents."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from portal.core.db import db
from portal.grants.competitions.models import CallDocument, CallDocumentVersion, Competition

_LISTED = (
    select(CallDocument)
    .where(
        CallDocument.competition_id == bindparam("competition"), CallDocument.removed_at.is_(None)
    )
    .order_by(CallDocument.position, CallDocument.id)
    .options(joinedload(CallDocument.versions).joinedload(CallDocumentVersion.file, innerjoin=True))
)


def listed(competition: Competition) -> Sequence[CallDocument]:
    """The present documents in order, with all versions and files; one query."""
    found = db.session.scalars(_LISTED, {"competition": competition.id})
    return found.unique().all()
