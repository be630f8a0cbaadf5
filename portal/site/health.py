"""Whether the process answers, and whether it could do its work."""

from http import HTTPStatus

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError

from portal.core import revision
from portal.core.access import public
from portal.core.db import db

views = Blueprint("health", __name__)


@views.get("/healthz")
@public()
def healthz() -> ResponseReturnValue:
    """Whether the process answers."""
    return {"status": "ok"}


@views.get("/readyz")
@public()
def readyz() -> ResponseReturnValue:
    """Whether the database answers and its tables are those that this code expects."""
    try:
        current = revision.is_current(db.session.connection())
    except OperationalError:
        return {"status": "no database"}, HTTPStatus.SERVICE_UNAVAILABLE
    if not current:
        return {"status": "migrations are behind"}, HTTPStatus.SERVICE_UNAVAILABLE
    return {"status": "ok"}
