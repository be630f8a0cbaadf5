"""When a request was received: at the instant at which all of it had been. Deadlines go by that.

A proxy that takes bodies whole says when (docs/nginx.conf), so nobody loses time while a request
waits for a thread. Without one it is the instant at which the gate had read the body.
"""

import logging
import re
from datetime import UTC, datetime, timedelta

from flask import Flask, g, has_request_context, request

from portal.core import clock
from portal.core.periods import in_time
from portal.core.settings import settings

HEADER = "X-Request-Received"
# Longer than the proxy waits for an answer: after that it has told the sender that it failed.
LONGEST_WAIT = timedelta(seconds=120)
# Seconds since 1970, as nginx writes its $msec.
_SECONDS = re.compile(r"[0-9]{10}\.[0-9]{3}")

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Note the instant of every request. Register it behind the gate, which reads the body."""
    app.before_request(_note)


def arrived_at() -> datetime:
    """The instant at which all of this request had been received; outside of one, now."""
    noted: datetime | None = g.get("arrived_at") if has_request_context() else None
    return noted or clock.now()


def all_received(until: datetime) -> bool:
    """Whether nothing that was received by `until` can still be waiting for a thread.

    Whoever acts on what has come in by then waits for that: nobody is late for having waited.
    """
    return not in_time(until, taken_in())


def taken_in() -> datetime:
    """The instant up to which all that was received has been taken in; for queries."""
    return clock.now() - LONGEST_WAIT


def _note() -> None:
    now = clock.now()
    g.arrived_at = _said_by_the_proxy(now) or now


def _said_by_the_proxy(now: datetime) -> datetime | None:
    """What our proxy says, unless it is still to come or longer ago than anybody waits."""
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
