"""Limits how many threads of a process do long work at a time.

A thread that waits for a slot is counted too: if a process has more than one thread, one always
stays free for pages.

    @views.post("/verify")
    @public()
    @takes_slot
    def check() -> ResponseReturnValue: ...
"""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from threading import BoundedSemaphore
from typing import ParamSpec, TypeVar, cast
from uuid import UUID

from flask import Flask, current_app, g, has_request_context
from flask_babel import gettext as _

from portal.core.errors import TooMany
from portal.core.settings import settings, settings_of

BUSY = 5  # seconds after which to retry when all slots are taken

_VIEWS, _THREADS = "asns.slots.views", "asns.slots.threads"

P = ParamSpec("P")
T = TypeVar("T")


class Slots:
    """A limited number of slots; a caller waits for one at most `patience` seconds."""

    def __init__(self, at_a_time: int, patience: float = 0) -> None:
        self._free = BoundedSemaphore(at_a_time)
        self._patience = patience

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Hold one of the slots within. Raises TooMany if none gets free in time."""
        if not self._free.acquire(timeout=self._patience):
            raise too_busy()
        try:
            yield
        finally:
            self._free.release()


def too_busy() -> TooMany:
    """The refusal of long work while all slots are taken."""
    return TooMany(_("Others are asking for the same just now. Try again in a few seconds."), BUSY)


@contextmanager
def thread_slot() -> Iterator[None]:
    """Do long work in this request's thread, waiting if need be. Raises TooMany at once if no
    thread would stay free."""
    if not has_request_context() or "in_slot" in g:
        yield
        return
    with cast(Slots, current_app.extensions[_THREADS]).taken():
        g.in_slot = True
        try:
            yield
        finally:
            g.pop("in_slot")


@contextmanager
def one_per_person(whose: UUID | None) -> Iterator[None]:
    """Within: long work that a person does once at a time, in all processes of this machine.

    Raises TooMany at once while another runs.
    """
    if whose is None:
        yield
        return
    folder = settings().var / "slots"
    folder.mkdir(parents=True, exist_ok=True)
    # The empty file is kept: if it were removed while another opens it, two could hold the lock.
    with (folder / str(whose)).open("wb") as held:  # closing it releases the lock
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = _("Another of your files is being looked at. Try again in a few seconds.")
            raise TooMany(message, BUSY) from error
        yield


def init_app(app: Flask) -> None:
    """Allow half of a process's threads to do long work that visitors can start."""
    settings = settings_of(app)
    app.extensions[_VIEWS] = Slots(max(1, settings.threads // 2))
    app.extensions[_THREADS] = Slots(max(1, settings.threads - 1))


def takes_slot(view: Callable[P, T]) -> Callable[P, T]:
    """Decorate a view that does long work. Raises TooMany at once if no slot is free.

    Waiting would hold one of the threads that are kept free.
    """

    @wraps(view)
    def with_slot(*args: P.args, **values: P.kwargs) -> T:
        with thread_slot(), cast(Slots, current_app.extensions[_VIEWS]).taken():
            return view(*args, **values)

    return with_slot
