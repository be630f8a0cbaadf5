"""The public pages that belong to no stage: home, how to apply, open data, feeds, health."""

from flask import Blueprint, Response, jsonify, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.core import clock, pages
from portal.core.access import public
from portal.site import queries, rules

views = Blueprint("site", __name__)


@views.get("/")
@public()
def home() -> ResponseReturnValue:
    front = queries.front()
    return render_template(
        "site/home.html", open=front.open, coming=front.coming, decided=front.decided
    )


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
    return render_template("site/open_data.html")


@views.get("/open-data/competitions.json")
@public()
def competitions_json() -> ResponseReturnValue:
    return jsonify(rules.open_data(queries.calls(), clock.now()))


@views.get("/competitions.atom")
@public()
def competitions_atom() -> ResponseReturnValue:
    feed = rules.atom(
        queries.news(),
        title=_("Project competitions"),
        url=url_for(".competitions_atom", _external=True),
        language=pages.language(),
        at=clock.now(),
    )
    return Response(feed, mimetype="application/atom+xml")


@views.get("/competitions.ics")
@public()
def competitions_ics() -> ResponseReturnValue:
    dates = rules.calendar(
        queries.appointments(), title=_("Project competitions"), stamp=clock.now()
    )
    return Response(dates, mimetype="text/calendar")
