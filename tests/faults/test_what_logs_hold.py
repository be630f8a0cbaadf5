"""A log tells what went wrong, and of whom it tells nothing."""

import logging
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from portal.core.accounts.models import Person, SignIn, Token
from portal.core.db import db

pytestmark = pytest.mark.usefixtures("ctx")

SECRET = "ilze.slepena@example.lv"
LINK = "/link/reset/c2xlcGVuYS1zYWl0ZQ"


def twice() -> None:
    db.session.add_all([Person(email=SECRET, name=SECRET), Person(email=SECRET, name=SECRET)])
    db.session.flush()


def without_a_name() -> None:
    db.session.add(Person(email=SECRET, password_hash=SECRET))
    db.session.flush()


def no_number() -> None:
    db.session.execute(text("SELECT CAST(:given AS integer)"), {"given": SECRET})


def a_sign_that_no_text_has() -> None:
    db.session.scalar(select(SignIn).where(SignIn.device == f"{SECRET}\0"))


def no_code() -> None:
    db.session.add(Token(purpose=SECRET, digest=SECRET, email=SECRET, expires_at=None))
    db.session.flush()


def no_key() -> None:
    db.session.scalar(select(Person).where(Person.id == SECRET))


def of_the_driver() -> None:
    connection = db.session.connection().connection.dbapi_connection
    assert connection is not None
    statement = (
        "INSERT INTO persons (id, created_at, email, name, sort_name, folded_name)"
        " VALUES (%s, now(), %s, %s, '', '')"
    )
    connection.cursor().execute(statement, (uuid4(), SECRET.upper(), SECRET))


FAULTS = {
    twice: "uq_persons_email",
    without_a_name: "NotNullViolation",
    no_number: "22P02",
    a_sign_that_no_text_has: "DataError",
    no_code: "purpose",
    no_key: "persons.id",
    of_the_driver: "ck_persons_email_lower",
}


@pytest.mark.parametrize(
    ("fault", "told"), FAULTS.items(), ids=lambda one: getattr(one, "__name__", "")
)
def test_an_error_is_told_without_what_it_was_about(
    fault: Callable[[], None], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    written = logging.StreamHandler(StringIO())  # anybody's, with a formatter of its own
    log = logging.getLogger("somebody's")
    log.addHandler(written)
    try:
        with db.session.begin_nested():
            fault()
    except Exception as error:
        try:
            raise ExceptionGroup("all that failed", [RuntimeError("it failed"), error]) from error
        except ExceptionGroup as group:
            log.exception("Exception on %s [POST]: %s", LINK, error)
            log.error("at %s", LINK, exc_info=group)
            sys.excepthook(type(error), error, error.__traceback__)
    log.removeHandler(written)
    for said in (written.stream.getvalue(), capsys.readouterr().err):
        assert told in said and "Traceback" in said
        assert SECRET not in said.lower() and LINK.rpartition("/")[2] not in said


IN_THE_BACKGROUND = f"""
from threading import Thread
from psycopg.errors import DataError
from portal.core import logs

class Left:
    def __del__(self):
        fail("unraisable")

def fail(where):
    try:
        raise DataError("{SECRET}")
    except DataError as error:
        raise RuntimeError(where) from error

logs.init()
Thread(target=fail, args=["thread"]).start()
Left()
"""


def test_nor_of_an_error_that_nobody_waits_for() -> None:
    command = [sys.executable, "-c", IN_THE_BACKGROUND]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    assert "RuntimeError: thread" in said and "RuntimeError: unraisable" in said
    assert "DataError" in said and SECRET not in said


def test_a_line_that_cannot_be_made_breaks_nobody_s_work(
    capsys: pytest.CaptureFixture[str],
) -> None:
    log = logging.getLogger("somebody's")
    log.addHandler(quiet := logging.StreamHandler(StringIO()))
    log.propagate = False  # to pytest, which raises what others print
    log.warning("%d", "one")
    log.propagate = True
    log.removeHandler(quiet)
    assert "Logging error" in capsys.readouterr().err
