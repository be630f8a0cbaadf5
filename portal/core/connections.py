"""Client-side timeouts for PostgreSQL: the server's own do not help when the server hangs.

`statement_timeout` ends slow statements while the server responds. It is a little shorter than the
client's timeout, which therefore means that the server does not respond.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property
from select import POLLIN, poll
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus
from sqlalchemy import Engine, NullPool, create_engine, event
from sqlalchemy.exc import DisconnectionError

from config import Settings
from portal.core.circuit_breaker import CircuitBreaker, CircuitOpen

RV = TypeVar("RV")

CONNECT = 5  # seconds for the first answer of a server
FREE_CONNECTION = 3  # seconds for a connection of the pool
# Seconds of an idle transaction before the server releases its locks: longer than any request
# waits, for processes that were stopped or lost.
IDLE = 120
# A connection lost silently is noticed after half a minute.
KEEPALIVE = {
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}

_least: ContextVar[float] = ContextVar("least", default=float("inf"))


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Within: each query has `seconds` at most. Raises OperationalError after that."""
    token = _least.set(seconds)
    try:
        yield
    finally:
        _least.reset(token)


class _Columns(Sequence[psycopg.Column]):
    """The descriptions of a result's columns, made when first read."""

    def __init__(self, cursor: "_Cursor", count: int) -> None:
        self._cursor, self._count = cursor, count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, place: Any) -> Any:
        return self._made[place]

    @cached_property
    def _made(self) -> list[psycopg.Column]:
        return super(_Cursor, self._cursor).description or []


class _Cursor(psycopg.Cursor[Any]):
    """A cursor that describes its columns on demand: SQLAlchemy knows those of a compiled
    statement, and of most results reads only whether there are any."""

    @property
    def description(self) -> Any:
        result = self.pgresult
        return _Columns(self, result.nfields) if result and result.nfields else super().description


class BoundedConnection(psycopg.Connection[Any]):
    """A connection that is closed when an answer exceeds its timeout."""

    limit: float = 20
    server: CircuitBreaker = CircuitBreaker("the database", psycopg.errors.ConnectionTimeout)

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """As psycopg does, with a timeout. Raises OperationalError."""
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, min(self.limit, _least.get()))
        except psycopg.OperationalError:
            in_vain = _in_vain(self)
            if in_vain is None:
                raise
            self.server.has_been_silent()
            self.close()
            raise in_vain from None


class BoundedAsyncConnection(psycopg.AsyncConnection[Any]):
    """The same for the worker's queue."""

    limit: float = 20

    async def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        if timeout is not None:
            return await super().wait(gen, interval, timeout)
        try:
            return await super().wait(gen, interval, self.limit)
        except psycopg.OperationalError:
            in_vain = _in_vain(self)
            if in_vain is None:
                raise
            await self.close()
            raise in_vain from None


def _in_vain(connection: psycopg.BaseConnection[Any]) -> psycopg.OperationalError | None:
    """The timeout's error; None if the server has answered with an error of its own.

    After a server's error, and while listening for notifications, no answer is outstanding.
    """
    if connection.info.transaction_status is not TransactionStatus.ACTIVE:
        return None
    return psycopg.OperationalError("the database did not answer in time")


def options(settings: Settings) -> dict[str, Any]:
    """SQLAlchemy's engine options: a connection per thread and a few more, each with a timeout."""
    return {
        "pool_size": settings.threads,
        "max_overflow": 5,
        "pool_timeout": FREE_CONNECTION,
    }


def bounded(parameters: Mapping[str, Any], limit: float) -> dict[str, Any]:
    """libpq's parameters with our limits; the database's URL overrides them."""
    server = {
        "statement_timeout": round(limit * 900),  # milliseconds, so nine tenths of it
        "idle_in_transaction_session_timeout": IDLE * 1000,
    }
    given = " ".join(f"-c {name}={value}" for name, value in server.items())
    return {
        "connect_timeout": min(CONNECT, round(limit)),
        "client_encoding": "utf8",  # flask migrate refuses databases with another
        **KEEPALIVE,
        **parameters,
        "options": f"{given} {parameters.get('options', '')}".strip(),
    }


def at_the_start(url: str, settings: Settings) -> Engine:
    """An engine for queries before a process starts to serve; it keeps no connections."""
    engine = create_engine(url, poolclass=NullPool)
    bind(engine, settings)
    return engine


def bind(engine: Engine, settings: Settings) -> None:
    """Give an engine's connections the timeout, and the check for lost ones."""
    limit = settings.database_timeout
    server = CircuitBreaker("the database", psycopg.errors.ConnectionTimeout)

    def connect(
        _dialect: object, _record: object, cargs: tuple[Any, ...], cparams: dict[str, Any]
    ) -> BoundedConnection:
        parameters = bounded(cparams, limit)
        waited = min(float(parameters["connect_timeout"]), _least.get())
        parameters["connect_timeout"] = round(waited)
        try:
            with server.asked():
                connection = BoundedConnection.connect(*cargs, **parameters)
        except CircuitOpen as silent:
            raise psycopg.OperationalError(str(silent)) from silent
        connection.limit, connection.server = limit, server
        connection.cursor_factory = _Cursor
        return connection

    event.listen(engine, "do_connect", connect)
    event.listen(engine, "checkout", _find_lost)


def _find_lost(connection: Any, _record: object, _proxy: object) -> None:
    """Detect a connection that the server has closed: there is something to read on it.

    SQLAlchemy's pool_pre_ping would cost 35 µs and a query per request; this takes half a
    microsecond.
    """
    line = poll()
    line.register(connection.fileno(), POLLIN)
    if line.poll(0):
        raise DisconnectionError("the server has closed this connection")
