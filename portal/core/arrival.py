"""When a request reached the server: what a deadline is measured by, before anything is read of it.

The body of a slow upload is read later, so an application that began to arrive in time is in time.
"""

from datetime import datetime

from flask import Flask, g, request_started

from portal.core import clock


def init_app(app: Flask) -> None:
    """Note the instant of every request, first of all that happens to it."""
    request_started.connect(_note, app)


def arrived_at() -> datetime:
    """The instant at which this request reached the server; outside of one, now."""
    noted: datetime | None = g.get("arrived_at")
    return noted or clock.now()


def _note(_app: Flask, **_: object) -> None:
    g.arrived_at = clock.now()
