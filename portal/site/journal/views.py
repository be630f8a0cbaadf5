"""The journal's page, and its export."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.core import formats
from portal.core.access import requires, signed_in
from portal.core.audit.queries import entry_number
from portal.core.db import dumps
from portal.core.documents.exports import Cell, send_csv
from portal.core.errors import Message
from portal.core.parsing import sought
from portal.core.stages import vocabulary
from portal.grants.applications.rules import number_in
from portal.grants.competitions.models import Competition
from portal.grants.competitions.rights import Right
from portal.site.journal import labels, queries
from portal.site.journal.queries import Filters, Line

views = Blueprint("journal", __name__, url_prefix="/board/competitions")

EXPORTED: tuple[Message, ...] = (
    *(_l("Entry"), _l("When (Riga time)"), _l("By whom"), _l("What was done"), _l("Application")),
    *(_l("Details"), _l("What"), _l("Field"), _l("Before"), _l("After")),
)


@views.get("/<slug:competition>/journal")
@requires(Right.SEE)
def show(competition: Competition) -> ResponseReturnValue:
    filters, before = _filters(competition), request.args.get("before", type=entry_number)
    return render_template(
        "site/journal/show.html",
        competition=competition,
        page=queries.page(signed_in(), competition, filters, before),
        choices=queries.choices(signed_in(), competition, filters),
        filters=filters,
        asked={name: value for name, value in asdict(filters).items() if value},
        words=labels,
    )


@views.get("/<slug:competition>/journal.csv")
@requires(Right.SEE)
def csv(competition: Competition) -> ResponseReturnValue:
    pages = queries.pages(signed_in(), competition, _filters(competition))
    rows = (row for page in pages for line in page.lines for row in _rows(line, page.about))
    return send_csv(f"{_('Journal')} {competition.code}.csv", [str(one) for one in EXPORTED], rows)


def _rows(line: Line, about: Mapping[str, str]) -> Iterator[tuple[Cell, ...]]:
    """One row per change, or one for an entry without any."""
    facts = "; ".join(
        f"{labels.fact(name)}: {_value(value, name)}" for name, value in line.facts.items()
    )
    entry = (line.number, line.at, line.who or "", line.event, line.about, facts)
    if not line.changes:
        yield (*entry, "", "", "", "")
    for one in line.changes:
        what = f"{labels.table(one.table)} {about.get(one.key, '')}".strip()
        before, after = (_value(value, one.code, one.table) for value in (one.before, one.after))
        yield (*entry, what, one.column, before, after)


def _value(value: Any, name: str, table: str = "") -> str:
    """A value for a spreadsheet: with the spaces of our formats as ordinary ones, or as typed."""
    shown = labels.value(value, name, table)
    return shown if formats.NBSP in dumps(value) else shown.replace(formats.NBSP, " ")


def _filters(competition: Competition) -> Filters:
    asked, known = request.args, vocabulary()
    typed, code = asked.get("number", ""), competition.code
    return Filters(
        thing=_known({**known.tables, **known.things}, asked.get("thing", "")),
        # In the journal of a competition the last part of a number is enough.
        number=number_in(code, typed) or number_in(code, f"{code}-{typed}") or sought(typed),
        person=asked.get("person", type=UUID),
        event=_known(known.events, asked.get("event", "")),
        first_day=asked.get("first_day", type=_day),
        last_day=asked.get("last_day", type=_day),
    )


def _known(codes: Mapping[str, object], typed: str) -> str:
    return typed if typed in codes else ""


def _day(typed: str) -> date:
    """A day in the supported years; raises ValueError."""
    day = date.fromisoformat(typed)
    if not 1900 < day.year < 2200:
        raise ValueError
    return day
