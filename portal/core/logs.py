"""Keeps secrets of links and values of rows out of logs.

PostgreSQL names the refused row in DETAIL, and unreadable values in the message; SQLAlchemy repeats
both, and the parameters. What is kept is enough to find a fault: the error, its code, the
statement, and the names of constraint, table and column.

Records are treated when they are created, so that this holds for all handlers: gunicorn's, those of
libraries, and the interpreter's output of a command's uncaught error.
"""

import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterator
from typing import Any

import psycopg
from sqlalchemy.exc import StatementError

_LINK = re.compile(r"(link(?:/|%(?:25)*2F)[a-z]+(?:/|%(?:25)*2F))[\w-]+", re.IGNORECASE)


def init() -> None:
    """Install the treatment of all records and uncaught errors of this process."""
    if logging.getLogRecordFactory() is _record:
        return
    logging.setLogRecordFactory(_record)
    sys.excepthook = _uncaught
    # A custom hook, such as pytest's, is left in place.
    if threading.excepthook is threading.__excepthook__:
        threading.excepthook = _uncaught_in_thread
    if sys.unraisablehook is sys.__unraisablehook__:
        sys.unraisablehook = _unraisable


def masked(line: str) -> str:
    """A line without the secrets of links."""
    return _LINK.sub(r"\1…", line)


def described(error: BaseException) -> str:
    """An error with the chain of its causes, as Python prints it, but without values of rows."""
    instead: dict[str, str] = {}
    for one in _chain(error):
        if isinstance(one, StatementError | psycopg.Error):
            instead[str(one)] = without_values(one)
            if isinstance(one, StatementError) and not isinstance(one.orig, psycopg.Error):
                instead[str(one.orig)] = "…"  # values that could not be sent to the database
    return masked(_replaced("".join(traceback.format_exception(error)), instead).rstrip("\n"))


def _record(*args: Any, **options: Any) -> logging.LogRecord:
    record = logging.LogRecord(*args, **options)
    if isinstance(record.args, tuple):
        record.args = tuple(_safe(one) for one in record.args)
    record.msg = _safe(record.msg)
    try:
        line = record.getMessage()
    except (TypeError, ValueError):
        return record  # its handler describes the error
    if (hidden := masked(line)) != line:
        record.msg, record.args = hidden, ()
    if record.exc_info and record.exc_info[1] is not None:
        record.exc_text = described(record.exc_info[1])
    return record


def _safe(value: Any) -> Any:
    return without_values(value) if isinstance(value, StatementError | psycopg.Error) else value


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and all causes and contexts in its traceback."""
    left, seen = [error], set[int]()
    while left:
        one = left.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        inner = one.exceptions if isinstance(one, BaseExceptionGroup) else ()
        found = (one.__cause__, one.__context__, getattr(one, "orig", None), *inner)
        left += [each for each in found if isinstance(each, BaseException)]


def without_values(error: StatementError | psycopg.Error) -> str:
    """The message of a database error without its parameters."""
    if isinstance(error, StatementError):
        orig = error.orig
        what = without_values(orig) if isinstance(orig, psycopg.Error) else "…"
        return f"({type(orig).__name__}) {what}\n[SQL: {error.statement}]"
    names = [error.diag.constraint_name, error.diag.table_name, error.diag.column_name]
    said = "…" if isinstance(error, psycopg.DataError) else error.diag.message_primary
    known = [said or str(error), error.sqlstate, *names]
    return ", ".join(part for part in known if part)


def _replaced(text: str, instead: dict[str, str]) -> str:
    """`text` with the errors' messages replaced, longer ones first as they contain shorter ones."""
    sayings = sorted(filter(str.strip, instead), key=len, reverse=True)
    if not sayings:
        return text
    # In an exception group the lines of a message are indented.
    ways = [r"\n[ |]*".join(re.escape(line) for line in one.split("\n")) for one in sayings]
    found = re.compile("|".join(f"({way})" for way in ways))
    return found.sub(lambda match: instead[sayings[(match.lastindex or 1) - 1]], text)


def _uncaught(kind: type[BaseException], error: BaseException, trace: Any) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        sys.stderr.write(described(error) + "\n")


def _uncaught_in_thread(found: threading.ExceptHookArgs) -> None:
    if found.exc_value is not None and not isinstance(found.exc_value, SystemExit):
        name = found.thread.name if found.thread else "?"
        sys.stderr.write(f"Exception in thread {name}:\n{described(found.exc_value)}\n")


def _unraisable(found: "sys.UnraisableHookArgs") -> None:
    if found.exc_value is not None:
        where = type(found.object).__name__
        told = f"{found.err_msg or 'Exception ignored in'}: {where}"
        sys.stderr.write(f"{told}\n{described(found.exc_value)}\n")
