"""Whether a period is open at an instant, for values and columns.

Instants are shown in whole seconds, so the last second of a period belongs to it entirely.
"""

from datetime import UTC, datetime
from typing import overload

from sqlalchemy import ColumnElement, SQLColumnExpression, func

Instant = datetime | ColumnElement[datetime]  # a parameter, of a statement that is built once


def whole_second(instant: datetime) -> datetime:
    """An instant in UTC without fractions of a second, as in deadlines and receipts."""
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
