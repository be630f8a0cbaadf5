"""Where nobody is signed in, or a form is out of date: the way on, with what was typed.

A POST that comes too late is not lost. Everything in it but files and passwords travels along as
hidden fields: through the sign-in page, to a page whose one button sends it again, to the same
address and with a fresh token. Only what our own pages sent is carried: a form on a stranger's page
must not find its way into somebody's account by asking them to sign in.
"""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError

from portal.core import access
from portal.core.accounts.forms import SignInForm
from portal.core.accounts.rules import is_own_path

PREFIX = "carried:"  # before the names of fields that only travel through the sign-in page
FILES = "carried-files"
SECRETS = ("csrf_token", "password", "current")

Carried = list[tuple[str, str]]


def ask_to_sign_in() -> ResponseReturnValue:
    """Send a visitor to the sign-in page; a script that saves by itself gets 401 instead."""
    if wants_json():
        message = _("You are no longer signed in. Sign in again: what you typed is still here.")
        return jsonify(code="signed_out", message=message), HTTPStatus.UNAUTHORIZED
    if request.method == "POST":
        return _sign_in_first(), HTTPStatus.UNAUTHORIZED
    return redirect(url_for("accounts.sign_in", next=_here()))


def refuse_csrf(error: CSRFError) -> ResponseReturnValue:
    """A form whose token is missing or of another session: explain, and offer to send it again."""
    if wants_json():
        message = _("This page is out of date. Load it again.")
        return jsonify(code="csrf", message=message), HTTPStatus.BAD_REQUEST
    if not _ours():
        return render_template("accounts/foreign_form.html"), HTTPStatus.BAD_REQUEST
    if access.person() is None and not access.endpoint_is_public():
        return _sign_in_first(), HTTPStatus.BAD_REQUEST
    return _send_again(_here(), _posted()), HTTPStatus.BAD_REQUEST


def baggage() -> dict[str, Any]:
    """What the sign-in page carries, as its template takes it."""
    arrived = request.endpoint == "accounts.sign_in"
    return {
        "carried": _underway() if arrived else _posted(),
        "files": FILES in request.form if arrived else bool(request.files),
        "prefix": PREFIX,
        "files_field": FILES,
    }


def go_on() -> ResponseReturnValue:
    """After signing in: back to where one came from, or to the desk; a late form is sent again."""
    target = request.values.get("next", "")
    if not is_own_path(target):
        return redirect(url_for("accounts.desk"))
    if carried := _underway():
        return _send_again(target, carried)
    return redirect(target)


def onwards() -> str | None:
    """The page of ours that this address says to go on to: `?next=`; None for any other."""
    target = request.args.get("next", "")
    return target if is_own_path(target) else None


def _sign_in_first() -> str:
    form = SignInForm(formdata=None, next=_here())
    return render_template("accounts/sign_in.html", form=form, **baggage())


def _here() -> str:
    return request.full_path.rstrip("?")


def wants_json() -> bool:
    """Whether a script asks, and not a person."""
    return request.is_json or request.accept_mimetypes.best == "application/json"


def _send_again(target: str, carried: Carried) -> str:
    files = FILES in request.form or bool(request.files)
    return render_template("accounts/send_again.html", url=target, carried=carried, files=files)


def _posted() -> Carried:
    """What this form sent, without what must not be written into a page."""
    return [
        (name, value)
        for name, value in request.form.items(multi=True)
        if not any(secret in name for secret in SECRETS) and not name.startswith(PREFIX)
    ]


def _underway() -> Carried:
    """What an earlier form sent, and the sign-in page has carried."""
    return [
        (name.removeprefix(PREFIX), value)
        for name, value in request.form.items(multi=True)
        if name.startswith(PREFIX)
    ]


def _ours() -> bool:
    """Whether the browser says that one of our own pages sent this form."""
    if "Sec-Fetch-Site" in request.headers:
        return request.headers["Sec-Fetch-Site"] == "same-origin"
    return urlsplit(request.headers.get("Origin", "")).netloc == request.host
