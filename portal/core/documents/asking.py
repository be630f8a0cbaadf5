"""Access to the storage: outside of transactions, and by at most half of the threads.

While the file server hangs, the rest of the portal works; requests that need a file get 503
(core/pages) within seconds, or at once while it is known to hang.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from threading import BoundedSemaphore
from typing import IO

from werkzeug.wsgi import FileWrapper

from portal.core import read_transactions
from portal.core.circuit_breaker import CircuitBreaker, CircuitOpen
from portal.core.documents.storage import SilentStorage, Storage, StorageError
from portal.core.errors import Missing, Unavailable, unavailable

PLACE = 2.0  # seconds for which a thread waits for a slot
BATCH = 500  # keys, or rows, at a time

log = logging.getLogger(__name__)


class BoundedStorage:
    """A storage with these limits around another.

    Each call first returns the session's connection to the pool, and raises RuntimeError within a
    verb or after a write. Raises Unavailable if the storage is.
    """

    def __init__(self, storage: Storage, at_a_time: int) -> None:
        self.storage = storage
        self._server = CircuitBreaker("the storage of files", SilentStorage)
        self._places = BoundedSemaphore(at_a_time)

    def put(self, key: str, stream: IO[bytes]) -> None:
        with self._place(), self._asked():
            self.storage.put(key, stream)

    def open(self, key: str) -> FileWrapper:
        with self._place(), self._asked():
            return self.storage.open(key)

    def exists(self, key: str) -> bool:
        with self._place(), self._asked():
            return self.storage.exists(key)

    def delete(self, key: str) -> None:
        with self._place(), self._asked():
            self.storage.delete(key)

    def keys(self, older_than: datetime) -> Iterator[str]:
        found = self.storage.keys(older_than)
        while True:
            with self._place(), self._asked():
                batch = list(islice(found, BATCH))
            if not batch:
                return
            yield from batch

    def clear(self, older_than: datetime) -> int:
        with self._place(), self._asked():
            return self.storage.clear(older_than)

    @contextmanager
    def _place(self) -> Iterator[None]:
        """One of the slots; nobody holds a connection while waiting for it."""
        read_transactions.pause()
        if not self._places.acquire(timeout=PLACE):
            raise Unavailable(Missing.FILES)
        try:
            yield
        finally:
            self._places.release()

    @contextmanager
    def _asked(self) -> Iterator[None]:
        try:
            with self._server.asked():
                yield
        except (CircuitOpen, StorageError) as error:
            raise Unavailable(Missing.FILES) from error
        except OSError as error:
            raise unavailable(error) or Unavailable(Missing.FILES) from error
