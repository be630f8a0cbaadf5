"""The CSRF token (Flask-WTF's), extended by the person for whom its page was made.

Signing in begins a new session (sign_in.py), whose token is made here and contains the person's
key. So a form that fits the session belongs to the signed-in person, in every tab; for one that
does not fit, `made_for` gives the owner even long after the session ended.
"""

import secrets

from flask import Flask, current_app, g, request, session
from itsdangerous import TimestampSigner, URLSafeTimedSerializer

from portal.core.accounts.models import Person

FIELD = "csrf_token"  # in forms, in the session, and in `g` for the rest of a request
VISITOR = ""
_SALT = "wtf-csrf-token"  # Flask-WTF's
_LONGEST = 300  # characters; longer ones are refused unread, since they might unpack to gigabytes


class _Undated(TimestampSigner):
    """A serializer without timestamp: the token stays the same through a session."""

    def get_timestamp(self) -> int:
        return 1


def init_app(app: Flask) -> None:
    """Give all pages of a session the same token."""
    app.before_request(_sign)


def begun(person: Person) -> dict[str, str]:
    """The session keys of a person's form tokens, set at sign-in."""
    return {FIELD: f"{secrets.token_hex(20)}.{person.id}"}


def made_for(token: str) -> str | None:
    """The key of the person for whom a form with this token was made, VISITOR, or None if it is no
    token.

    Reads expired tokens too, and those signed with an older secret key, so it proves nothing: a
    forger only misstates the owner of values that they typed themselves.
    """
    _signed, raw = _serializer().loads_unsafe(token) if len(token) <= _LONGEST else (False, None)
    return raw.partition(".")[2] if isinstance(raw, str) else None


def sent() -> str | None:
    """The person for whom the form of this request was made; see made_for."""
    return made_for(request.form.get(FIELD, ""))


def _sign() -> None:
    if request.endpoint != "static" and FIELD in session:
        g.csrf_token = _serializer().dumps(session[FIELD])


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt=_SALT, signer=_Undated)
