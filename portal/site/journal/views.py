"""The journal's page."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from portal.core.access import requires, signed_in
from portal.grants.competitions.models import Competition
from portal.grants.competitions.rights import Right
from portal.site.journal import queries, words

views = Blueprint("journal", __name__, url_prefix="/board/competitions")

_DIGITS = 18  # as many as a journal's number can have


@views.get("/<slug:competition>/journal")
@requires(Right.SEE)
def show(competition: Competition) -> ResponseReturnValue:
    return render_template(
        "site/journal/show.html",
        competition=competition,
        page=queries.page(signed_in(), competition, _before(request.args.get("before", ""))),
        words=words,
    )


def _before(typed: str) -> int | None:
    """The entry to go on from; the newest where the address has no such number."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= _DIGITS else None
