"""The demo's sign-in page; exists in demo mode only."""

from http import HTTPStatus
from itertools import groupby

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.core import demo
from portal.core.access import public
from portal.core.accounts import sign_in
from portal.core.accounts.demo import queries
from portal.core.accounts.demo.cast import PERSONAS

views = Blueprint("demo", __name__, url_prefix="/demo")


views.before_request(demo.require)


@views.get("")
@public()
def index() -> ResponseReturnValue:
    made = queries.made()
    shown = [persona for persona in PERSONAS if persona.code in made]
    groups = [(name, list(them)) for name, them in groupby(shown, key=lambda each: each.group)]
    return render_template("demo/index.html", groups=groups)


@views.post("/sign-in")
@public()
def enter() -> ResponseReturnValue:
    person = queries.made().get(request.form.get("persona", ""))
    if person is None:
        abort(HTTPStatus.NOT_FOUND)
    sign_in.remember(sign_in.begin(person))
    return redirect(url_for("accounts.desk"))
