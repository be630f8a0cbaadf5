"""Deadline night on the real servers: the portal on its own, and behind docs/nginx.conf."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from select import select
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.slow import slow_lines
from portal.core import clock
from portal.core.accounts.models import Organisation, Person, Role
from portal.core.arrival import HEADER
from portal.core.formats import exact_instant
from portal.core.periods import whole_second
from portal.grants.applications.models import Application, ApplicationState
from portal.grants.competitions.models import Competition
from tests.factories import Make
from tests.faults.neighbours import SilentServer
from tests.pages import PageClient, fields
from tests.test_serve import ROOT, free_port

NGINX = "/usr/sbin/nginx"
AROUND_IT = """
daemon off; master_process off; pid {folder}/pid;
events {{ worker_connections 2048; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    include {folder}/site.conf;
}}
"""


@contextmanager
def running(*command: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the end of the block."""
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment})
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def portal(
    busy: tuple[Flask, Make], port: int, **environment: str
) -> Iterator[subprocess.Popen[bytes]]:
    """The portal on the database of `busy`, as it runs in production."""
    settings = busy[0].extensions["settings"]
    here = {
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_key,
        "VAR": str(settings.var),
        "DEMO": "0",
        "LOG_LEVEL": "warning",
        "PORT": str(port),
    }
    with running(sys.executable, "-m", "gunicorn", "wsgi:app", **here, **environment) as process:
        yield process


def wait_for(port: int) -> None:
    for _ in range(600):
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"nobody listens on {port}")


@contextmanager
def nginx(folder: Path, port: int, behind: int, **instead: str) -> Iterator[None]:
    """nginx with docs/nginx.conf in front of a port; its log is access.log in the folder."""
    site = (ROOT / "docs" / "nginx.conf").read_text()
    for written, here in {
        "listen 80;": f"listen 127.0.0.1:{port};",
        "http://127.0.0.1:8000;": f"http://127.0.0.1:{behind};",
        "/var/log/nginx/asns.log": str(folder / "access.log"),
        "/var/cache/asns": str(folder / "cache"),
        "/srv/asns/": f"{ROOT}/",
        **instead,
    }.items():
        assert written in site, written
        site = site.replace(written, here)
    (folder / "site.conf").write_text(site)
    (folder / "nginx.conf").write_text(AROUND_IT.format(folder=folder))
    with running(NGINX, "-e", "stderr", "-c", str(folder / "nginx.conf")):
        wait_for(port)
        yield


@dataclass(frozen=True)
class Servers:
    """Where they listen. Each portal has one thread; `behind` is the one behind nginx."""

    alone: int
    behind: int
    nginx: int
    log: Path


@pytest.fixture(scope="module")
def servers(
    busy: tuple[Flask, Make], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Servers]:
    folder = tmp_path_factory.mktemp("nginx")
    found = Servers(free_port(), free_port(), free_port(), folder / "access.log")
    with ExitStack() as started:
        for port, proxies in ((found.alone, "0"), (found.behind, "1")):
            one = {"WEB_CONCURRENCY": "1", "THREADS": "1", "PROXIES": proxies}
            started.enter_context(portal(busy, port, **one))
        started.enter_context(nginx(folder, found.nginx, found.behind))
        for port in (found.alone, found.behind):
            wait_for(port)
        yield found


@pytest.fixture(autouse=True)
def _running_clock(_still_clock: None) -> Iterator[None]:
    """The servers' clock runs; what is made for them here is made for this day."""
    with clock.at(datetime.now(UTC)):
        yield


@dataclass
class Night:
    """An owner with drafts in a call whose deadline is near, and their browser."""

    make: Make
    browser: PageClient
    call: Competition
    owner: Person
    organisation: Organisation

    def draft(self) -> Application:
        return self.make.application(self.call, by=self.owner, organisation=self.organisation)

    def fresh(self, draft: Application) -> Application:
        self.make.session.expire_all()
        return self.make.session.get_one(Application, draft.id)

    def form(self, **fields: str) -> bytes:
        return urlencode({"csrf_token": self.browser.csrf(), **fields}).encode()

    def deadline_in(self, seconds: int) -> datetime:
        deadline = whole_second(datetime.now(UTC)) + timedelta(seconds=seconds)
        self.make.rewrite(self.call, deadline=deadline)
        return deadline

    def lock(self, draft: Application) -> Session:
        """A session that has the draft's row until it is closed."""
        other = Session(self.make.session.get_bind())
        other.get(Application, draft.id, with_for_update=True)
        return other

    def begin(self, port: int, path: str, body: bytes, **headers: str) -> HTTPConnection:
        """Send the head of a POST and none of its body."""
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        connection.putrequest("POST", path)
        cookie = self.browser.get_cookie("asns")
        assert cookie is not None
        for name, value in {
            "Cookie": f"asns={cookie.value}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Content-Length": str(len(body)),
            **headers,
        }.items():
            connection.putheader(name, value)
        connection.endheaders()
        return connection


@pytest.fixture
def night(busy: tuple[Flask, Make]) -> Night:
    app, make = busy
    organisation = make.organisation()
    owner = make.person(Role.OWNER, scope=organisation)
    browser = PageClient(app, app.response_class).sign_in(owner)
    return Night(make, browser, make.competition("open"), owner, organisation)


def answer(connection: HTTPConnection) -> tuple[HTTPResponse, str]:
    with closing(connection):
        response = connection.getresponse()
        return response, response.read().decode()


def until_it_has_passed(deadline: datetime) -> None:
    time.sleep(max((deadline - datetime.now(UTC)).total_seconds(), 0) + 1.05)


def until_it_waits(lock: Session) -> None:
    """Wait until somebody waits for what this session has."""
    waits = text("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
    for _ in range(600):
        if lock.scalar(waits):
            return
        time.sleep(0.05)
    raise AssertionError("nobody waits")


def test_a_body_that_ends_after_the_deadline_is_late(servers: Servers, night: Night) -> None:
    drafts = {port: night.draft() for port in (servers.alone, servers.nginx)}
    body = night.form(q_title="Pabeigts par vēlu", version="1;", then="return")
    half = len(body) // 2
    deadline = night.deadline_in(2)
    forged = {HEADER: f"{deadline.timestamp():.3f}"}  # and whoever says otherwise is not believed
    sending = {}
    for port, draft in drafts.items():
        path = f"/my/applications/{draft.id}/sections/project"
        sending[port] = night.begin(port, path, body, **forged)
        sending[port].send(body[:half])
    until_it_has_passed(deadline)
    for port, connection in sending.items():
        connection.send(body[half:])
        response, page = answer(connection)
        assert response.status == 409
        assert "Pabeigts par vēlu" in page, "what was typed is given back"
        assert exact_instant(deadline) in page
        kept = night.make.answered(drafts[port].answer_set_id)
        assert kept["title"] == drafts[port].draft_title


def test_what_nginx_had_in_time_counts_however_long_it_waits_for_a_thread(
    servers: Servers, night: Night
) -> None:
    draft, other = night.draft(), night.draft()
    seen = night.browser.page(f"/my/applications/{draft.id}/check").select_one("[name=seen]")
    assert seen is not None
    body = night.form(seen=str(seen["value"]))
    section = f"/my/applications/{other.id}/sections/project"
    form = night.browser.page(section).select_one("main form[method=post]")
    assert form is not None
    slow = urlencode({**fields(form), "q_title": "Gaida uz rindu"}, doseq=True).encode()
    deadline = night.deadline_in(2)
    with closing(night.lock(other)) as lock:
        holding = night.begin(servers.behind, section, slow)
        holding.send(slow)  # it has the only thread until the row is free
        until_it_waits(lock)
        waiting = night.begin(servers.nginx, f"/my/applications/{draft.id}/submit", body)
        waiting.send(body)
        until_it_has_passed(deadline)
    assert answer(holding)[0].status == 302
    response, page = answer(waiting)
    assert response.status == 302, page
    assert str(response.headers["Location"]).endswith("/receipt")
    submitted = night.fresh(draft)
    assert submitted.state is ApplicationState.SUBMITTED
    assert submitted.submissions[0].submitted_at <= deadline


def test_a_body_has_a_length(servers: Servers) -> None:
    """In chunks it may go on for ever within the line before one; nginx gives it a length."""
    for port, status in ((servers.alone, 501), (servers.nginx, 400)):
        # In one piece: what comes after an answer resets the line, and the answer with it.
        with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
            line.sendall(IN_CHUNKS)
            with closing(HTTPResponse(line, method="POST")) as response:
                response.begin()
                assert response.status == status


IN_CHUNKS = (
    b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"6\r\nemail=\r\n1\r\nx\r\n0\r\n\r\n"
)


def until_so_many_are_answered(number: int, lines: list[socket.socket]) -> None:
    for _ in range(600):
        answered, _, _ = select(lines, [], [], 0)
        if len(answered) >= number:
            break
        time.sleep(0.05)
    assert len(answered) == number


def test_slow_lines_at_one_address_are_no_other_address_matter(servers: Servers) -> None:
    flood = "127.0.0.5"
    with slow_lines(servers.nginx, "/sign-in", source=flood) as (_, halves, uploads, _):
        until_so_many_are_answered(len(halves) - 100, halves)
        until_so_many_are_answered(len(uploads) - 30, uploads)
        for source, method, path, status in (
            (flood, "POST", "/sign-in", 429),
            (flood, "GET", "/sign-in", 200),
            (flood, "GET", "/healthz", 200),
            ("127.0.0.1", "GET", "/healthz", 200),
            ("127.0.0.1", "POST", "/sign-in", 400),
        ):
            connection = HTTPConnection(
                "127.0.0.1", servers.nginx, timeout=30, source_address=(source, 0)
            )
            connection.request(method, path)
            response, page = answer(connection)
            assert response.status == status
            if status == 429:
                assert "Portāls šobrīd ir aizņemts" in page and "The portal is busy" in page
                assert "nav saglabāts" in page and "Neatgriezieties" in page


@pytest.mark.parametrize("status", [502, 504])
def test_of_what_had_no_answer_it_is_not_said_that_it_was_not_done(
    tmp_path: Path, status: int
) -> None:
    """The portal is gone, or goes on for longer than nginx waits."""
    port = free_port()
    timeout = {"proxy_read_timeout 60s": "proxy_read_timeout 1s"}
    with closing(SilentServer()) as silent:
        behind = silent.port if status == 504 else free_port()
        with nginx(tmp_path, port, behind, **timeout):
            connection = HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("POST", "/my/applications/1/submit", "seen=1")
            response, page = answer(connection)
    assert response.status == status and response.headers["Retry-After"]
    assert "nav zināms, vai tas ir saglabāts" in page and "nav izpildīts" not in page


def test_a_body_that_is_too_large_is_refused_in_words(servers: Servers) -> None:
    for path, size in (("/sign-in", 6_000_000), ("/verify", 200_000_000)):
        connection = HTTPConnection("127.0.0.1", servers.nginx, timeout=30)
        connection.putrequest("POST", path)
        connection.putheader("Content-Length", str(size))
        connection.endheaders()
        response, page = answer(connection)
        assert response.status == 413 and "Nosūtītais ir pārāk liels" in page


def test_the_log_of_nginx_holds_no_link(servers: Servers) -> None:
    referer = {"Referer": "https://konkursi.example.lv/sign-in?next=%2Flink%2Fjoin%2FSECRET"}
    for path in ("/link/reset/SECRET", "/sign-in?next=/link/join/SECRET", "/sign-in"):
        connection = HTTPConnection("127.0.0.1", servers.nginx, timeout=30)
        connection.request("GET", path, headers=referer)
        assert answer(connection)[0].status in (200, 410)
    # nginx writes a request down after it has answered it, so the last one may be on its way.
    for _ in range(600):
        log = servers.log.read_text()
        if '"GET /sign-in HTTP' in log:
            break
        time.sleep(0.05)
    assert '"GET /link..." 410' in log and '"GET /sign-in?next=/link..." 200' in log
    assert '"GET /sign-in HTTP' in log and "SECRET" not in log


def test_only_public_pages_are_kept_and_only_for_whoever_sends_no_cookie(
    busy: tuple[Flask, Make], tmp_path: Path
) -> None:
    """Seen when the portal has gone: what is kept is all that is left."""
    call = f"/competitions/{busy[1].competition('open').slug}"
    behind, port = free_port(), free_port()

    def get(path: str, host: str = "localhost", **headers: str) -> tuple[HTTPResponse, str]:
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", path, headers={"Host": host, **headers})
        return answer(connection)

    with nginx(tmp_path, port, behind):
        with portal(busy, behind, WEB_CONCURRENCY="1", THREADS="1", PROXIES="1"):
            wait_for(behind)
            first, page = get(call)
            assert first.status == 200 and "Set-Cookie" not in first.headers
            assert "X-Accel-Expires" not in first.headers
            assert "Set-Cookie" in get("/?lang=en")[0].headers
            for path in ("/sign-in", "/competitions/none"):
                get(path)
            get("/competitions", Cookie="language=en")
        kept, again = get(call)
        assert kept.status == 200 and again == page
        tag = str(first.headers["ETag"])
        assert get(call, **{"If-None-Match": tag})[0].status == 304
        for path in ("/", "/?lang=en", "/sign-in", "/competitions/none", "/competitions"):
            assert get(path)[0].status == 502, path
        assert get(call, Cookie="language=en")[0].status == 502
        assert get(call, host="elsewhere.lv")[0].status == 502
