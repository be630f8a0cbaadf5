"""What the public pages and feeds read: announced competitions only, never a draft."""

from collections.abc import Sequence
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.core import clock, formats
from portal.core.db import Words, db
from portal.grants.awards import queries as awards
from portal.grants.competitions.models import Competition
from portal.grants.competitions.rules import Phase, phase
from portal.site.rules import Appointment, Call, News


def announced() -> Sequence[Competition]:
    """Every announced competition with its amendments, the latest deadline first."""
    return db.session.scalars(
        select(Competition)
        .where(Competition.announced_at.is_not(None))
        .options(joinedload(Competition.municipality), selectinload(Competition.amendments))
        .order_by(Competition.deadline.desc(), Competition.code)
    ).all()


def calls() -> list[Call]:
    """The competitions as the public knows them, with results where they are published."""
    competitions = announced()
    results = awards.results(*competitions)
    now = clock.now()
    return [
        Call(
            code=c.code,
            url=_address(c),
            title=c.title,
            lead=c.lead,
            municipality=c.municipality.name,
            organiser=c.municipality.organiser,
            phase=phase(c, now),
            fixed_sum=c.fixed_sum,
            grants=c.number_of_grants,
            announced_at=c.announced_at,
            opens_at=c.opens_at,
            deadline=c.deadline,
            results_by=c.results_by,
            start_from=c.start_from,
            start_to=c.start_to,
            months=(c.months_min, c.months_max),
            amendments=[
                {
                    "number": a.number,
                    "order": a.order_number,
                    "order_date": a.order_date.isoformat(),
                    "announced_at": a.announced_at.isoformat(),
                    "reason": a.reason.to_json(),
                    "changes": a.changes,
                }
                for a in c.amendments
            ],
            cancelled_at=c.cancelled_at,
            results=results.get(c.id),
        )
        for c in competitions
        if c.announced_at is not None
    ]


def news() -> list[News]:
    """What the feed tells: announcements, amendments, cancellations, results."""
    return [entry for call in calls() for entry in _news_of(call)]


def _news_of(call: Call) -> list[News]:
    title, money = str(call.title), formats.money(call.fixed_sum)
    entries = [
        News(
            "announced",
            call.announced_at,
            _("Announced: %(title)s", title=title),
            _(
                "%(grants)s grants of %(money)s each. Apply by %(deadline)s.",
                grants=call.grants,
                money=money,
                deadline=formats.exact_instant(call.deadline),
            ),
            call.url,
        )
    ]
    entries += [
        News(
            f"amendment-{a['number']}",
            datetime.fromisoformat(a["announced_at"]),
            _("Amended: %(title)s", title=title),
            str(Words.of(a["reason"])),
            call.url,
        )
        for a in call.amendments
    ]
    if call.cancelled_at:
        entries.append(
            News(
                "cancelled", call.cancelled_at, _("Cancelled: %(title)s", title=title), "", call.url
            )
        )
    if call.results:
        entries.append(
            News(
                "results",
                call.results.published_at,
                _("Results: %(title)s", title=title),
                _(
                    "%(approved)s of %(decided)s projects get a grant.",
                    approved=len(call.results.awards),
                    decided=call.results.decided,
                ),
                f"{call.url}/results",
            )
        )
    return entries


def appointments() -> list[Appointment]:
    """Openings, deadlines and promised results of competitions that are not over or cancelled."""
    ahead = (Phase.ANNOUNCED, Phase.OPEN, Phase.CLOSED, Phase.DECIDED)
    found: list[Appointment] = []
    for call in calls():
        if call.phase not in ahead:
            continue
        title = str(call.title)
        found += [
            Appointment(
                f"{call.code}-opens", call.opens_at, _("Opens: %(title)s", title=title), call.url
            ),
            Appointment(
                f"{call.code}-deadline",
                call.deadline,
                _("Deadline: %(title)s", title=title),
                call.url,
            ),
            Appointment(
                f"{call.code}-results",
                call.results_by,
                _("Results promised: %(title)s", title=title),
                call.url,
            ),
        ]
    return found


def _address(competition: Competition) -> str:
    return url_for("competitions.show", competition=competition, _external=True)
