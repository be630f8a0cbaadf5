"""What is not set, or set wrongly, ends a process with a line; nobody is let in by mistake."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from sqlalchemy import make_url

from config import Settings, SettingsError
from portal.core import startup
from portal.core.work import unit_of_work
from tests.factories import Make
from tests.test_serve import ROOT, free_port

FLASK = ("-m", "flask", "--app", "wsgi")
WEB_SERVER = ("-m", "gunicorn", "wsgi:app")
SERVE = ("-m", "portal.serve")
AWAY = "The database of DATABASE_URL cannot be used: "


def start(*command: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def refused(*command: str, **environment: str) -> tuple[int, list[str]]:
    """The exit status and the lines of a process that ends by itself."""
    process = start(*command, **environment)
    try:
        out, err = process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    assert "Traceback" not in err and not out
    return process.returncode, err.splitlines()


def answer(port: int, path: str) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.parametrize("command", [(*FLASK, "migrate"), WEB_SERVER, SERVE])
def test_every_setting_that_cannot_be_meant_is_named(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    wrong = {
        "VAR": "/proc/asns",
        "DATABASE_URL": "postgresql://asns:hunter2@db:port/asns",
        "SECRET_KEY": "hunter2",
        "PORT": "eight",
        "LOG_LEVEL": "loud",
        "BASE_URL": "asns.example.lv",
        "SMTP_URL": "hunter2",
        "MAIL_FROM": "somebody",
    }
    status, lines = refused(*command, **wrong)
    assert status == 2
    assert sorted(line.partition(": ")[0] for line in lines) == sorted(wrong)
    assert all(". Set " in line and "hunter2" not in line for line in lines)


def test_what_no_mail_server_could_be_told_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_URL", "smtp://anna:par%C4%81dze@mail.example.lv")
    monkeypatch.setenv("MAIL_FROM", "Asns <ķirsis@example.lv>")
    with pytest.raises(SettingsError) as refusal:
        Settings()
    names = [line.partition(": ")[0] for line in refusal.value.lines]
    assert names == ["SMTP_URL", "MAIL_FROM"] and "anna" not in refusal.value.lines[0]


def test_no_command_falls_back_to_another_database(tmp_path: Path) -> None:
    command = (*FLASK, "admin", "create", "anna@example.lv", "Anna")
    status, lines = refused(*command, VAR=str(tmp_path / "var"), DATABASE_URL="")
    assert (status, len(lines)) == (2, 1) and lines[0].startswith("DATABASE_URL: not set")
    assert not (tmp_path / "var").exists()


def test_a_command_on_a_database_without_tables_says_what_to_do(
    new_database: Callable[[str], str], worker: str, tmp_path: Path
) -> None:
    url = new_database(f"bare_{worker}")
    with psycopg.connect(url) as connection:
        connection.execute("DROP TABLE alembic_version")
    command = (*FLASK, "files", "sweep")
    status, lines = refused(*command, VAR=str(tmp_path), DATABASE_URL=url)
    assert (status, lines) == (1, [f"Error: {startup.BEHIND}"])


def test_the_demo_and_what_people_use_are_never_taken_for_one_another(
    busy: tuple[Flask, Make], demo_portal: Callable[..., Flask], tmp_path: Path
) -> None:
    app, make = busy
    make.person()
    databases = {"1": app, "0": demo_portal("fails_closed")}
    for demo, command in [("1", (*FLASK, "demo")), ("1", WEB_SERVER), ("0", SERVE)]:
        url = databases[demo].config["SQLALCHEMY_DATABASE_URI"]
        given = {"VAR": str(tmp_path), "DEMO": demo, "PORT": str(free_port())}
        status, lines = refused(*command, DATABASE_URL=url, **given)
        assert status == 1, command
        assert len(lines) == 1 and "DEMO: it is " in lines[0], command


def test_what_cannot_be_asked_yet_is_no_demo(busy: tuple[Flask, Make], tmp_path: Path) -> None:
    """DEMO=1 by mistake, and the database that people use is away at the start."""
    app, make = busy
    person = make.person()
    with app.test_request_context(), unit_of_work(None, "mail.tried") as work:
        url = "https://asns.example.lv/link/reset/secret"
        letter = work.send("accounts/reset", to=person, key=f"{person.id}", url=url, hours=1)
    database = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    away, port = tmp_path / "away", free_port()
    given = database.update_query_dict({"host": str(away)}).render_as_string(hide_password=False)
    settings = {"DATABASE_URL": given, "DEMO": "1", "VAR": str(tmp_path), "PORT": str(port)}
    web = start(*WEB_SERVER, **settings, LOG_LEVEL="warning")
    worker = start(*FLASK, "worker", **settings)
    try:
        status, lines = refused(*FLASK, "migrate", **settings)
        assert (status, len(lines)) == (1, 1) and AWAY in lines[0]
        for process in (web, worker):
            assert process.stderr is not None
            assert AWAY in process.stderr.readline()
        for _ in range(600):
            try:
                assert answer(port, "/healthz") == 200
                break
            except urllib.error.URLError:
                time.sleep(0.05)
        pages = ("/demo", "/demo/mail", f"/demo/mail/{letter}")
        assert {answer(port, page) for page in pages} <= {404, 500, 503}
        away.symlink_to(str(database.query["host"]))
        _, said = worker.communicate(timeout=30)
        assert worker.returncode == 1 and said.startswith("DEMO: it is on")
        assert {answer(port, page) for page in ("/", "/readyz", *pages)} == {503}
        assert answer(port, "/healthz") == 200
    finally:
        worker.kill()
        web.terminate()
        _, said = web.communicate(timeout=30)
    assert "not made by the demo" in said


def test_a_neighbour_that_is_away_is_told_of(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as there, socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        store, mail = (f"127.0.0.1:{one.getsockname()[1]}" for one in (there, closed))
        settings = Settings(var=tmp_path, s3_endpoint=f"http://{store}", smtp_url=f"smtp://{mail}")
        (line,) = startup.who_is_away(settings)
    assert line.startswith("SMTP_URL: the server cannot be reached: ")
