"""Whether a period is open at an instant: asked here and nowhere else, of values and of columns.

People are told instants in whole seconds, so the last second of a period belongs to it whole.
"""

from datetime import UTC, datetime
from typing import overload

from sqlalchemy import ColumnElement, SQLColumnExpression, func

Instant = datetime | ColumnElement[datetime]  # a parameter, of a statement that is built once


def whole_second(instant: datetime) -> datetime:
    """An instant in UTC as deadlines and receipts say it: what comes within a second is at it."""
    return instant.astimezone(UTC).replace(microsecond=0)


@overload
def has_come(since: datetime, instant: datetime) -> bool: ...
@overload
def has_come(since: SQLColumnExpression[datetime], instant: Instant) -> ColumnElement[bool]: ...
def has_come(
    since: datetime | SQLColumnExpression[datetime], instant: Instant
) -> bool | ColumnElement[bool]:
    """Whether a period that begins at `since` has begun at `instant`."""
    return since <= instant


@overload
def in_time(until: datetime, instant: datetime) -> bool: ...
@overload
def in_time(until: SQLColumnExpression[datetime], instant: Instant) -> ColumnElement[bool]: ...
def in_time(
    until: datetime | SQLColumnExpression[datetime], instant: Instant
) -> bool | ColumnElement[bool]:
    """Whether `instant` is no later than `until`, the last second of a period."""
    if isinstance(instant, datetime):
        return until >= whole_second(instant)
    return until >= func.date_trunc("second", instant)
