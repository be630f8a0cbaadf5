"""Single-use links: a random secret in the letter, its digest in the table, claimed by POST.

Each address begins with /link/, so that one rule keeps them out of logs: see core/logs.py, and
docs/decisions/sign-in.md for reverse proxies.
"""

import secrets
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from portal.core import clock
from portal.core.accounts.models import Token, TokenPurpose
from portal.core.accounts.rules import digest
from portal.core.arrival import arrived_at
from portal.core.db import db
from portal.core.errors import DomainError
from portal.core.periods import in_time
from portal.core.work import Work

LIFETIMES = {
    TokenPurpose.CONFIRM: timedelta(hours=48),
    TokenPurpose.EMAIL: timedelta(hours=48),
    TokenPurpose.RESET: timedelta(hours=1),
    TokenPurpose.INVITE: timedelta(days=14),
}


class LinkSpent(DomainError):
    """The link was used, replaced by a newer one, or has expired."""

    status = HTTPStatus.GONE

    def __init__(self) -> None:
        super().__init__(
            "link_spent",
            _l(
                "This link no longer works: it was used before, a newer one was sent, or it is too"
                " old."
            ),
        )


def issue(work: Work, purpose: TokenPurpose, *, email: str, **target: Any) -> tuple[Token, str]:
    """Make a link of this purpose for an address; older ones of the same kind become void.

    `target` is the link's object: person, or organisation with role and invited_by. Returns the row
    and the secret, which is stored nowhere.
    """
    same = [Token.purpose == purpose, Token.used_at.is_(None)]
    if purpose is TokenPurpose.INVITE:
        same += [Token.email == email, Token.organisation_id == target["organisation"].id]
    else:
        same.append(Token.person_id == target["person"].id)
    db.session.execute(update(Token).where(*same).values(used_at=clock.now()))
    secret = secrets.token_urlsafe(32)
    token = Token(
        purpose=purpose,
        digest=digest(secret),
        email=email,
        expires_at=clock.now() + LIFETIMES[purpose],
        **target,
    )
    return work.add(token), secret


def claim(purpose: TokenPurpose, secret: str) -> Token:
    """Part of a verb: use up the link; only one of concurrent calls succeeds. Raises LinkSpent."""
    token = peek(purpose, secret, lock=True)
    token.used_at = clock.now()
    return token


def peek(purpose: TokenPurpose, secret: str, *, lock: bool = False) -> Token:
    """The row of a valid link. Raises LinkSpent."""
    query = select(Token).where(
        Token.digest == digest(secret),
        Token.purpose == purpose,
        Token.used_at.is_(None),
        in_time(Token.expires_at, arrived_at()),
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    else:
        query = query.options(
            joinedload(Token.person),
            joinedload(Token.organisation),
            joinedload(Token.invited_by),
        )
    token = db.session.scalars(query).one_or_none()
    if token is None:
        raise LinkSpent
    return token
