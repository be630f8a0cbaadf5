"""Sends a form whose session or CSRF token has expired once more, after signing in.

A POST that comes too late is not lost. Everything in it but files and passwords travels along as
hidden fields: through the sign-in page, to a page whose one button sends it again, to the same
address and with a fresh token. Only what our own pages sent is carried: a form on a stranger's page
must not find its way into somebody's account by asking them to sign in.

It travels to whom its page was made for (form_tokens.py) and to nobody else. Whoever has signed in
meanwhile in another tab is told who that is, and neither saves nor reads what the other has typed.
"""

from http import HTTPStatus
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError, generate_csrf

from portal.core import access, language_replay
from portal.core.accounts import form_tokens
from portal.core.accounts.forms import SignInForm
from portal.core.accounts.models import Person
from portal.core.accounts.rules import is_own_path
from portal.core.pages import here

PREFIX = "carried:"  # before the names of fields that only travel through the sign-in page
FILES = "carried-files"
OWNER = "carried-for"  # the key of whom the form was made for
LEFT = {form_tokens.FIELD, *language_replay.SECRETS}  # of this request alone

Carried = list[tuple[str, str]]


def ask_to_sign_in() -> ResponseReturnValue:
    """Send a visitor to the sign-in page; a script that saves by itself gets 401 instead."""
    if wants_json():
        message = _("You are no longer signed in. Sign in again: what you typed is still here.")
        return jsonify(code="signed_out", message=message), HTTPStatus.UNAUTHORIZED
    if request.method == "POST":
        return _sign_in_first(), HTTPStatus.UNAUTHORIZED
    return redirect(url_for("accounts.sign_in", next=here()))


def refuse_csrf(error: CSRFError) -> ResponseReturnValue:
    """A form that does not fit the session: it is out of date, or another's, or a stranger's."""
    actor, owner = access.person(), form_tokens.sent()
    if wants_json():
        return _tell_script(actor, owner)
    if not _ours() or owner is None:
        language_replay.carry_nothing()
        return render_template("accounts/foreign_form.html"), HTTPStatus.BAD_REQUEST
    if actor is not None and request.endpoint == "accounts.sign_in":
        return go_on()
    if actor is not None and owner != str(actor.id):
        language_replay.carry_nothing()
        return render_template("accounts/anothers_form.html"), HTTPStatus.CONFLICT
    if actor is None and request.endpoint == "accounts.sign_out":
        return redirect(url_for("accounts.sign_in"))
    if actor is None and (owner or not access.endpoint_is_public()):
        return _sign_in_first(), HTTPStatus.BAD_REQUEST
    return _send_again(here(), _posted()), HTTPStatus.BAD_REQUEST


def _tell_script(actor: Person | None, owner: str | None) -> ResponseReturnValue:
    """Why a script's save was refused; who has signed in again gets a token to save it with."""
    if actor is None and owner:
        return ask_to_sign_in()
    if actor is not None and owner is not None and owner != str(actor.id):
        message = _(
            "Another user (%(name)s) is signed in in this browser now. Nothing was saved.",
            name=actor.name,
        )
        return jsonify(code="another", message=message), HTTPStatus.CONFLICT
    answer = {"code": "csrf", "message": _("This page is out of date. Load it again.")}
    if actor is not None and owner and _ours():
        answer["token"] = generate_csrf()
    return jsonify(answer), HTTPStatus.BAD_REQUEST


def baggage() -> dict[str, Any]:
    """What the sign-in page carries, as its template takes it."""
    arrived = request.endpoint == "accounts.sign_in"
    return {
        "carried": _underway() if arrived else _posted(),
        "files": FILES in request.form if arrived else language_replay.had_files(),
        "prefix": PREFIX,
        "files_field": FILES,
        "owner": request.form.get(OWNER) if arrived else form_tokens.sent(),
        "owner_field": OWNER,
    }


def go_on() -> ResponseReturnValue:
    """After signing in: back to where one came from, or to the desk; a late form is sent again."""
    target, carried = request.values.get("next", ""), _underway()
    if not is_own_path(target):
        return redirect(url_for("accounts.desk"))
    if not carried:
        return redirect(target)
    if request.form.get(OWNER) in (form_tokens.VISITOR, str(access.signed_in().id)):
        return _send_again(target, carried)
    flash(_("Another user had filled in that page. Nothing of it was saved."), "warning")
    return redirect(url_for("accounts.desk"))


def onwards() -> str | None:
    """The page of ours that this address says to go on to: `?next=`; None for any other."""
    target = request.args.get("next", "")
    return target if is_own_path(target) else None


def _sign_in_first() -> str:
    form = SignInForm(formdata=None, next=here())
    return render_template("accounts/sign_in.html", form=form, **baggage())


def wants_json() -> bool:
    """Whether a script asks, and not a person."""
    return request.is_json or request.accept_mimetypes.best == "application/json"


def _send_again(target: str, carried: Carried) -> str:
    files = FILES in request.form or language_replay.had_files()
    return render_template("accounts/send_again.html", url=target, carried=carried, files=files)


def _posted() -> Carried:
    """What this form sent, without what must not be written into a page."""
    return [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in LEFT and not name.startswith(PREFIX)
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
    return request.headers.get("Origin", "").partition("://")[2] == request.host
