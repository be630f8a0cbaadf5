"""The door of the demo: choose who to be. These pages are there in demo mode only."""

from http import HTTPStatus
from itertools import groupby
from typing import cast

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config import Settings
from portal.core.access import public
from portal.core.accounts import sign_in
from portal.core.accounts.demo import queries
from portal.core.accounts.demo.cast import PERSONAS

views = Blueprint("demo", __name__, url_prefix="/demo")


@views.before_request
def _only_in_demo() -> None:
    if not cast(Settings, current_app.extensions["settings"]).demo:
        abort(HTTPStatus.NOT_FOUND)


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
    known = {persona.code for persona in PERSONAS}
    code = request.form.get("persona", "")
    person = queries.persona(code) if code in known else None
    if person is None:
        abort(HTTPStatus.NOT_FOUND)
    sign_in.remember(sign_in.begin(person))
    return redirect(url_for("accounts.desk"))
