"""Long work takes turns: few of a process's threads do it at a time, and the rest stay free.

Whoever waits for a turn holds a thread as well, so both are counted: one thread of each process is
always left for pages, if it has more than one.

@views.post("/verify")
@public()
@in_turn
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

from config import Settings
from portal.core.errors import TooMany
from portal.core.settings import settings

BUSY = 5  # seconds after which whoever has found all turns taken may try again

_TURNS, _PLACES = "asns.turns", "asns.places"

P = ParamSpec("P")
T = TypeVar("T")


class Slots:
    """So many threads at a time; the next waits for `patience` seconds at most."""

    def __init__(self, at_a_time: int, patience: float = 0) -> None:
        self._free = BoundedSemaphore(at_a_time)
        self._patience = patience

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Have one of the turns meanwhile. Raises TooMany where none gets free in time."""
        if not self._free.acquire(timeout=self._patience):
            raise too_busy()
        try:
            yield
        finally:
            self._free.release()


def too_busy() -> TooMany:
    """The refusal of long work, while there is too much of it."""
    return TooMany(_("Others are asking for the same just now. Try again in a few seconds."), BUSY)


@contextmanager
def thread_slot() -> Iterator[None]:
    """Hold this request's thread with long work, or wait for it. Raises TooMany at once where that
    would leave none.
    """
    if not has_request_context() or "in_place" in g:
        yield
        return
    with cast(Slots, current_app.extensions[_PLACES]).taken():
        g.in_place = True
        try:
            yield
        finally:
            g.pop("in_place")


@contextmanager
def one_per_person(whose: UUID | None) -> Iterator[None]:
    """Long work of which a person has one at a time, in whichever process of this machine.

    Raises TooMany at once while there is another.
    """
    if whose is None:
        yield
        return
    folder = settings().var / "turns"
    folder.mkdir(parents=True, exist_ok=True)
    # The empty file stays: two could lock one that is removed while it is opened, and the next one.
    with (folder / str(whose)).open("wb") as held:  # its lock ends with this process
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = _("Another of your files is being looked at. Try again in a few seconds.")
            raise TooMany(message, BUSY) from error
        yield


def init_app(app: Flask) -> None:
    """Half of a process's threads are for long work that anybody may ask for."""
    settings = cast(Settings, app.extensions["settings"])
    app.extensions[_TURNS] = Slots(max(1, settings.threads // 2))
    app.extensions[_PLACES] = Slots(max(1, settings.threads - 1))


def takes_slot(view: Callable[P, T]) -> Callable[P, T]:
    """The view takes a process long, whoever asks. Raises TooMany at once where no turn is free.

    To wait would hold one of the threads that are kept free.
    """

    @wraps(view)
    def in_its_turn(*args: P.args, **values: P.kwargs) -> T:
        with thread_slot(), cast(Slots, current_app.extensions[_TURNS]).taken():
            return view(*args, **values)

    return in_its_turn
