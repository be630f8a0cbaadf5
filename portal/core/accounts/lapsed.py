"""Where nobody is signed in: the way to the sign-in page and back."""

from http import HTTPStatus

from flask import jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _


def ask_to_sign_in() -> ResponseReturnValue:
    """Send a visitor to the sign-in page; a script that saves by itself gets 401 instead."""
    if wants_json():
        message = _("You are no longer signed in. Sign in again: what you typed is still here.")
        return jsonify(code="signed_out", message=message), HTTPStatus.UNAUTHORIZED
    return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))


def wants_json() -> bool:
    """Whether a script asks, and not a person."""
    return request.is_json or request.accept_mimetypes.best == "application/json"
