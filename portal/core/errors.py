"""What a verb may refuse, in words for the person who asked.

A domain error carries a stable code, a translated message and, where there is one, the field it
concerns. A database constraint maps to the same kind of error by its name, and so does a guard.
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
    """A verb's refusal: a stable `code`, a `message` for the screen, perhaps a form's `field`."""

    status = HTTPStatus.CONFLICT

    def __init__(self, code: str, message: Message, field: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.field = field


class Invalid(DomainError):
    """The input cannot be taken as it is."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a field, in words for the person who fills it in."""

    field: str
    message: Message


class InvalidFields(Invalid):
    """Several fields cannot be taken as they are; `problems` says which, and why."""

    def __init__(self, code: str, problems: Sequence[Problem]) -> None:
        super().__init__(code, problems[0].message, problems[0].field)
        self.problems = problems


class StateConflict(DomainError):
    """The thing is not in a state in which this can be done."""


class NotReady(DomainError):
    """Something is still missing; `missing` says what, one line each."""

    def __init__(self, code: str, message: Message, missing: Sequence[Message] = ()) -> None:
        super().__init__(code, message)
        self.missing = tuple(missing)


class StaleForm(DomainError):
    """Somebody saved first. `theirs` is what stands now; the caller still holds what was typed."""

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
    """What the portal cannot do without."""

    DATABASE = "database"
    FILES = "files"
    ROOM = "room"  # on a disk


class Unavailable(Exception):
    """Something that the portal needs is not there: the page for it is 503 (core/pages).

    `unknown` says that a verb may have taken place all the same.
    """

    def __init__(self, missing: Missing, *, unknown: bool = False) -> None:
        super().__init__(f"{missing} unavailable")
        self.missing = missing
        self.unknown = unknown


# A server that may only be read (a standby), and one that has ended a transaction that lay idle.
_PASSING = {"25006", "25P03"}
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_DISK_FULL = "53100"


def unavailable(error: BaseException) -> Unavailable | None:
    """What is missing where that is why something failed; None where the fault is another one."""
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


# What may be raised where something is missing; `unavailable` judges.
MAY_BE_UNAVAILABLE = (Unavailable, DBAPIError, NoFreeConnection, OSError)

_constraints: dict[str, tuple[type[DomainError], Message, str | None]] = {}


def constraint(name: str, message: Message, field: str | None = None) -> None:
    """Say in words what a violation of the database constraint `name` means."""
    _constraints[name] = (Invalid, message, field)


def trigger(message: Message, *names: str) -> None:
    """Say in words what it means that one of these guards (core.triggers) refuses a change."""
    _constraints.update(dict.fromkeys(names, (StateConflict, message, None)))


def from_integrity_error(error: IntegrityError) -> DomainError | None:
    """The domain error that a constraint's violation stands for; None where nobody has named it."""
    name = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    if name not in _constraints:
        return None
    refusal, message, field = _constraints[name]
    return refusal(name, message, field)
