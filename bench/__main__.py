"""Seed, serve, load, and print each figure with its share of what the same server could do.

`python -m bench` measures everything, `python -m bench ranking sheet` only lines of such names.
"""

import html
import http.client
import os
import re
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask, session
from flask_wtf.csrf import generate_csrf
from sqlalchemy import create_engine, select, text

from bench import flood, load, slow, walk
from bench.load import Figures, Request, Step
from bench.seed import WRITTEN, Seeded, seed
from config import Settings
from portal import create_app
from portal.core import embedded, migrate
from portal.core.accounts import sign_in
from portal.core.accounts.models import Person
from portal.core.db import db
from portal.grants.applications.models import Application
from portal.grants.competitions.models import Criterion, CriterionKind

ROOT = Path(__file__).parents[1]
SECONDS = float(os.environ.get("BENCH_SECONDS", "6"))
PORTAL, CEILING = 8765, 8766
TABLE = "ranking of 1,000"
MEGABYTE = 1024 * 1024
A_FILE = slow.A_PAGE + b"%" + secrets.token_bytes(MEGABYTE) + slow.AN_END


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the report, before it is measured.

    `asked` is called once the server answers. `ceilings` are the bare views that do between them
    what one answer does.
    """

    name: str
    asked: Callable[[], Request | Callable[[int], Iterable[Step]]]
    ceilings: tuple[str, ...]
    aim: float | None = None

    def row(self, found: Figures, ceilings: Mapping[str, Figures]) -> str:
        """As a row of the table."""
        parts = [ceilings[name] for name in self.ceilings]
        share = found.rate * sum(1 / part.rate for part in parts)
        cpu = sum(part.cpu for part in parts)
        aim = "–" if self.aim is None else f"≥ {self.aim:g}"
        return (
            f"| {self.name} | {found.rate:.1f} | {found.p50:.1f} | {found.p95:.1f} |"
            f" {found.cpu:.1f} | {share:.2f} | {cpu / found.cpu:.2f} | {aim} |"
        )


class Cookies:
    """Signed-in browsers, made without the sign-in page."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.serializer = app.session_interface.get_signing_serializer(app)

    def of(self, person: UUID) -> tuple[str, str]:
        """The cookie of a signed-in person, and a CSRF token that goes with it."""
        with self.app.test_request_context():
            values: dict[str, Any] = dict(sign_in.begin(db.session.get_one(Person, person)))
            token = generate_csrf()
            values["csrf_token"] = session["csrf_token"]
        return f"{self.app.config['SESSION_COOKIE_NAME']}={self.serializer.dumps(values)}", token

    def plain(self, person: UUID) -> str:
        """The cookie by which the ceiling's Flask-Login knows a person."""
        return f"session={self.serializer.dumps({'_user_id': str(person), '_fresh': True})}"


@contextmanager
def serving(module: str, port: int, environment: dict[str, str]) -> Iterator[tuple[int, float]]:
    """The web server with two workers; gives its process and the seconds until it answered."""
    worker = "portal.core.serving.BufferingWorker"
    options = ["--workers", "2", "--worker-class", worker, "--threads", "4", "--preload"]
    options += ["--config", "/dev/null", "--log-level", "warning", "--bind", f"127.0.0.1:{port}"]
    command = [sys.executable, "-m", "gunicorn", *(options if port == CEILING else ()), module]
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment})
    postgres = Path(environment["VAR"]) / "postgres" / "postmaster.pid"
    load.watched[:] = [process.pid, int(postgres.read_text().split()[0])]
    try:
        while not load.answers(port):
            time.sleep(0.02)
        yield process.pid, time.perf_counter() - began
    finally:
        load.watched.clear()
        process.terminate()
        process.wait(20)


def resident(pid: int) -> list[float]:
    """Resident memory of the workers, in MB."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    found = []
    for child in children:
        status = Path(f"/proc/{child}/status").read_text()
        match = re.search(r"VmRSS:\s+(\d+) kB", status)
        found.append(int(match[1]) / 1024 if match else 0.0)
    return found


def main(words: Sequence[str]) -> None:
    """Run everything, some minutes, or only the lines in whose names one of the words stands."""
    with tempfile.TemporaryDirectory() as folder:
        var = Path(folder) / "var"
        var.mkdir()
        url = embedded.start(var / "postgres")
        environment = {
            "VAR": str(var),
            "DATABASE_URL": url,
            "SECRET_KEY": secrets.token_hex(),
            "DEMO": "0",
            "PORT": str(PORTAL),
            "BENCH_DATABASE_URL": url.replace("postgresql://", "postgresql+psycopg://"),
        }
        os.environ.update(environment)
        migrate.upgrade(environment["BENCH_DATABASE_URL"])
        app = create_app(Settings())
        with app.app_context():
            seeded = seed()
            criteria = [
                c.key for c in db.session.query(Criterion).filter_by(kind=CriterionKind.QUALITY)
            ]
        with create_engine(environment["BENCH_DATABASE_URL"]).begin() as connection:
            for table in WRITTEN:
                connection.execute(text(f"CREATE TABLE bench_{table} (LIKE {table} INCLUDING ALL)"))
            connection.execute(text("ANALYZE"))
        cookies = Cookies(app)
        lines = [
            line
            for line in _lines(cookies, seeded, sorted(set(criteria)))
            if not words or any(word in line.name for word in words)
        ]
        try:
            ceilings = _ceilings(cookies, seeded, lines, sorted(set(criteria)), environment)
            with serving("wsgi:app", PORTAL, environment) as (pid, started):
                fresh = resident(pid)
                found = {line.name: _run(PORTAL, line.asked()) for line in lines}
                print(*_table(lines, found, ceilings), sep="\n")
                if not words:
                    print(f"\nStart-up until the first answer: {started:.2f} s.")
                    _sizes(cookies, seeded, pid, fresh)
        finally:
            embedded.stop(var / "postgres")
    if not words:
        walk.report(serving, Cookies)


def _lines(cookies: Cookies, seeded: Seeded, criteria: list[str]) -> list[Line]:
    """Everything that is measured."""
    owner, application = seeded.own
    own, _token = cookies.of(owner)
    chair, _token = cookies.of(seeded.chair)
    call, committee = f"/competitions/{seeded.open}", f"/committee/{seeded.evaluated}"
    mine = f"/my/applications/{application}"

    def page(path: str, cookie: str = "") -> Callable[[], Request]:
        return lambda: load.get(path, cookie)

    def sent() -> Any:
        return submissions(cookies, seeded)

    return [
        Line("home", page("/"), ("a page",), 0.6),
        Line("home, not changed", lambda: _conditional("/"), ("a page",)),
        Line("call", page(call), ("a page",), 0.5),
        Line("call, not changed", lambda: _conditional(call), ("a page",)),
        Line("own application", page(mine, own), ("a page",), 0.4),
        Line("chair's board", page(f"{committee}/progress", chair), ("a board",), 0.5),
        Line("ranking of 1,000", page(f"{committee}/ranking", chair), (TABLE,), 0.4),
        Line("saving a sheet", lambda: sheets(cookies, seeded, criteria), ("a sheet",), 0.4),
        Line("upload of 1 MB", lambda: uploads(cookies, seeded), ("1 MB taken in",)),
        Line("upload 1 MB and submit", sent, ("1 MB taken in", "a check", "a submission"), 0.25),
    ]


def _ceilings(
    cookies: Cookies,
    seeded: Seeded,
    lines: Iterable[Line],
    criteria: list[str],
    environment: dict[str, str],
) -> dict[str, Figures]:
    """The figures of the bare views that the lines are compared with, by name."""
    owner, _application = seeded.own
    plain = cookies.plain(owner)
    drafts = [(key, cookies.plain(person)) for person, key in seeded.drafts[: load.CLIENTS]]
    points = {f"p_{key}": "3" for key in criteria}
    work: dict[str, list[Request]] = {
        "a sheet": [
            load.form(
                f"/sheet/{seeded.evaluated}/{seeded.to_score[member][0]}",
                cookies.plain(member),
                points,
            )
            for member in seeded.members
        ],
        "1 MB taken in": [
            load.multipart(f"/upload/{key}", cookie, {}, {"file": A_FILE}) for key, cookie in drafts
        ],
        "a check": [load.get(f"/check/{key}", cookie) for key, cookie in drafts],
        "a submission": [load.form(f"/submit/{key}", cookie, {}) for key, cookie in drafts],
    }
    asked = {
        "a page": load.get("/page", plain),
        "a board": load.get(f"/board/{seeded.evaluated}", plain),
        TABLE: load.get(f"/ranking/{seeded.evaluated}", plain),
        **{name: lambda client, name=name: load.again(work[name][client])(client) for name in work},
    }
    needed = {name for line in lines for name in line.ceilings}
    with serving("bench.ceiling:app", CEILING, environment):
        return {name: _run(CEILING, one) for name, one in asked.items() if name in needed}


def _table(
    lines: Iterable[Line],
    found: Mapping[str, Figures],
    ceilings: Mapping[str, Figures],
) -> Iterator[str]:
    """All figures."""
    yield "| what | per second | p50 ms | p95 ms | CPU ms | share of its ceiling | by CPU | aim |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|"
    for name, one in ceilings.items():
        yield (
            f"| ceiling: {name} | {one.rate:.1f} | {one.p50:.1f} | {one.p95:.1f} | {one.cpu:.1f} |"
            " 1 | 1 | |"
        )
    for line in lines:
        yield line.row(found[line.name], ceilings)


def _sizes(cookies: Cookies, seeded: Seeded, pid: int, fresh: list[float]) -> None:
    """Memory, and what slow lines and long examinations cost others."""
    loaded = resident(pid)
    _ask(large_upload(cookies, seeded))  # the code that takes files in is there already
    before = resident(pid)
    for _ in range(4):
        _ask(large_upload(cookies, seeded))
    grown = max(now - then for now, then in zip(resident(pid), before, strict=True))
    with cookies.app.app_context():
        download = slow.publish_large_file(seeded.open)
    print(f"A worker's memory: {max(fresh):.0f} MB fresh, {max(loaded):.0f} MB after all of this;")
    print(f"uploads of 25 MB raise it by {grown:.1f} MB.")
    print(slow.report(PORTAL, f"/competitions/{seeded.open}", download, lambda: resident(pid)))
    print(flood.report(PORTAL, lambda file: large_upload(cookies, seeded, file)))


def _run(port: int, asked: Request | Callable[[int], Iterable[Step]]) -> Figures:
    """What comes of one request made again and again, or of steps; after half a second to warm."""
    work = load.again(asked) if isinstance(asked, Request) else asked
    steps = [iter(work(client)) for client in range(load.CLIENTS)]
    load.run(port, steps.__getitem__, seconds=0.5)
    return load.run(port, steps.__getitem__, seconds=SECONDS)


def _ask(request: Request) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", PORTAL)
    _status, page = load.ask(connection, request)
    connection.close()
    return page


def _conditional(path: str) -> Request:
    """The same page asked for again by a browser that has it."""
    connection = http.client.HTTPConnection("127.0.0.1", PORTAL)
    connection.request("GET", path)
    response = connection.getresponse()
    response.read()
    connection.close()
    return Request("GET", path, {"If-None-Match": response.headers["ETag"]}, expect=(200, 304))


def sheets(cookies: Cookies, seeded: Seeded, criteria: list[str]) -> Any:
    """Each client is a member who saves sheets for the applications that they have not scored."""
    points = {f"p_{key}": "3" for key in criteria}
    signed = [cookies.of(member) for member in seeded.members]

    def work(client: int) -> Iterator[Step]:
        cookie, token = signed[client]
        for number in seeded.to_score[seeded.members[client]]:
            path = f"/committee/{seeded.evaluated}/applications/{number}/autosave"
            values = {**points, "csrf_token": token, "version": "0", "overall": ""}
            request = load.form(path, cookie, values)
            yield lambda connection, request=request: load.ask(connection, request)

    return work


def submissions(cookies: Cookies, seeded: Seeded) -> Any:
    """Each client sends whole applications: an attachment of 1 MB, the check, the submission."""
    signed = {owner: cookies.of(owner) for owner, _key in seeded.drafts}
    owner, key = seeded.drafts[0]
    page = _page(f"/my/applications/{key}/sections/attachments", signed[owner][0])
    # All drafts say the same; a version names whose they are, between its prints.
    before, _answer_set, after = _hidden(page, "version").split(";")
    with cookies.app.app_context():
        sets = dict(db.session.execute(select(Application.id, Application.answer_set_id)).all())

    def work(client: int) -> Iterator[Step]:
        for owner, key in seeded.drafts[client :: load.CLIENTS]:
            cookie, token = signed[owner]
            values = {"csrf_token": token, "version": f"{before};{sets[key]};{after}"}
            yield lambda connection, c=cookie, v=values, k=key: _submit(connection, c, v, k)

    return work


def uploads(cookies: Cookies, seeded: Seeded) -> Any:
    """Each client puts a file of 1 MB into a draft of its own, again and again."""
    ready = [upload(cookies, owner, key, A_FILE) for owner, key in seeded.drafts[-load.CLIENTS :]]
    return lambda client: load.again(ready[client])(client)


def upload(cookies: Cookies, owner: UUID, key: UUID, content: bytes) -> Request:
    """A file for a draft."""
    cookie, token = cookies.of(owner)
    path = f"/my/applications/{key}/sections/attachments"
    values = {
        "csrf_token": token,
        "version": _hidden(_page(path, cookie), "version"),
        "replace": "at_risk_statement",
    }
    return load.multipart(path, cookie, values, {"q_at_risk_statement": content})


def large_upload(cookies: Cookies, seeded: Seeded, content: bytes = slow.A_LARGE_FILE) -> Request:
    """The largest file that may come in, or another one, for the last draft."""
    return upload(cookies, *seeded.drafts[-1], content)


def _submit(connection: Any, cookie: str, values: dict[str, str], key: UUID) -> None:
    path = f"/my/applications/{key}"
    files = {"q_at_risk_statement": A_FILE}
    load.ask(connection, load.multipart(f"{path}/sections/attachments", cookie, values, files))
    _status, page = load.ask(connection, load.get(f"{path}/check", cookie))
    sent = {"csrf_token": values["csrf_token"], "seen": _hidden(page, "seen")}
    load.ask(connection, load.form(f"{path}/submit", cookie, sent))


def _hidden(page: bytes, name: str) -> str:
    """The value of a hidden input."""
    found = re.search(rf'name="{name}"[^>]* value="([^"]*)"'.encode(), page)
    if found is None:
        raise RuntimeError(f"no {name} on the page")
    return html.unescape(found[1].decode())


def _page(path: str, cookie: str = "") -> bytes:
    return _ask(load.get(path, cookie))


if __name__ == "__main__":
    main(sys.argv[1:])
