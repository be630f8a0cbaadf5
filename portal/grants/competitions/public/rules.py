"""The milestones of a call, for its time line."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from portal.core import clock
from portal.core.periods import has_come, in_time
from portal.grants.competitions.models import Amendment, Competition, State
from portal.grants.competitions.terms.rules import read_value

# Instants are shown with their minute; the others are days.
Moment = date | datetime


@dataclass(frozen=True, slots=True)
class Milestone:
    """Something that happens in a call. `was`: the dates it had before amendments, oldest first.

    `state` is past, now (the next one to come) or empty; `amendment` is set for an amendment.
    """

    code: str
    when: Moment
    state: str
    was: tuple[Moment, ...] = ()
    amendment: Amendment | None = None


def milestones(
    competition: Competition, amendments: Sequence[Amendment], now: datetime
) -> list[Milestone]:
    """The call's milestones in the order of time, the next one marked as now."""
    found = sorted(_dated(competition, amendments), key=lambda one: _instant(one[1]))
    following = next((one for one in found if not _is_past(*one[:2], now)), None)
    over = competition.state is State.CANCELLED
    return [
        Milestone(
            code=code,
            when=when,
            state=_state(
                code, when, now, is_next=(code, when, amendment) == following and not over
            ),
            was=() if amendment else earlier_dates(code, when, amendments),
            amendment=amendment,
        )
        for code, when, amendment in found
    ]


def earlier_dates(
    name: str, now_stands: Moment | None, amendments: Iterable[Amendment]
) -> tuple[Moment, ...]:
    """The dates that a term had before amendments moved it, oldest first; not the one it has."""
    old: list[Any] = [
        read_value(name, change["old"])
        for amendment in amendments
        for change in amendment.changes
        if change["field"] == name
    ]
    return tuple(value for value in dict.fromkeys(old) if value != now_stands)


def _dated(
    competition: Competition, amendments: Sequence[Amendment]
) -> Iterator[tuple[str, Moment, Amendment | None]]:
    if competition.announced_at:
        yield "announced", competition.announced_at, None
    for amendment in amendments:
        yield "amended", amendment.announced_at, amendment
    if competition.cancelled_at:
        yield "cancelled", competition.cancelled_at, None
        return
    yield "opens_at", competition.opens_at, None
    yield "deadline", competition.deadline, None
    yield "results_by", competition.results_by, None
    if competition.published_at:
        yield "published", competition.published_at, None
    yield "start_from", competition.start_from, None
    yield "start_to", competition.start_to, None


def _instant(when: Moment) -> datetime:
    """For the order: a day lasts to its end, so that what happens on it comes before."""
    return when if isinstance(when, datetime) else clock.end_of(when)


def _state(code: str, when: Moment, now: datetime, *, is_next: bool) -> str:
    if is_next:
        return "now"
    return "past" if _is_past(code, when, now) else ""


def _is_past(code: str, when: Moment, now: datetime) -> bool:
    """A deadline and a day last to their end; anything else is past once it has come."""
    if code == "deadline" or not isinstance(when, datetime):
        return not in_time(_instant(when), now)
    return has_come(when, now)
