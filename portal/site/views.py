"""The public pages that belong to no stage: home, how to apply, open data, feeds.

Remaining times are shown in minutes, and so the responses' tags change once a minute.
"""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from flask import Blueprint, Response, abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.core import clock, pages, stages
from portal.core.access import public
from portal.core.caching import conditional
from portal.core.concurrency import takes_slot
from portal.core.messages.links import page_url
from portal.site import queries, rules

views = Blueprint("site", __name__)


@views.get("/")
@public()
def home() -> ResponseReturnValue:
    return conditional(lambda: render_template("site/home.html", front=queries.front()))


@views.get("/how-to-apply")
@public()
def how_to_apply() -> ResponseReturnValue:
    return render_template("site/how_to_apply.html")


@views.get("/about/accessibility")
@public()
def accessibility() -> ResponseReturnValue:
    return render_template("site/accessibility.html")


@views.get("/about/privacy")
@public()
def privacy() -> ResponseReturnValue:
    return render_template("site/privacy.html")


@views.get("/open-data")
@public()
def open_data() -> ResponseReturnValue:
    return render_template("site/open_data.html", datasets=stages.datasets())


@views.get("/open-data/<dataset>.json")
@public()
@takes_slot
def dataset(dataset: str) -> ResponseReturnValue:
    found = next((one for one in stages.datasets() if one.name == dataset), None)
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    return _file(
        lambda: rules.as_json(rules.document(found.name, found.records(), _this_minute())),
        "application/json",
    )


@views.get("/competitions.atom")
@public()
@takes_slot
def competitions_atom() -> ResponseReturnValue:
    return _file(
        lambda: rules.atom(
            queries.news(),
            title=_("Project competitions"),
            url=page_url("site.competitions_atom"),
            language=pages.language(),
            at=_this_minute(),
        ),
        "application/atom+xml",
    )


@views.get("/competitions.ics")
@public()
@takes_slot
def competitions_ics() -> ResponseReturnValue:
    return _file(
        lambda: rules.calendar(
            queries.appointments(), title=_("Project competitions"), stamp=_this_minute()
        ),
        "text/calendar",
    )


def _file(make: Callable[[], str], mimetype: str) -> Response:
    """A response for machines, readable by any site."""
    response = conditional(make)
    response.mimetype = mimetype
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _this_minute() -> datetime:
    """A feed's time of creation, to the minute, so that it is unchanged for as long."""
    return clock.now().replace(second=0, microsecond=0)
