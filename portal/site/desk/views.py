"""The board's desk, its first page."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.core import stages
from portal.core.access import requires, signed_in
from portal.grants.competitions.rights import Right
from portal.site.desk import queries

views = Blueprint("desk", __name__)


@views.get("/board/")
@requires(Right.BOARD)
def show() -> ResponseReturnValue:
    actor = signed_in()
    strips = queries.strips(actor)
    return render_template(
        "site/desk/show.html",
        tasks=stages.tasks_of(actor),
        strips=strips,
        ahead=queries.ahead(strips),
    )
