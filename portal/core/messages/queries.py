"""Queries on the outbox. Only demo mode shows letters."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import load_only

from portal.core.db import db
from portal.core.messages.models import Message

PAGE = 50


def outbox(recipient: str = "", before: UUID | None = None) -> Sequence[Message]:
    """Letters without their texts to addresses that contain `recipient`, newest first, PAGE and one
    more; `before` is the last seen."""
    letters = (
        select(Message)
        .options(load_only(Message.recipient, Message.subject, Message.state, Message.created_at))
        .order_by(Message.id.desc())
        .limit(PAGE + 1)
    )
    if recipient:
        letters = letters.where(Message.recipient.contains(recipient.lower(), autoescape=True))
    if before:
        letters = letters.where(Message.id < before)
    return db.session.scalars(letters).all()
