"""The milestones of a call."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from portal.core import clock
from portal.core.periods import has_come, in_time
from portal.grants.competitions.models import Amendment, Competition, CompetitionState
from portal.grants.competitions.terms.rules import read_value

# Instants are shown with their minute; the others are days.
Moment = date | datetime


@dataclass(frozen=True, slots=True)
class Milestone:
    """An event of a call. `was`: its dates before amendments, oldest first.

    `state` is past, now (the next one) or empty; `amendment` is set for an amendment.
    """

    code: str
    when: Moment
    state: str
    was: tuple[Moment, ...] = ()
    amendment: Amendment | None = None


def milestones(competition: Competition, now: datetime) -> list[Milestone]:
    """The call's milestones by time; the next one is marked as now."""
    found = sorted(_dated(competition, now), key=lambda one: _instant(one.when))
    coming = [place for place, one in enumerate(found) if not one.state]
    if coming and competition.state is not CompetitionState.CANCELLED:
        found[coming[0]] = replace(found[coming[0]], state="now")
    return found


def earlier_dates(
    name: str, now_stands: Moment | None, amendments: Iterable[Amendment]
) -> tuple[Moment, ...]:
    """The former dates of a term moved by amendments, oldest first, without the present one."""
    old: list[Any] = [
        read_value(name, change["old"])
        for amendment in amendments
        for change in amendment.changes
        if change["field"] == name
    ]
    return tuple(value for value in dict.fromkeys(old) if value != now_stands)


def _dated(competition: Competition, now: datetime) -> Iterator[Milestone]:
    def at(code: str, when: Moment) -> Milestone:
        was = earlier_dates(code, when, competition.amendments)
        return Milestone(code, when, _state(code, when, now), was)

    if competition.announced_at:
        yield at("announced", competition.announced_at)
    for amendment in competition.amendments:
        when = amendment.announced_at
        yield Milestone("amended", when, _state("amended", when, now), amendment=amendment)
    if competition.cancelled_at:
        yield at("cancelled", competition.cancelled_at)
        return
    for code in ("opens_at", "deadline", "results_by"):
        yield at(code, getattr(competition, code))
    if competition.published_at:
        yield at("published", competition.published_at)
    for code in ("start_from", "start_to"):
        yield at(code, getattr(competition, code))


def _instant(when: Moment) -> datetime:
    """For sorting: a day counts as its end, after instants on it."""
    return when if isinstance(when, datetime) else clock.end_of(when)


def _state(code: str, when: Moment, now: datetime) -> str:
    """A deadline and a day last to their end; others are past once they have come."""
    if code == "deadline" or not isinstance(when, datetime):
        return "" if in_time(_instant(when), now) else "past"
    return "past" if has_come(when, now) else ""
