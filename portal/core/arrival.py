"""The time at which a request was completely received, by which deadlines are judged.

A proxy that buffers bodies reports it (docs/nginx.conf), so waiting for a thread costs no time.
Without a proxy it is the time at which request_checks had read the body.
"""

import logging
import re
from datetime import UTC, datetime, timedelta

from flask import Flask, g, has_request_context, request

from portal.core import clock
from portal.core.periods import in_time
from portal.core.settings import settings

HEADER = "X-Request-Received"
# Longer than the proxy's timeout, after which the sender has seen a failure.
LONGEST_WAIT = timedelta(seconds=120)
# Seconds since 1970, as nginx writes its $msec.
_SECONDS = re.compile(r"[0-9]{10}\.[0-9]{3}")

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Note each request's time. Register it after request_checks, which reads the body."""
    app.before_request(_note)


def arrived_at() -> datetime:
    """The time at which this request was completely received; now, outside of a request."""
    noted: datetime | None = g.get("arrived_at") if has_request_context() else None
    return noted or clock.now()


def all_received(until: datetime) -> bool:
    """Whether all requests received by `until` have been processed, so that none can still
    come in."""
    return not in_time(until, taken_in())


def taken_in() -> datetime:
    """The time up to which all received requests have been processed; for queries."""
    return clock.now() - LONGEST_WAIT


def _note() -> None:
    now = clock.now()
    g.arrived_at = _said_by_the_proxy(now) or now


def _said_by_the_proxy(now: datetime) -> datetime | None:
    """The time reported by the proxy, unless it is in the future or too long ago."""
    if not settings().proxies:
        return None
    said = request.headers.get(HEADER, "")
    if _SECONDS.fullmatch(said):
        received = datetime.fromtimestamp(float(said), UTC)
        if now - LONGEST_WAIT <= received <= now:
            return received
    if request.method == "POST":
        log.warning("%s is %.40r: waiting for a thread counts as being late", HEADER, said)
    return None
