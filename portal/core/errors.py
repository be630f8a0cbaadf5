"""Domain errors: the refusals of verbs, with messages for users.

An error carries a stable code, a translated message and, if it concerns one, the field. Violated
database constraints and triggers are mapped to such errors by name.
"""

import errno
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import TypeAlias

from flask_babel import LazyString
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnection  # of the pool

Message: TypeAlias = str | LazyString


class DomainError(Exception):
    """A verb's refusal: a stable `code`, a `message` for the screen, and the form's `field`, if
    any."""

    status = HTTPStatus.CONFLICT

    def __init__(self, code: str, message: Message, field: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.field = field


class Invalid(DomainError):
    """The input is refused."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY


@dataclass(frozen=True, slots=True)
class Problem:
    """The error of one field, as a message for the user."""

    field: str
    message: Message


class InvalidFields(Invalid):
    """Several fields are refused; `problems` lists them with messages."""

    def __init__(self, code: str, problems: Sequence[Problem]) -> None:
        super().__init__(code, problems[0].message, problems[0].field)
        self.problems = problems


class StateConflict(DomainError):
    """The object's state does not allow this."""


class NotReady(DomainError):
    """Something is missing; `missing` lists it, one line each."""

    def __init__(self, code: str, message: Message, missing: Sequence[Message] = ()) -> None:
        super().__init__(code, message)
        self.missing = tuple(missing)


class StaleForm(DomainError):
    """Somebody else saved first. `theirs` is the saved row; the caller still has the user's
    input."""

    def __init__(self, message: Message, theirs: object = None) -> None:
        super().__init__("stale", message)
        self.theirs = theirs


class TooMany(DomainError):
    """Too many tries; `retry_after` is in seconds."""

    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, message: Message, retry_after: int) -> None:
        super().__init__("too_many", message)
        self.retry_after = retry_after


class Missing(StrEnum):
    """The resources that the portal depends on."""

    DATABASE = "database"
    FILES = "files"
    ROOM = "room"  # on a disk


class Unavailable(Exception):
    """A resource is missing: answered with 503 (core/pages).

    `unknown`: the verb may have been committed.
    """

    def __init__(self, missing: Missing, *, unknown: bool = False) -> None:
        super().__init__(f"{missing} unavailable")
        self.missing = missing
        self.unknown = unknown


# A read-only server (a standby), and one that ended an idle transaction.
_PASSING = {"25006", "25P03"}
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_DISK_FULL = "53100"


def unavailable(error: BaseException) -> Unavailable | None:
    """The Unavailable for an error caused by a missing database, storage or disk space; else
    None."""
    match error:
        case Unavailable():
            return error
        case NoFreeConnection():
            return Unavailable(Missing.DATABASE)
        case DBAPIError():
            state = getattr(error.orig, "sqlstate", None)
            if state == _DISK_FULL:
                return Unavailable(Missing.ROOM)
            if isinstance(error, OperationalError) or error.connection_invalidated:
                return Unavailable(Missing.DATABASE)
            return Unavailable(Missing.DATABASE) if state in _PASSING else None
        case OSError(errno=number) if number in _FULL:
            return Unavailable(Missing.ROOM)
        case _:
            return None


# Types of errors that may mean a missing resource; `unavailable` decides.
MAY_BE_UNAVAILABLE = (Unavailable, DBAPIError, NoFreeConnection, OSError)

_constraints: dict[str, tuple[type[DomainError], Message, str | None]] = {}


def constraint(name: str, message: Message, field: str | None = None) -> None:
    """Register the message for violations of the database constraint `name`."""
    _constraints[name] = (Invalid, message, field)


def trigger(message: Message, *names: str) -> None:
    """Register the message for refusals by this trigger (core.triggers)."""
    _constraints.update(dict.fromkeys(names, (StateConflict, message, None)))


def from_integrity_error(error: IntegrityError) -> DomainError | None:
    """The domain error registered for the violated constraint or trigger; None if there is none."""
    name = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    if name not in _constraints:
        return None
    refusal, message, field = _constraints[name]
    return refusal(name, message, field)
