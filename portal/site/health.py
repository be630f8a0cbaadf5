"""Health checks: whether the process responds, and whether it can work."""

from http import HTTPStatus

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.core import demo, jobs, revision
from portal.core.access import public
from portal.core.connections import at_most
from portal.core.db import db
from portal.core.errors import MAY_BE_UNAVAILABLE, unavailable
from portal.core.settings import settings

LONGEST = 3  # seconds for the database's answer

views = Blueprint("health", __name__)


@views.get("/healthz")
@public()
def healthz() -> ResponseReturnValue:
    return {"status": "ok"}


@views.get("/readyz")
@public()
def readyz() -> ResponseReturnValue:
    """Whether the database answers, suits this process, and has the tables of this code.

    Includes the worker's last heartbeat: without a worker letters wait, and all else works.
    """
    try:
        with at_most(LONGEST):
            foreign = demo.refusal(settings().demo, demo.origin(db.session.connection()))
            current = revision.is_current(db.session.connection())
            seen = jobs.worker_seen() if current else None
    except MAY_BE_UNAVAILABLE as error:
        if unavailable(error) is None:
            raise
        return {"status": "no database"}, HTTPStatus.SERVICE_UNAVAILABLE
    if foreign:
        return {"status": foreign}, HTTPStatus.SERVICE_UNAVAILABLE
    if not current:
        return {"status": "migrations are behind"}, HTTPStatus.SERVICE_UNAVAILABLE
    return {"status": "ok", "worker": seen and {"seen": seen.at.isoformat(), "late": seen.late}}
