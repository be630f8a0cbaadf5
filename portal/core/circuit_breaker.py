"""A circuit breaker for the database and the file storage.

After a timeout one caller at a time retries it; all others fail at once instead of blocking a
thread.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from time import monotonic

PAUSE = 5.0  # seconds without a retry after a timeout


class CircuitOpen(Exception):
    """The service timed out a moment ago and was not called again."""


class CircuitBreaker:
    """Whether a service responds. Shared by threads; each process has its own.

    `silence` is the type of error that means a timeout; other errors count as a response.
    """

    def __init__(self, name: str, silence: type[Exception]) -> None:
        self.name = name
        self.silence = silence
        self._lock = Lock()
        self._silent_until = 0.0  # 0 while it responds
        self._trying = False  # a caller is retrying it

    @contextmanager
    def asked(self) -> Iterator[None]:
        """Call the service within. Raises CircuitOpen at once after a recent timeout or during a
        retry."""
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
        """Record a timeout."""
        self._silent_until = monotonic() + PAUSE
