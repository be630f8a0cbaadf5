"""What a verb may refuse, in words for the person who asked.

A domain error carries a stable code, a translated message and, where there is one, the field it
concerns. A database constraint maps to the same kind of error by its name, and so does a guard.
"""

from collections.abc import Sequence
from http import HTTPStatus
from typing import TypeAlias

from flask_babel import LazyString
from sqlalchemy.exc import IntegrityError

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


_constraints: dict[str, tuple[type[DomainError], Message, str | None]] = {}


def constraint(name: str, message: Message, field: str | None = None) -> None:
    """Say in words what a violation of the database constraint `name` means."""
    _constraints[name] = (Invalid, message, field)


def guards(message: Message, *names: str) -> None:
    """Say in words what it means that one of these guards (core.triggers) refuses a change."""
    _constraints.update(dict.fromkeys(names, (StateConflict, message, None)))


def from_integrity_error(error: IntegrityError) -> DomainError | None:
    """The domain error that a constraint's violation stands for; None where nobody has named it."""
    name = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    if name not in _constraints:
        return None
    refusal, message, field = _constraints[name]
    return refusal(name, message, field)
