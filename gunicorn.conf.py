"""How gunicorn serves the portal: `gunicorn wsgi:app` reads this file by itself."""

from typing import Any

from config import settings_or_exit
from portal.core import memory
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
    """All is loaded: the workers fork."""
    memory.settle()


def post_fork(server: Any, worker: Any) -> None:
    """Give a new worker connections of its own: two processes on one would mix their answers."""
    with server.app.wsgi().app_context():
        db.engine.dispose(close=False)
