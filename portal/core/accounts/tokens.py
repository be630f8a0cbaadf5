"""Single-use links: random in the letter, a digest in the table, claimed by POST.

Every such address begins with /link/, so that one rule keeps all of them out of logs: see
core/logs.py, and docs/decisions/sign-in.md for reverse proxies.
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
    """The link was used, replaced by a newer one, or is too old."""

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
    """Make a link of this purpose for an address; older ones of the same kind stop working.

    `target` says whose or into what: person, or organisation with role and invited_by. Gives the
    row and the secret, which stands nowhere but in the letter.
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
    """Within a verb: use the link up; of two that claim it one gets it. Raises LinkSpent."""
    token = peek(purpose, secret, lock=True)
    token.used_at = clock.now()
    return token


def peek(purpose: TokenPurpose, secret: str, *, lock: bool = False) -> Token:
    """The row of a link that still works. Raises LinkSpent."""
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
