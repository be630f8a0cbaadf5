"""The signed-in person of a request: Flask-Login over the table of sessions.

The signed cookie holds a random token and the time of the last request; the table holds the token's
digest, its absolute end, and whether it was ended. All are checked at every request. Signing in
empties the session and makes a new token, so that nothing planted in the browser, and no form of
the last session, is valid in the new one.
"""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from flask import Flask, Request, Response, g, request, session
from flask_login import LoginManager
from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from portal.core import clock
from portal.core.accounts import form_tokens
from portal.core.accounts.models import Person, SignIn
from portal.core.accounts.rules import device_of, digest
from portal.core.arrival import arrived_at
from portal.core.db import db
from portal.core.periods import in_time
from portal.core.settings import settings
from portal.core.work import Work, unit_of_work

COOKIE_KEY = "sign_in"
SEEN = "seen"
# Precision of the last request's time in the cookie: most responses need no new cookie.
SEEN_STEP = timedelta(minutes=1)


def init_app(app: Flask) -> None:
    """Set up `current_user`."""
    from portal.core.accounts import expired_sessions

    manager = LoginManager()
    # Replaces Flask-Login's check of network address and browser.
    manager.session_protection = None
    manager.request_loader(_person_of)
    manager.unauthorized_handler(expired_sessions.ask_to_sign_in)
    manager.init_app(app)
    form_tokens.init_app(app)
    app.after_request(_keep_seen)


def begin(person: Person) -> dict[str, Any]:
    """Begin a session of `person` in this browser; returns the values of its cookie."""
    with unit_of_work(person, "sign_in.begun", person) as work:
        return start(work, person)


def start(work: Work, person: Person) -> dict[str, Any]:
    """Part of a verb: the same as `begin`, as in the reset of a password."""
    token = secrets.token_urlsafe(32)
    work.add(
        SignIn(
            person_id=person.id,
            token_digest=digest(token),
            device=device_of(request.user_agent.string),
            expires_at=clock.now() + timedelta(hours=settings().session_hours),
        )
    )
    return {COOKIE_KEY: token, SEEN: _timestamp(), **form_tokens.begun(person)}


def remember(cookie: dict[str, Any]) -> None:
    """Replace this browser's session with `cookie` (see begin)."""
    forget()
    session.update(cookie)


def forget() -> None:
    """Empty this browser's session, and what this request has read from it."""
    session.clear()
    # the keys of Flask-WTF, Flask-Login and this module
    for read in (form_tokens.FIELD, "_login_user", "sign_in"):
        g.pop(read, None)


def current() -> SignIn | None:
    """The database session row of this request."""
    return cast("SignIn | None", g.get("sign_in"))


_BEGUN = (  # built once, as it runs in every request of a signed-in person
    select(SignIn)
    .where(SignIn.token_digest == bindparam("digest"), SignIn.ended_at.is_(None))
    .options(joinedload(SignIn.person, innerjoin=True).joinedload(Person.grants))
)


def _person_of(_request: Request) -> Person | None:
    """The person of the request's cookie with their grants, in one query; None if it expired."""
    token = session.get(COOKIE_KEY)
    if not isinstance(token, str) or _idle():
        return None
    found = db.session.scalars(_BEGUN, {"digest": digest(token)}).unique().one_or_none()
    if found is None or not in_time(found.expires_at, arrived_at()) or not found.person.is_active:
        return None
    g.sign_in = found
    return found.person


def _idle() -> bool:
    seen = datetime.fromtimestamp(session.get(SEEN, 0), UTC)
    return arrived_at() - seen > timedelta(minutes=settings().session_idle_minutes)


def _keep_seen(response: Response) -> Response:
    """Update the time of the last request in the cookie."""
    if current() and _timestamp() - session.get(SEEN, 0) >= SEEN_STEP.total_seconds():
        session[SEEN] = _timestamp()
    return response


def _timestamp() -> int:
    return int(clock.now().timestamp())
