"""Sends a form whose session or CSRF token has expired once more, after signing in.

The POST's values, except files and passwords, are carried as hidden fields through the sign-in page
to a page whose one button sends them again to the same address with a new token. Only forms sent by
the portal's own pages are carried: otherwise a stranger's page could bring a form into somebody's
account by making them sign in.

A form goes back only to the person for whom its page was made (form_tokens.py). Anybody else who
has signed in meanwhile in another tab is told so, and can neither save nor read it.
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

PREFIX = "carried:"  # prefix of fields that are only carried through the sign-in page
FILES = "carried-files"
OWNER = "carried-for"  # the key of the person for whom the form was made
LEFT = {form_tokens.FIELD, *language_replay.SECRETS}  # within one request

Carried = list[tuple[str, str]]


def ask_to_sign_in() -> ResponseReturnValue:
    """Redirect a visitor to the sign-in page; an autosaving script gets 401."""
    if wants_json():
        message = _("You are no longer signed in. Sign in again: what you typed is still here.")
        return jsonify(code="signed_out", message=message), HTTPStatus.UNAUTHORIZED
    if request.method == "POST":
        return _sign_in_first(), HTTPStatus.UNAUTHORIZED
    return redirect(url_for("accounts.sign_in", next=here()))


def refuse_csrf(error: CSRFError) -> ResponseReturnValue:
    """Handle a form whose token does not fit the session: expired, another person's, or forged."""
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
    """The JSON refusal of a script's save; a person who has signed in again gets a new token."""
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
    """The fields that the sign-in page carries, for its template."""
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
    """The response after signing in: resend the form, return to the page asked for, or the desk."""
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
    """The address in `?next=` if it is one of this portal's; else None."""
    target = request.args.get("next", "")
    return target if is_own_path(target) else None


def _sign_in_first() -> str:
    form = SignInForm(formdata=None, next=here())
    return render_template("accounts/sign_in.html", form=form, **baggage())


def wants_json() -> bool:
    """Whether the request is a script's that expects JSON."""
    return request.is_json or request.accept_mimetypes.best == "application/json"


def _send_again(target: str, carried: Carried) -> str:
    files = FILES in request.form or language_replay.had_files()
    return render_template("accounts/send_again.html", url=target, carried=carried, files=files)


def _posted() -> Carried:
    """The values of this form without files and passwords."""
    return [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in LEFT and not name.startswith(PREFIX)
    ]


def _underway() -> Carried:
    """The values of an earlier form, carried by the sign-in page."""
    return [
        (name.removeprefix(PREFIX), value)
        for name, value in request.form.items(multi=True)
        if name.startswith(PREFIX)
    ]


def _ours() -> bool:
    """Whether the browser's headers say that one of the portal's own pages sent this form."""
    if "Sec-Fetch-Site" in request.headers:
        return request.headers["Sec-Fetch-Site"] == "same-origin"
    return request.headers.get("Origin", "").partition("://")[2] == request.host
