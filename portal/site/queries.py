"""Queries of the public pages and feeds: announced competitions only, never drafts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import BindParameter, DateTime, Select, bindparam, or_, select
from sqlalchemy.orm import joinedload, selectinload

from portal.core import clock, formats
from portal.core.db import Words, db
from portal.core.messages.links import page_url
from portal.grants.awards import queries as awards
from portal.grants.competitions.models import Amendment, Competition
from portal.grants.competitions.queries import in_phase
from portal.grants.competitions.rules import Phase, phase, public_phase
from portal.site.rules import Appointment, Call, News, record

LATEST = 5  # results on the home page


@dataclass(frozen=True, slots=True)
class Front:
    """The content of the home page."""

    open: list[Call]  # by deadline
    coming: list[Call]  # by opening
    decided: list[Call]  # latest first


_LATEST = (
    select(Competition.id)
    .where(Competition.announced_at.is_not(None), Competition.published_at.is_not(None))
    .order_by(Competition.published_at.desc())
    .limit(LATEST)
)
_NOW: BindParameter[datetime] = bindparam("now", type_=DateTime(timezone=True))
_FRONT = (
    select(Competition)
    .where(
        Competition.announced_at.is_not(None),
        or_(
            in_phase(Phase.ANNOUNCED, _NOW),
            in_phase(Phase.OPEN, _NOW),
            Competition.id.in_(_LATEST),
        ),
    )
    .options(joinedload(Competition.municipality, innerjoin=True))
    .order_by(Competition.published_at.desc(), Competition.code)
)


def front() -> Front:
    """Open and coming calls, and the latest results; two queries."""
    now = clock.now()
    calls = _calls(db.session.scalars(_FRONT, {"now": now}).all(), now)
    return Front(
        open=sorted((c for c in calls if c.phase is Phase.OPEN), key=attrgetter("deadline")),
        coming=sorted((c for c in calls if c.phase is Phase.ANNOUNCED), key=attrgetter("opens_at")),
        decided=[call for call in calls if call.results],
    )


def calls() -> list[Call]:
    """All announced competitions with their public data and published results."""
    found = db.session.scalars(_announced().options(selectinload(Competition.amendments))).all()
    return _calls(found, clock.now(), amended=True)


def open_data() -> list[dict[str, Any]]:
    """The records of the dataset `competitions`."""
    return [record(call) for call in calls()]


def _announced() -> Select[Competition]:
    return (
        select(Competition)
        .where(Competition.announced_at.is_not(None))
        .options(joinedload(Competition.municipality, innerjoin=True))
        .order_by(Competition.deadline.desc(), Competition.code)
    )


def _calls(
    competitions: Sequence[Competition], now: datetime, *, amended: bool = False
) -> list[Call]:
    results = awards.results(*competitions)
    return [
        Call(
            code=c.code,
            path=url_for("competitions.show", competition=c),
            url=page_url("competitions.show", competition=c),
            title=c.title,
            lead=c.lead,
            municipality=c.municipality_name,
            organiser=c.organiser,
            phase=public_phase(phase(c, now)),
            fixed_sum=c.fixed_sum,
            grants=c.number_of_grants,
            announced_at=c.announced_at,
            opens_at=c.opens_at,
            deadline=c.deadline,
            results_by=c.results_by,
            start_from=c.start_from,
            start_to=c.start_to,
            months=(c.months_min, c.months_max),
            amendments=[_amendment(a) for a in c.amendments] if amended else [],
            cancelled_at=c.cancelled_at,
            results=results.get(c.id),
        )
        for c in competitions
        if c.announced_at is not None
    ]


def _amendment(amendment: Amendment) -> dict[str, Any]:
    return {
        "number": amendment.number,
        "order": amendment.order_number,
        "order_date": amendment.order_date.isoformat(),
        "announced_at": amendment.announced_at.isoformat(),
        "reason": amendment.reason.to_json(),
        "changes": amendment.changes,
    }


def news() -> list[News]:
    """The entries of the feed: announcements, amendments, cancellations, results."""
    return [entry for call in calls() for entry in _news_of(call)]


def _news_of(call: Call) -> Iterator[News]:
    title, url = str(call.title), call.url
    terms = _(
        "%(grants)s grants of %(money)s each. Applications must be received by %(deadline)s.",
        grants=call.grants,
        money=formats.money(call.fixed_sum),
        deadline=formats.exact_instant(call.deadline),
    )
    announced = _("Announced: %(title)s", title=title)
    yield News("announced", call.announced_at, announced, terms, url)
    for one in call.amendments:
        at, reason = datetime.fromisoformat(one["announced_at"]), str(Words.of(one["reason"]))
        amended = _("Amended: %(title)s", title=title)
        yield News(f"amendment-{one['number']}", at, amended, reason, url)
    if call.cancelled_at:
        cancelled = _("Cancelled: %(title)s", title=title)
        yield News("cancelled", call.cancelled_at, cancelled, "", url)
    if results := call.results:
        given = _(
            "%(approved)s of %(decided)s projects get a grant.",
            approved=len(results.awards),
            decided=results.decided,
        )
        decided = _("Results: %(title)s", title=title)
        yield News("results", results.published_at, decided, given, f"{url}/results")


def appointments() -> list[Appointment]:
    """Openings, deadlines and promised results of competitions that are not over or cancelled."""
    found: list[Appointment] = []
    for call in calls():
        if call.phase not in (Phase.ANNOUNCED, Phase.OPEN, Phase.CLOSED):
            continue
        title = str(call.title)
        dates = (
            ("opens", call.opens_at, _("Opens: %(title)s", title=title)),
            ("deadline", call.deadline, _("Deadline: %(title)s", title=title)),
            ("results", call.results_by, _("Results promised: %(title)s", title=title)),
        )
        found += [Appointment(f"{call.code}-{key}", at, text, call.url) for key, at, text in dates]
    return found
