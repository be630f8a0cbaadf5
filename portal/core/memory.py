"""What a process keeps of the memory that its largest pages took: as little as can be.

Freed memory stays with malloc, in pieces between what is kept: a worker would for ever be as large
as the largest pages that its threads have ever made at a time.
"""

import ctypes
import gc
import time

from flask import Flask

M_ARENA_MAX, M_MMAP_THRESHOLD = -8, -3  # of mallopt(3)
LARGE = 64 * 1024  # bytes; what is larger (a page, a long list) goes back as soon as it is freed
EVERY = 10  # seconds between two times that free memory is given back

_libc = ctypes.CDLL(None)
_given_back = 0.0  # time.monotonic()


def init_app(app: Flask) -> None:
    """Let threads share one heap, and give free memory back while there are requests.

    Only glibc has both; elsewhere nothing is done.
    """
    if hasattr(_libc, "mallopt"):
        _libc.mallopt(M_ARENA_MAX, 1)
        _libc.mallopt(M_MMAP_THRESHOLD, LARGE)
    if hasattr(_libc, "malloc_trim"):
        app.teardown_request(_give_back)


def settle() -> None:
    """Leave all that stands now out of garbage collection: workers neither walk it nor copy it.

    To be called once everything is loaded, before workers fork.
    """
    gc.collect()
    gc.freeze()
    # A full collection waits for as much again by a quarter as the last one has left. This one
    # leaves nothing, and those in the workers do not wait for half the application.
    gc.collect()


def _give_back(_failure: BaseException | None) -> None:
    global _given_back
    if (now := time.monotonic()) - _given_back >= EVERY:
        _given_back = now
        gc.collect()  # rows and their session hold each other; what is frozen is not walked
        _libc.malloc_trim(0)
