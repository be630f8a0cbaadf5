"""The token of a form (Flask-WTF's) says of which session it is, and for whom its page was made.

Signing in begins a new session (sign_in.py), and its first token is made here, with the key of the
person in it. So a form that fits the session was made for who is signed in, in every tab; of one
that does not fit, `made_for` tells whose it is, long after its session has ended.
"""

import secrets

from flask import Flask, current_app, g, request, session
from itsdangerous import TimestampSigner, URLSafeTimedSerializer

from portal.core.accounts.models import Person

FIELD = "csrf_token"  # in forms, in the session, and in `g` for the rest of a request
VISITOR = ""
_SALT = "wtf-csrf-token"  # Flask-WTF's
_LONGEST = 300  # characters; what is longer is none of ours, and might unpack to gigabytes


class _Undated(TimestampSigner):
    """One token a session: with the time in it, a page would tell when it was last made anew."""

    def get_timestamp(self) -> int:
        return 1


def init_app(app: Flask) -> None:
    """Give every page of a session the same token."""
    app.before_request(_sign)


def begun(person: Person) -> dict[str, str]:
    """The session keys of a person's form tokens, set at sign-in."""
    return {FIELD: f"{secrets.token_hex(20)}.{person.id}"}


def made_for(token: str) -> str | None:
    """The key of whom the form with this token was made for, VISITOR, or None where it is no token.

    Asked of tokens that do not count any more, some signed with a secret key that has since been
    changed: who forges one only says so of what they have typed themselves.
    """
    _signed, raw = _serializer().loads_unsafe(token) if len(token) <= _LONGEST else (False, None)
    return raw.partition(".")[2] if isinstance(raw, str) else None


def sent() -> str | None:
    """For whom the form that this request sends was made; see made_for."""
    return made_for(request.form.get(FIELD, ""))


def _sign() -> None:
    if request.endpoint != "static" and FIELD in session:
        g.csrf_token = _serializer().dumps(session[FIELD])


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt=_SALT, signer=_Undated)
