"""Who is asking: Flask-Login over the table of sign-ins.

The signed cookie holds a random token and the instant of the last request; the table holds the
token's digest, the absolute end, and whether somebody ended it. All three are checked here, on the
server, at every request. Signing in empties the session and starts a new token, so that nothing a
stranger planted in a browser outlives it, and no form of the last session counts in the next.
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
# The cookie says when its person was last here, to this precision: most responses need no new one.
SEEN_STEP = timedelta(minutes=1)


def init_app(app: Flask) -> None:
    """Give `app` its current_user."""
    from portal.core.accounts import expired_sessions

    manager = LoginManager()
    # Its check of address and browser is replaced by ours of the token.
    manager.session_protection = None
    manager.request_loader(_person_of)
    manager.unauthorized_handler(expired_sessions.ask_to_sign_in)
    manager.init_app(app)
    form_tokens.init_app(app)
    app.after_request(_keep_seen)


def begin(person: Person) -> dict[str, Any]:
    """Sign `person` in with this browser; give what its cookie has to hold."""
    with unit_of_work(person, "sign_in.begun", person) as work:
        return start(work, person)


def start(work: Work, person: Person) -> dict[str, Any]:
    """The same within a verb that signs somebody in, as the reset of a password does."""
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
    """Make this browser's session the one of `cookie` (see begin), with nothing of the last."""
    forget()
    session.update(cookie)


def forget() -> None:
    """Empty this browser's session, and what this request has read from it."""
    session.clear()
    # Flask-WTF's, Flask-Login's and ours
    for read in (form_tokens.FIELD, "_login_user", "sign_in"):
        g.pop(read, None)


def current() -> SignIn | None:
    """The sign-in of this request."""
    return cast("SignIn | None", g.get("sign_in"))


_BEGUN = (  # built once: every request of a signed-in person asks it
    select(SignIn)
    .where(SignIn.token_digest == bindparam("digest"), SignIn.ended_at.is_(None))
    .options(joinedload(SignIn.person, innerjoin=True).joinedload(Person.grants))
)


def _person_of(_request: Request) -> Person | None:
    """The person of this request's cookie and their grants, in one query; None where it lapsed."""
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
    """Move the instant of the last request on, in the cookie and nowhere else."""
    if current() and _timestamp() - session.get(SEEN, 0) >= SEEN_STEP.total_seconds():
        session[SEEN] = _timestamp()
    return response


def _timestamp() -> int:
    return int(clock.now().timestamp())
