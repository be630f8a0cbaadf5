"""What stands beside the portal may hang: how it is asked without everybody waiting for it.

A neighbour (the database, the store of files) that has not answered in time is asked by one at a
time until it does; whoever comes meanwhile is told at once, and no thread waits in vain.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from time import monotonic

PAUSE = 5.0  # seconds for which nobody asks a neighbour that has just been silent


class CircuitOpen(Exception):
    """It did not answer a moment ago, and has not been asked again."""


class CircuitBreaker:
    """Whether something beside us answers. Threads share it; every process has its own.

    `silence` is the error of whoever has asked and found it silent; all else is an answer.
    """

    def __init__(self, name: str, silence: type[Exception]) -> None:
        self.name = name
        self.silence = silence
        self._lock = Lock()
        self._silent_until = 0.0  # 0 while it answers
        self._trying = False  # somebody asks it anew after a silence

    @contextmanager
    def asked(self) -> Iterator[None]:
        """Ask it something. Raises Silent at once where it has just been silent, or is tried."""
        with self._lock:
            if self._trying or monotonic() < self._silent_until:
                raise CircuitOpen(f"{self.name} did not answer a moment ago")
            tries = self._trying = bool(self._silent_until)
        silent = False
        try:
            yield
        except self.silence:
            silent = True
            raise
        finally:
            self._silent_until = monotonic() + PAUSE if silent else 0.0
            if tries:
                self._trying = False

    def has_been_silent(self) -> None:
        """It has let the time pass that there is for an answer."""
        self._silent_until = monotonic() + PAUSE
