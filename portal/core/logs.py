"""What a line of a log may hold: no secret of a link, and of a database's error no values.

PostgreSQL names the row that it refuses in DETAIL, and what it could not read in the message
itself; SQLAlchemy repeats both, and the parameters. So an address, or the digest of a session,
stood in the log. What is left is enough to find a fault: the error, its code, the statement and the
names of constraint, table and column.

Every record is treated as it is made, so no handler's own formatter can leave it out: neither
gunicorn's, nor that of a library, nor the interpreter's last words of a command.
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
    """Let every record and every uncaught error of this process pass through here."""
    if logging.getLogRecordFactory() is _record:
        return
    logging.setLogRecordFactory(_record)
    sys.excepthook = _uncaught
    # Where somebody has a hook of their own, as pytest has, the error is theirs.
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
                instead[str(one.orig)] = "…"  # what could not be sent to the database
    return masked(_replaced("".join(traceback.format_exception(error)), instead).rstrip("\n"))


def _record(*args: Any, **options: Any) -> logging.LogRecord:
    record = logging.LogRecord(*args, **options)
    if isinstance(record.args, tuple):
        record.args = tuple(_safe(one) for one in record.args)
    record.msg = _safe(record.msg)
    try:
        line = record.getMessage()
    except (TypeError, ValueError):
        return record  # its handler says what is wrong with it
    if (hidden := masked(line)) != line:
        record.msg, record.args = hidden, ()
    if record.exc_info and record.exc_info[1] is not None:
        record.exc_text = described(record.exc_info[1])
    return record


def _safe(value: Any) -> Any:
    return without_values(value) if isinstance(value, StatementError | psycopg.Error) else value


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and all that stands in its traceback."""
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
    """What is wrong with a statement, without what it was about to write or to look for."""
    if isinstance(error, StatementError):
        orig = error.orig
        what = without_values(orig) if isinstance(orig, psycopg.Error) else "…"
        return f"({type(orig).__name__}) {what}\n[SQL: {error.statement}]"
    names = [error.diag.constraint_name, error.diag.table_name, error.diag.column_name]
    said = "…" if isinstance(error, psycopg.DataError) else error.diag.message_primary
    known = [said or str(error), error.sqlstate, *names]
    return ", ".join(part for part in known if part)


def _replaced(text: str, instead: dict[str, str]) -> str:
    """`text` with what errors say replaced, the longer first: it repeats the shorter."""
    sayings = sorted(filter(str.strip, instead), key=len, reverse=True)
    if not sayings:
        return text
    # In a group of errors the lines of a saying are indented.
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
