"""The only clock. Instants are UTC in code and database, and shown in Europe/Riga."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

RIGA = ZoneInfo("Europe/Riga")

_fixed: datetime | None = None


def now() -> datetime:
    """The current instant, in UTC."""
    return _fixed or datetime.now(UTC)


def today() -> date:
    """The current date in Riga."""
    return day_of(now())


def day_of(instant: datetime) -> date:
    """The date in Riga at an instant."""
    return instant.astimezone(RIGA).date()


def riga(day: date, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    """The UTC instant of a wall-clock time in Riga on `day`."""
    return datetime.combine(day, time(hour, minute, second), RIGA).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The last second of `day` in Riga: a deadline given as a date lasts to the day's end."""
    return riga(day, 23, 59, 59)


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Fix the clock of this process at `instant`: for demo data and tests, never for a request."""
    global _fixed
    before, _fixed = _fixed, instant.astimezone(UTC)
    try:
        yield
    finally:
        _fixed = before
