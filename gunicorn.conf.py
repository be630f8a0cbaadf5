"""How gunicorn serves the portal: `gunicorn wsgi:app` reads this file by itself."""

import struct
from functools import partial
from selectors import EVENT_READ
from socket import SO_RCVTIMEO, SO_SNDTIMEO, SOL_SOCKET
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

from config import Settings
from portal.core import memory
from portal.core.db import db

settings = Settings()

STALLED = 60  # seconds without a byte, after which somebody has lost the line


class PatientWorker(ThreadWorker):
    """A worker whose threads are for requests: a new connection waits for its first byte elsewhere.

    Browsers open connections to have them ready. Each would hold one of the few threads for five
    seconds, and a handful of visitors would bring everything to a stand. Nor does a thread wait for
    ever for the rest of an upload whose sender has gone out of reach.
    """

    def enqueue_req(self, conn: TConn) -> None:
        """Give a thread to what has begun to speak; let the poller listen to what is silent."""
        if conn.initialized or conn.data_ready:
            super().enqueue_req(conn)
            return
        for way in (SO_RCVTIMEO, SO_SNDTIMEO):
            conn.sock.setsockopt(SOL_SOCKET, way, struct.pack("ll", STALLED, 0))
        conn.sock.setblocking(False)
        conn.set_timeout()
        self.pending_conns.append(conn)
        heard = partial(self.on_pending_socket_readable, conn)
        self.poller.register(conn.sock, EVENT_READ, heard)

    def murder_pending(self) -> None:
        """Close what has been silent for too long; once the server stops, whatever is silent."""
        if not self.alive:
            for conn in self.pending_conns:
                conn.timeout = 0
        super().murder_pending()


bind = f"{settings.host}:{settings.port}"
workers = settings.processes
threads = settings.threads
worker_class = PatientWorker
timeout = 60
graceful_timeout = 10
keepalive = 5
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
