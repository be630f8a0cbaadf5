"""Limits on tries: by account, and more generously by network address.

A try is counted and committed before it is carried out, so that neither a failure nor a hundred
simultaneous tries evade the limit. Keys are digests: the table contains no address.

Every form that a visitor sends is counted.
"""

from datetime import timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address

from flask import Flask, request
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from portal.core import access, clock, language_replay
from portal.core.accounts.models import Throttle
from portal.core.accounts.rules import Limit, Tries, digest, spend
from portal.core.db import db
from portal.core.errors import TooMany

# Five wrong passwords, then a wait that doubles up to a quarter of an hour.
PASSWORD = Limit("password", 5, timedelta(minutes=15), first_wait=timedelta(minutes=1))
# Generous, as a whole school may share one address on the day of a deadline.
SIGN_INS_OF_ADDRESS = Limit("sign-ins", 200, timedelta(minutes=15))
# Letters that a visitor can cause: to one mailbox, and from one address.
LETTERS_TO_MAILBOX = Limit("letters-to", 5, timedelta(hours=1))
LETTERS_OF_ADDRESS = Limit("letters-of", 60, timedelta(minutes=15))
# All forms that visitors send: registering, signing in, checking receipts.
FORMS_OF_ADDRESS = Limit("forms-of", 600, timedelta(minutes=15))

_READING = frozenset({"GET", "HEAD", "OPTIONS"})


def init_app(app: Flask) -> None:
    """Count visitors' forms. Register it after request_checks, which limits their size."""
    app.before_request(_count_visitors)


def _count_visitors() -> None:
    if request.method not in _READING and access.person() is None:
        attempt_of_address(FORMS_OF_ADDRESS)


def attempt(limit: Limit, who: str) -> None:
    """Count one try of `who`. Raises TooMany, uncounted, while they have to wait."""
    now, key = clock.now(), _key(limit, who)
    # Locks the row; inserts it if a successful sign-in has just deleted it.
    row = db.session.scalars(
        insert(Throttle)
        .values(key=key, count=0, since=now)
        .on_conflict_do_update(index_elements=[Throttle.key], set_={"key": key})
        .returning(Throttle),
        execution_options={"populate_existing": True},
    ).one()
    wait = row.blocked_until - now if row.blocked_until else timedelta(0)
    if wait <= timedelta(0):
        after = spend(limit, Tries(row.count, row.since), now)
        row.count, row.since, row.blocked_until = after.count, after.since, after.blocked_until
    with language_replay.counted():
        db.session.commit()
    if wait > timedelta(0):
        raise too_many(wait)


def attempt_of_address(limit: Limit) -> None:
    """Count one try of this request's network address."""
    attempt(limit, network_of(request.remote_addr or ""))


def network_of(address: str) -> str:
    """The network counted as one client: an IPv6 /64 (RFC 6177), or the IPv4 address."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if isinstance(known, IPv6Address) and known.ipv4_mapped is None:
        return str(IPv6Network((known, 64), strict=False))
    return address


def forgive(limit: Limit, who: str) -> None:
    """Delete the tries of `who`, in the verb that succeeded."""
    db.session.execute(delete(Throttle).where(Throttle.key == _key(limit, who)))


def too_many(wait: timedelta) -> TooMany:
    """The refusal, with the wait rounded to minutes or hours."""
    return TooMany(_("Too many tries.") + " " + _again_in(wait), int(wait.total_seconds()) + 1)


def _again_in(wait: timedelta) -> str:
    minutes = -(-int(wait.total_seconds()) // 60)
    if minutes <= 120:
        return ngettext("Try again in %(num)s minute.", "Try again in %(num)s minutes.", minutes)
    hours = -(-minutes // 60)
    return ngettext("Try again in %(num)s hour.", "Try again in %(num)s hours.", hours)


def _key(limit: Limit, who: str) -> str:
    return f"{limit.name}:{digest(who)}"
