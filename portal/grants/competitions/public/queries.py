"""Queries for the public pages of calls."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_
from sqlalchemy.orm import joinedload

from portal.core.db import db
from portal.grants.competitions.models import (
    Competition,
)
from portal.grants.competitions.queries import in_phase
from portal.grants.competitions.rules import Phase

PAGE = 30


class Show(StrEnum):
    """The filters of the list."""

    OPEN = "open"
    COMING = "coming"
    PAST = "past"


_PAST = (Phase.CLOSED, Phase.DECIDED, Phase.PUBLISHED, Phase.COMPLETED, Phase.CANCELLED)
_SHOWN = {Show.OPEN: (Phase.OPEN,), Show.COMING: (Phase.ANNOUNCED,), Show.PAST: _PAST}


@dataclass(frozen=True, slots=True)
class Counts:
    """The number of calls under each filter."""

    open: int
    coming: int
    past: int


def counts(now: datetime) -> Counts:
    """The number of announced calls under each filter."""
    found = db.session.execute(
        select(*(func.count().filter(_shown(show, now)) for show in Show)).where(_public())
    ).one()
    return Counts(found[0], found[1], found[2])


def listed(show: Show, now: datetime, before: str | None = None) -> Sequence[Competition]:
    """A page of announced calls under a filter, and one more than PAGE if there is another page.

    Open ones by deadline, coming ones by opening, past ones latest first; of past ones those after
    the call with the slug `before`.
    """
    found = (
        select(Competition)
        .where(_public(), _shown(show, now))
        .options(joinedload(Competition.municipality, innerjoin=True))
        .limit(PAGE + 1)
    )
    return db.session.scalars(_ordered(found, show, before)).all()


def _ordered(found: Select[Competition], show: Show, before: str | None) -> Select[Competition]:
    if show is not Show.PAST:
        column = Competition.deadline if show is Show.OPEN else Competition.opens_at
        return found.order_by(column, Competition.id)
    if before:
        last = select(Competition.deadline, Competition.id).where(Competition.slug == before)
        place = tuple_(Competition.deadline, Competition.id)
        found = found.where(place < last.scalar_subquery())
    return found.order_by(Competition.deadline.desc(), Competition.id.desc())


def _public() -> ColumnElement[bool]:
    return Competition.announced_at.is_not(None)


def _shown(show: Show, now: datetime) -> ColumnElement[bool]:
    return or_(*(in_phase(stand, now) for stand in _SHOWN[show]))
