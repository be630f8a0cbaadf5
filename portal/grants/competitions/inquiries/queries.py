"""Queries on public questions."""

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import joinedload

from portal.core.accounts.models import Person
from portal.core.db import db
from portal.grants.competitions.inquiries.models import Inquiry
from portal.grants.competitions.models import Competition

_ANSWERED = (
    select(Inquiry)
    .where(
        Inquiry.competition_id == bindparam("competition"),
        Inquiry.answer.is_not(None),
        Inquiry.withdrawn_at.is_(None),
    )
    .order_by(Inquiry.answered_at, Inquiry.id)
)


def answered(competition: Competition) -> Sequence[Inquiry]:
    """The public ones: answered and not withdrawn, by time of answer."""
    return db.session.scalars(_ANSWERED, {"competition": competition.id}).all()


def own_waiting(actor: Person | None, competition: Competition) -> Sequence[Inquiry]:
    """The actor's own unanswered questions."""
    if actor is None:
        return ()
    return db.session.scalars(
        select(Inquiry)
        .where(
            Inquiry.competition_id == competition.id,
            Inquiry.asked_by_id == actor.id,
            Inquiry.waits,
        )
        .order_by(Inquiry.asked_at)
    ).all()


def count_waiting(competition: Competition) -> int:
    """The number of unanswered questions."""
    waiting = select(func.count()).where(Inquiry.competition_id == competition.id, Inquiry.waits)
    return db.session.scalars(waiting).one()


def all_of(competition: Competition) -> Sequence[Inquiry]:
    """For the board: every question with its asker, unanswered ones first, oldest first."""
    return db.session.scalars(
        select(Inquiry)
        .where(Inquiry.competition_id == competition.id)
        .order_by(Inquiry.withdrawn_at.is_not(None), Inquiry.answer.is_not(None), Inquiry.asked_at)
        .options(joinedload(Inquiry.asked_by))
    ).all()
