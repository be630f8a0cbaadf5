"""Pure functions that make open data and feeds."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from portal.core.db import Words
from portal.grants.awards.rules import Award, Results
from portal.grants.competitions.rules import Phase


@dataclass(frozen=True, slots=True)
class Call:
    """The public data of a competition. Sums in cents, instants in UTC."""

    code: str
    path: str  # of its page, for this portal's own pages
    url: str  # the same, absolute
    title: Words
    lead: Words
    municipality: Words
    organiser: Words
    phase: Phase
    fixed_sum: int
    grants: int
    announced_at: datetime
    opens_at: datetime
    deadline: datetime
    results_by: date
    start_from: date
    start_to: date
    months: tuple[int, int]
    amendments: Sequence[dict[str, Any]] = field(default=())
    cancelled_at: datetime | None = None
    results: Results | None = None


def document(name: str, records: Any, as_of: datetime) -> dict[str, Any]:
    """A published dataset: `records` under their name, with metadata."""
    return {
        "version": "1.0",
        "licence": "CC0-1.0",
        "as_of": as_of.isoformat(),
        name: records,
    }


def as_json(document: dict[str, Any]) -> str:
    """A document as indented JSON with unescaped letters."""
    return json.dumps(document, ensure_ascii=False, indent=1)


def record(call: Call) -> dict[str, Any]:
    """A call in /open-data/competitions.json; its fields are described at /open-data."""
    return {
        "code": call.code,
        "url": call.url,
        "title": call.title.to_json(),
        "municipality": call.municipality.to_json(),
        "organiser": call.organiser.to_json(),
        "state": call.phase.value,
        "currency": "EUR",
        "fixed_sum": decimal_euros(call.fixed_sum),
        "grants": call.grants,
        "announced_at": call.announced_at.isoformat(),
        "opens_at": call.opens_at.isoformat(),
        "deadline": call.deadline.isoformat(),
        "results_by": call.results_by.isoformat(),
        "start_window": [call.start_from.isoformat(), call.start_to.isoformat()],
        "duration_months": list(call.months),
        "amendments": list(call.amendments),
        "results": _results(call.results, call.fixed_sum) if call.results else None,
    }


def _results(results: Results, fixed_sum: int) -> dict[str, Any]:
    return {
        "published_at": results.published_at.isoformat(),
        "decided": results.decided,
        "approved": len(results.awards),
        "reserve": results.reserved,
        "rejected": results.rejected,
        "declined": len(results.declined),
        "total": decimal_euros(len(results.awards) * fixed_sum),
        "awards": [{**_award(award), "sum": decimal_euros(fixed_sum)} for award in results.awards],
        "reserve_list": [_award(award) for award in results.reserve],
    }


def _award(award: Award) -> dict[str, Any]:
    return {
        "application": award.number,
        "decision": award.decision,
        "outcome": award.outcome.value,
        "place": award.place,
        "points": None if award.points is None else f"{award.points:.2f}",
        "project": award.project,
        "organisation": award.organisation,
        "registration_number": award.registration_number,
    }


def decimal_euros(cents: int) -> str:
    """Cents as euros with two decimals and a point, for machines."""
    return f"{cents // 100}.{cents % 100:02d}"


@dataclass(frozen=True, slots=True)
class News:
    """An entry of the feed."""

    key: str
    at: datetime
    title: str
    summary: str
    url: str


def atom(news: Iterable[News], *, title: str, url: str, language: str, at: datetime) -> str:
    """The Atom feed of announcements, amendments, cancellations and results, newest first."""
    from feedgen.feed import FeedGenerator  # 9 MB, loaded with the first request of the feed

    feed = FeedGenerator()
    feed.id(url)
    feed.title(title)
    feed.link(href=url, rel="self")
    feed.language(language)
    feed.author(name="Asns")
    newest = sorted(news, key=lambda entry: entry.at)
    for entry in newest:
        item = feed.add_entry()
        item.id(f"{entry.url}#{entry.key}")
        item.title(_xml(entry.title))
        item.summary(_xml(entry.summary))
        item.link(href=entry.url)
        item.updated(entry.at)
        item.published(entry.at)
    feed.updated(newest[-1].at if newest else at)
    return bytes(feed.atom_str(pretty=True)).decode()


# Code points that no XML document may contain, not even escaped.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _xml(text: str) -> str:
    return _NO_XML.sub("", text)


@dataclass(frozen=True, slots=True)
class Appointment:
    """A date in the calendar: an instant, or a whole day."""

    key: str
    at: datetime | date
    title: str
    url: str


def calendar(appointments: Iterable[Appointment], *, title: str, stamp: datetime) -> str:
    """The iCalendar of openings, deadlines and promised results."""
    from icalendar import Calendar, Event  # 8 MB, likewise

    calendar = Calendar()
    calendar.add("prodid", "-//Asns//competitions//LV")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", title)
    for appointment in appointments:
        event = Event()
        event.add("uid", f"{appointment.key}@asns")
        event.add("dtstamp", stamp)
        event.add("summary", appointment.title)
        event.add("url", appointment.url)
        event.add("dtstart", appointment.at)
        calendar.add_component(event)
    return bytes(calendar.to_ical()).decode()
