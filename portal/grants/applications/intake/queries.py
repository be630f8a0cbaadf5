"""The board's list of applications: only the shown columns, paged by key."""

from collections import ChainMap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, func, select, tuple_

from portal.core.accounts.models import Person
from portal.core.db import db
from portal.grants.applications import hooks
from portal.grants.applications.content import measured, with_replies
from portal.grants.applications.intake.rules import PAGE, Show, Sort, View
from portal.grants.applications.labels import CHANNELS
from portal.grants.applications.models import (
    Application,
    ApplicationState,
    Channel,
    Counted,
    Submission,
)
from portal.grants.applications.queries import replies_to
from portal.grants.competitions.cached_terms import sections_of
from portal.grants.competitions.models import Competition

# The answers in the export, by what they measure.
MEASURED = ("participants", "at_risk", "start", "months")


@dataclass(frozen=True, slots=True)
class Line:
    """One application of the list; `title` is None if its content is closed to the reader."""

    number: str
    title: str | None
    applicant: str
    channel: Channel
    received_at: datetime
    state: ApplicationState
    key: str  # the key of the page that begins after it


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the list, and the key of the next one."""

    lines: Sequence[Line]
    following: str


@dataclass(frozen=True, slots=True)
class Counts:
    """The numbers of applications by sort."""

    counted: int
    paper: int
    withdrawn: int
    drafts: int


# The selected columns of a line, in order.
Listed = Select[str | None, int | None, str | None, str, str, str, datetime, ApplicationState]

_ORDER: dict[Sort, Any] = {
    Sort.NUMBER: Application.ordinal,
    Sort.RECEIVED: Counted.submitted_at,
    Sort.APPLICANT: Counted.sort_name,
}


def counts(competition: Competition) -> Counts:
    """The numbers of a competition's applications, in one query."""
    submitted = Application.state == ApplicationState.SUBMITTED
    row = db.session.execute(
        select(
            func.count().filter(submitted),
            func.count().filter(submitted, Counted.channel != Channel.PORTAL),
            func.count().filter(Application.state == ApplicationState.WITHDRAWN),
            func.count().filter(
                Application.state == ApplicationState.DRAFT, Application.deleted_at.is_(None)
            ),
        )
        .select_from(Application)
        .outerjoin(Counted, Counted.application_id == Application.id)
        .where(Application.competition_id == competition.id)
    ).one()
    return Counts(*row)


def page(actor: Person, competition: Competition, view: View) -> Page:
    """One page of the list, in one query."""
    order = _ORDER[view.sort]
    query = (
        _listed(actor, competition, view.show).order_by(order, Application.ordinal).limit(PAGE + 1)
    )
    if position := _position(view):
        query = query.where(tuple_(order, Application.ordinal) > position)
    lines = [_line(row, view.sort) for row in db.session.execute(query)]
    more = len(lines) > PAGE
    return Page(lines[:PAGE], lines[PAGE - 1].key if more else "")


def _listed(actor: Person, competition: Competition, show: Show) -> Listed:
    query = (
        select(
            Application.number,
            Application.ordinal,
            case((hooks.readable(actor, competition), Counted.title)),
            Counted.applicant,
            Counted.sort_name,
            Counted.channel,
            Counted.submitted_at,
            Application.state,
        )
        .join(Counted, Counted.application_id == Application.id)
        .where(Application.competition_id == competition.id)
    )
    if show is Show.WITHDRAWN:
        return query.where(Application.state == ApplicationState.WITHDRAWN)
    query = query.where(Application.state == ApplicationState.SUBMITTED)
    return query.where(Counted.channel != Channel.PORTAL) if show is Show.PAPER else query


def _line(row: Any, sort: Sort) -> Line:
    number, ordinal, title, name, sort_name, channel, received_at, state = row
    shown: dict[Sort, str] = {
        Sort.NUMBER: str(ordinal),
        Sort.RECEIVED: received_at.isoformat(),
        Sort.APPLICANT: sort_name,
    }
    return Line(
        number, title, name, Channel(channel), received_at, state, f"{ordinal}~{shown[sort]}"
    )


def _position(view: View) -> tuple[Any, int] | None:
    """The position after which a page begins; None for the first one, or an invalid key."""
    ordinal, _sep, value = view.after.partition("~")
    if not (ordinal.isascii() and ordinal.isdigit() and len(ordinal) < 9):
        return None
    try:
        keys: dict[Sort, Any] = {
            Sort.NUMBER: int(ordinal),
            Sort.RECEIVED: datetime.fromisoformat(value) if view.sort is Sort.RECEIVED else None,
            Sort.APPLICANT: value,
        }
    except ValueError:
        return None
    return keys[view.sort], int(ordinal)


def exported(actor: Person, competition: Competition) -> Iterator[list[Any]]:
    """Every valid application as a line of the export, read in portions.

    Of those closed to the actor only what the list shows.
    """
    sections, replies = sections_of(competition), replies_to(competition)
    rows = db.session.execute(
        select(
            Submission.content,
            Submission.seal,
            Application.id,
            Application.number,
            Counted.title,
            hooks.readable(actor, competition),
        )
        .join(Submission.application)
        .join(Counted, Counted.application_id == Application.id)
        .where(
            Application.competition_id == competition.id,
            Application.state == ApplicationState.SUBMITTED,
            Submission.superseded_at.is_(None),
        )
        .order_by(Application.ordinal)
        .execution_options(yield_per=100)
    )
    for content, seal, key, number, title, readable in rows:
        applicant, partner = content["applicant"], content.get("partner") or {}
        channel = str(CHANNELS[Channel(content["channel"])])
        received_at = datetime.fromisoformat(content["received_at"])
        if not readable:
            line = [number, "", applicant["name"], "", "", channel, received_at]
            yield [*line, *[""] * len(MEASURED), ""]
            continue
        answers = with_replies(sections, content, replies.get(key, ())).values()
        values = measured(sections, ChainMap(*answers))
        yield [
            number,
            title,
            applicant["name"],
            applicant["registration_number"] or "",
            partner.get("name", ""),
            channel,
            received_at,
            *(values.get(one) for one in MEASURED),
            seal,
        ]
