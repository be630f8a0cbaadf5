"""The history of roles, at the auditor's and the administrator's URL."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.core import parsing
from portal.core.access import requires, signed_in
from portal.core.accounts.rights import Right as Accounts
from portal.core.accounts.roles import ROLES
from portal.core.audit.queries import entry_number
from portal.core.documents.exports import Cell, send_csv
from portal.core.errors import Message
from portal.site.roles import queries
from portal.site.roles.labels import what
from portal.site.roles.queries import Cursor, Filters, Line
from portal.site.roles.rights import Right

views = Blueprint("roles", __name__)

EXPORTED: tuple[Message, ...] = (
    *(_l("When (Riga time)"), _l("By whom"), _l("Person"), _l("Role"), _l("Where")),
    *(_l("What was done"), _l("Number of the order"), _l("Date of the order"), _l("Reason")),
)


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
    page = queries.page(signed_in(), filters, request.args.get("after", type=_cursor))
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
    return Filters(parsing.sought(request.args.get("q", "")), request.args.get("where", type=UUID))


def _cursor(typed: str) -> Cursor:
    """The cursor of a page; raises ValueError if malformed."""
    number, _dot, grant = typed.partition(".")
    return entry_number(number), UUID(grant)
