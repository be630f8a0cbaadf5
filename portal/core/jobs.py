"""The job queue: procrastinate in the application's own PostgreSQL.

A job is deferred in the verb's transaction, so a rollback removes it:

    @jobs.task(name="reports.remind", retry=AGAIN)
    def remind(*, report_id: str) -> None: ...

    defer(remind, report_id=str(report.id))

`flask worker` runs the jobs, each within an application context.
"""

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from threading import Timer
from time import monotonic
from typing import Any

import psycopg
from flask import Flask
from procrastinate import (
    App,
    BaseRetryStrategy,
    JobContext,
    PsycopgConnector,
    RetryDecision,
    SyncPsycopgConnector,
)
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job
from procrastinate.tasks import Task
from procrastinate.worker import Worker
from psycopg.conninfo import make_conninfo
from sqlalchemy import Engine, text

from portal.core.connections import CONNECT, BoundedAsyncConnection, bounded
from portal.core.db import db
from portal.core.errors import Missing, Unavailable
from portal.core.settings import settings_of

log = logging.getLogger(__name__)

WORK, MAIL = "default", "mail"  # letters have their own queue, as they wait for a mail server

# Deferring uses the session's connection, so this connector opens none. The stages register their
# jobs (stages.py).
jobs = App(connector=SyncPsycopgConnector())

# A mail server that hangs must not delay other jobs: several letters are sent at a time, and other
# jobs go first.
AT_ONCE, BEHIND = 4, -1
GRACE = 5  # seconds for running jobs once the worker is stopped; then they are aborted
LONGEST_STOP = 15  # seconds after which a worker that was stopped ends, whatever it waits for

LONGEST_WAIT = 4**8  # seconds; the ninth try is about a day after the first


class Again(BaseRetryStrategy):
    """Retry after 4, 16, 64 … seconds while the job raises; the job itself decides when to
    give up."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:
        return RetryDecision(retry_in={"seconds": min(4 ** (job.attempts + 1), LONGEST_WAIT)})


AGAIN = Again()


# Seconds after which a worker that lost the database restarts: 1, 2, 4 … 60.
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0


def defer(task: Task[Any, Any, Any], **arguments: str | int) -> None:
    """Defer a job in the session's transaction; it exists once that commits."""
    db.session.flush()
    connection = db.session.connection().connection.dbapi_connection
    try:
        task.configure(connection=connection).defer(**arguments)
    except ConnectorException as error:
        if isinstance(error.__cause__, psycopg.OperationalError):
            raise Unavailable(Missing.DATABASE) from error.__cause__
        raise


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The time of the worker's last heartbeat; `late` if the next is overdue."""

    at: datetime
    late: bool


def worker_seen() -> Heartbeat | None:
    """The last worker's heartbeat, by the database's clock; None if none runs."""
    found = db.session.execute(
        text(
            "SELECT max(last_heartbeat), max(last_heartbeat) < now() - interval '1 minute'"
            " FROM procrastinate_workers"
        )
    ).one()
    return Heartbeat(found[0], found[1]) if found[0] else None


def run_worker(app: Flask, *, queues: Sequence[str] = (WORK, MAIL), wait: bool = True) -> None:
    """Run the jobs of `queues` until SIGTERM or SIGINT, finishing those that run.

    Reconnects to the database at growing intervals. With `wait` off, ends when no job is left.
    """

    def in_context(run: Callable[[], Any], _: JobContext, __: Worker) -> Any:
        with app.app_context():
            return run()

    limit = settings_of(app).database_timeout
    with app.app_context():
        address = _libpq_address(db.engine, limit)
    connector = PsycopgConnector(
        conninfo=address,
        min_size=1,
        max_size=4,
        timeout=CONNECT,
        connection_class=BoundedAsyncConnection,
        configure=partial(_bound, limit=limit),
    )
    with jobs.replace_connector(connector):
        work = partial(_work, queues, wait, in_context)
        asyncio.run(_keep_running(work) if wait else work())


async def _bound(connection: BoundedAsyncConnection, limit: float) -> None:
    connection.limit = limit


async def _keep_running(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run the worker until the process is stopped; restart it when it fails.

    Ends LONGEST_STOP seconds after the signal at the latest: a job may wait for the database, and
    psycopg's pool swallows a cancellation that reaches it while it connects.
    """
    told = asyncio.Event()

    def stop() -> None:
        if not told.is_set():
            told.set()
            last = Timer(LONGEST_STOP, _leave)
            last.daemon = True
            last.start()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    pause = FIRST_PAUSE
    while not told.is_set():
        began = monotonic()
        await _run_until(told, work)
        if monotonic() - began > LONGEST_PAUSE:
            pause = FIRST_PAUSE  # it had been running
        with suppress(TimeoutError):
            await asyncio.wait_for(told.wait(), pause)
        pause = min(pause * 2, LONGEST_PAUSE)


def _leave() -> None:
    log.warning("the worker could not finish in %s s; its jobs will be taken up", LONGEST_STOP)
    os._exit(os.EX_OK)


async def _run_until(told: asyncio.Event, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    running, stop = asyncio.create_task(work()), asyncio.create_task(told.wait())
    await asyncio.wait((running, stop), return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    running.cancel()  # finishes the running job
    try:
        await running
    except asyncio.CancelledError:
        return
    except (ConnectorException, psycopg.Error) as error:
        log.warning("the database is not there for the worker: %s", error.__cause__ or error)
    else:
        log.warning("the worker has lost the database and begins anew")


def _libpq_address(engine: Engine, limit: float) -> str:
    """The database's address in libpq's key-value form: in URLs, SQLAlchemy and libpq encode a
    space differently."""
    _, keywords = engine.dialect.create_connect_args(engine.url)
    keywords.pop("context", None)  # SQLAlchemy's adapters
    return make_conninfo(**bounded(keywords, limit))


async def _work(queues: Sequence[str], wait: bool, in_context: Callable[..., Any]) -> None:
    async with jobs.open_async():
        await take_up_stalled(0)
        await jobs.run_worker_async(
            queues=list(queues),
            wait=wait,
            concurrency=AT_ONCE,
            delete_jobs="successful",
            shutdown_graceful_timeout=GRACE,
            install_signal_handlers=not wait,
            task_middleware=[in_context],
        )


@jobs.periodic(cron="*/5 * * * *")
@jobs.task(name="jobs.take_up_stalled", queueing_lock="jobs.take_up_stalled")
async def take_up_stalled(timestamp: int) -> None:
    """Requeue the jobs of workers that were killed."""
    for job in await jobs.job_manager.get_stalled_jobs():
        log.warning("taking up %s, left by a worker that was killed", job.call_string)
        await jobs.job_manager.retry_job(job)
