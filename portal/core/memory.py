"""Returns freed memory to the system.

malloc keeps freed memory in pieces: a worker would stay as large as the largest pages that its
threads ever rendered at a time.
"""

import ctypes
import gc
import time

from flask import Flask

M_ARENA_MAX, M_MMAP_THRESHOLD = -8, -3  # of mallopt(3)
LARGE = 64 * 1024  # bytes; larger blocks (a page, a long list) are returned when freed
EVERY = 10  # seconds between two returns of free memory

_libc = ctypes.CDLL(None)
_given_back = 0.0  # time.monotonic()


def init_app(app: Flask) -> None:
    """Let threads share one heap, and return free memory between requests.

    Needs glibc; elsewhere nothing is done.
    """
    if hasattr(_libc, "mallopt"):
        _libc.mallopt(M_ARENA_MAX, 1)
        _libc.mallopt(M_MMAP_THRESHOLD, LARGE)
    if hasattr(_libc, "malloc_trim"):
        app.teardown_request(_give_back)


def settle() -> None:
    """Exempt all present objects from garbage collection: workers neither walk nor copy them.

    Call once everything is loaded, before workers fork.
    """
    gc.collect()
    gc.freeze()
    # A full collection runs when new objects exceed a quarter of those left by the last. This one
    # leaves none, so that workers do not wait for half the application.
    gc.collect()


def _give_back(_failure: BaseException | None) -> None:
    global _given_back
    if (now := time.monotonic()) - _given_back >= EVERY:
        _given_back = now
        gc.collect()  # rows and their session refer to each other; frozen objects are not walked
        _libc.malloc_trim(0)
