"""The history of roles, at the auditor's address and at the administrator's."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.core import parsing
from portal.core.access import requires, signed_in
from portal.core.accounts.rights import Right as Accounts
from portal.core.accounts.roles import WORDS as ROLES
from portal.core.documents.exports import Cell, send_csv
from portal.core.errors import Message
from portal.site.roles import queries
from portal.site.roles.queries import Cursor, Filters, Line
from portal.site.roles.rights import Right
from portal.site.roles.words import what

views = Blueprint("roles", __name__)

EXPORTED: tuple[Message, ...] = (
    *(_l("When (Riga time)"), _l("By whom"), _l("Person"), _l("Role"), _l("Where")),
    *(_l("What was done"), _l("Number of the order"), _l("Date of the order"), _l("Reason")),
)
_DIGITS = 18  # as many as a journal's number can have


@views.get("/board/roles")
@requires(Right.AUDIT)
def audited() -> ResponseReturnValue:
    return _page()


@views.get("/admin/roles/changes")
@requires(Accounts.ADMINISTER)
def administered() -> ResponseReturnValue:
    return _page()


@views.get("/board/roles.csv")
@requires(Right.AUDIT)
def audited_csv() -> ResponseReturnValue:
    return _file()


@views.get("/admin/roles/changes.csv")
@requires(Accounts.ADMINISTER)
def administered_csv() -> ResponseReturnValue:
    return _file()


def _page() -> ResponseReturnValue:
    filters = _filters()
    page = queries.page(signed_in(), filters, _cursor(request.args.get("after", "")))
    return render_template(
        "site/roles/show.html",
        page=page,
        places=queries.places(signed_in()),
        filters=filters,
        asked={"q": filters.name or None, "where": filters.where},
        after="{}.{}".format(*page.after) if page.after else None,
        what=what,
        here=request.endpoint,
    )


def _file() -> ResponseReturnValue:
    lines = queries.every(signed_in(), _filters())
    header = [str(one) for one in EXPORTED]
    return send_csv(f"{_('Roles')}.csv", header, (_row(line) for line in lines))


def _row(line: Line) -> tuple[Cell, ...]:
    return (
        *(line.at, line.who or "", line.person, str(ROLES[line.role]), line.where),
        *(what(line.change), line.order_number, line.order_date, line.reason),
    )


def _filters() -> Filters:
    return Filters(parsing.sought(request.args.get("q", "")), _key(request.args.get("where", "")))


def _key(typed: str) -> UUID | None:
    """A key in the address; None for whatever is none."""
    try:
        return UUID(typed)
    except ValueError:
        return None


def _cursor(typed: str) -> Cursor | None:
    """The line to go on from; the newest where the address names none."""
    number, _dot, grant = typed.partition(".")
    key = _key(grant)
    if key is None or not (number.isascii() and number.isdigit() and len(number) <= _DIGITS):
        return None
    return int(number), key
