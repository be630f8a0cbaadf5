"""The job queue: procrastinate in the application's own PostgreSQL.

A job is deferred in the transaction of the verb that wants it, so a rollback takes it back:

    @jobs.task(name="reports.remind", retry=AGAIN)
    def remind(*, report_id: str) -> None: ...

    defer(remind, report_id=str(report.id))

`flask worker` runs them, each within an application context.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask
from procrastinate import (
    App,
    BaseRetryStrategy,
    JobContext,
    PsycopgConnector,
    RetryDecision,
    SyncPsycopgConnector,
)
from procrastinate.jobs import Job
from procrastinate.tasks import Task
from procrastinate.worker import Worker
from psycopg.conninfo import make_conninfo
from sqlalchemy import Engine

from portal.core.db import db

log = logging.getLogger(__name__)

WORK, MAIL = "default", "mail"  # letters have a queue of their own: they wait for a mail server

# Deferring borrows the session's connection, so this connector never opens one of its own.
jobs = App(
    connector=SyncPsycopgConnector(),
    import_paths=[
        "portal.core.accounts.jobs",
        "portal.core.audit.jobs",
        "portal.core.messages.jobs",
    ],
)

# A mail server that does not answer must not hold up the rest: letters leave several at a time, and
# other jobs go first.
AT_ONCE, BEHIND = 4, -1
GRACE = 5  # seconds for the jobs in hand once the worker is told to stop; then each is told

LONGEST_WAIT = 4**8  # seconds; the ninth try is about a day after the first


class Again(BaseRetryStrategy):
    """After 4, 16, 64 … seconds, as long as the job raises: it says itself when it gives up."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:
        """When to run the job again."""
        return RetryDecision(retry_in={"seconds": min(4 ** (job.attempts + 1), LONGEST_WAIT)})


AGAIN = Again()


def defer(task: Task[Any, Any, Any], **arguments: str | int) -> None:
    """Defer a job in the session's transaction: it exists once that commits."""
    db.session.flush()
    connection = db.session.connection().connection.dbapi_connection
    task.configure(connection=connection).defer(**arguments)


def run_worker(app: Flask, *, queues: Sequence[str] = (WORK, MAIL), wait: bool = True) -> None:
    """Run the jobs of `queues` until SIGTERM or SIGINT, finishing those in hand.

    With `wait` off, only until none is left.
    """

    def in_context(run: Callable[[], Any], _: JobContext, __: Worker) -> Any:
        with app.app_context():
            return run()

    with app.app_context():
        address = _libpq_address(db.engine)
    with jobs.replace_connector(PsycopgConnector(conninfo=address, min_size=1, max_size=4)):
        asyncio.run(_work(queues, wait, in_context))


def _libpq_address(engine: Engine) -> str:
    """The database's address in libpq's own form: in a URL the two write a space differently."""
    _, keywords = engine.dialect.create_connect_args(engine.url)
    keywords.pop("context", None)  # SQLAlchemy's adapters
    return make_conninfo(**keywords)


async def _work(queues: Sequence[str], wait: bool, in_context: Callable[..., Any]) -> None:
    async with jobs.open_async():
        await take_up_stalled(0)
        await jobs.run_worker_async(
            queues=list(queues),
            wait=wait,
            concurrency=AT_ONCE,
            delete_jobs="successful",
            shutdown_graceful_timeout=GRACE,
            task_middleware=[in_context],
        )


@jobs.periodic(cron="*/5 * * * *")
@jobs.task(name="jobs.take_up_stalled", queueing_lock="jobs.take_up_stalled")
async def take_up_stalled(timestamp: int) -> None:
    """Give back to the queue what a worker had in hand when it was killed."""
    for job in await jobs.job_manager.get_stalled_jobs():
        log.warning("taking up %s, left by a worker that was killed", job.call_string)
        await jobs.job_manager.retry_job(job)
