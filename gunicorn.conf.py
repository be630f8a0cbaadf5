"""How gunicorn serves the portal: `gunicorn wsgi:app` reads this file by itself."""

import ctypes
import gc
from typing import Any

from config import settings_or_exit
from portal.core.db import db
from portal.core.serving import BufferingWorker

settings = settings_or_exit()

bind = f"{settings.host}:{settings.port}"
workers = settings.processes
threads = settings.threads
worker_class = BufferingWorker
timeout = 60
graceful_timeout = 9
loglevel = settings.log_level
control_socket_disable = True

# The application is loaded once, before the workers fork: they share its memory.
preload_app = True


def when_ready(server: Any) -> None:
    """Leave all that stands now out of garbage collection: workers neither walk it nor copy it."""
    gc.collect()
    gc.freeze()


M_ARENA_MAX = -8  # of mallopt(3)


def post_fork(server: Any, worker: Any) -> None:
    """Give a new worker connections of its own: two processes on one would mix their answers."""
    with server.app.wsgi().app_context():
        db.engine.dispose(close=False)
    # Threads share one heap: otherwise each keeps what the largest page it ever made has needed.
    if hasattr(libc := ctypes.CDLL(None), "mallopt"):
        libc.mallopt(M_ARENA_MAX, 1)
