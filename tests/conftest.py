"""The ground every test stands on: a real PostgreSQL, one database a worker, a rolled-back
transaction a test.

The clock stands still at NOW, and the network ends at the loopback.
"""

import fcntl
import os
import secrets
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import psycopg
import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from psycopg import sql
from sqlalchemy import Connection, create_engine
from sqlalchemy.orm import Session

from config import EMBEDDED, Settings
from portal import create_app
from portal.core import arrival, clock, demo, embedded, migrate
from portal.core.db import db
from tests.factories import Make
from tests.pages import PageClient
from tests.world import World, build

NOW = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)  # a Friday, 16.30 in Riga
TEMPLATE = "asns_template"


# How long an example takes says more of the machine, which runs several tests at once.
hypothesis.settings.register_profile("portal", deadline=None)
hypothesis.settings.load_profile("portal")


def compile_catalogue() -> None:
    """Bring the compiled catalogue up to date, for a run without make."""
    source = Path(__file__).parents[1] / "portal/translations/lv/LC_MESSAGES/messages.po"
    compiled = source.with_suffix(".mo")
    if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
        return
    part = compiled.with_suffix(f".{os.getpid()}")
    with source.open("rb") as texts, part.open("wb") as target:
        write_mo(target, read_po(texts, locale="lv"))
    part.replace(compiled)


def pytest_configure() -> None:
    """Refuse every connection that leaves this machine, and every setting of the caller's."""
    os.environ |= {"DATABASE_URL": EMBEDDED, "SECRET_KEY": secrets.token_urlsafe(48), "DEMO": "0"}
    compile_catalogue()
    connect = socket.socket.connect

    def loopback_only(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in (
            "127.0.0.1",
            "localhost",
            "::1",
        ):
            raise RuntimeError(f"a test reached for {address}")
        return connect(self, address)

    socket.socket.connect = loopback_only  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def worker(request: pytest.FixtureRequest) -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Let one process at a time into the block."""
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, worker: str) -> Path:
    """A folder that all workers of this run share."""
    base = tmp_path_factory.getbasetemp()
    return base if worker == "main" else base.parent


@pytest.fixture(scope="session")
def server_url(shared: Path) -> Iterator[str]:
    """An embedded PostgreSQL with a migrated template database; in CI and on a laptop alike."""
    with only_one(shared / "postgres.lock"):
        url = embedded.start(shared / "postgres")
        with psycopg.connect(url, autocommit=True) as connection:
            known = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]
            ).fetchone()
            if known is None:
                for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                    connection.execute(
                        sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting))
                    )
                connection.execute("SELECT pg_reload_conf()")
                connection.execute(f"CREATE DATABASE {TEMPLATE}")
                migrate.upgrade(database(url, TEMPLATE))
    yield url


def database(url: str, name: str) -> str:
    """The same server's URL with another database."""
    return url.replace("/postgres?", f"/{name}?", 1)


@pytest.fixture(scope="session")
def new_database(server_url: str, shared: Path) -> Callable[[str], str]:
    """Clone the template into a fresh database of that name and give its URL."""

    def clone(name: str) -> str:
        with (
            only_one(shared / "clone.lock"),
            psycopg.connect(server_url, autocommit=True) as connection,
        ):
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        return database(server_url, name)

    return clone


def debian() -> Path | None:
    """The programs of the newest PostgreSQL that Debian's package has installed."""
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(found, key=lambda path: int(path.parents[1].name), default=None)
    return newest and newest.parent


def pytest_report_header() -> list[str]:
    """Which servers the tests run on."""
    programs = [path / "postgres" for path in (debian(), embedded.program("")) if path]
    return [subprocess.check_output([one, "--version"], text=True).strip() for one in programs]


@pytest.fixture(scope="session")
def debian_database(shared: Path, worker: str) -> Callable[..., str]:
    """Makes an empty database on Debian's own PostgreSQL, as a town may have it, by its name.

    Not the cluster that the package makes. It belongs to a role without any rights but that;
    it sorts in Latvian, and its time is Riga's. `options` are those of CREATE DATABASE.
    """

    def make(name: str, options: str = "") -> str:
        # ICU: what Debian has of the system's locales differs from machine to machine.
        latvian = ("--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=lv")
        settings = {**embedded.NOT_DURABLE, "timezone": "Europe/Riga"}
        programs = debian()
        assert programs, "Debian's PostgreSQL is missing: tools/need postgresql"
        with only_one(shared / "debian.lock"):
            server = shared / "debian"
            url = embedded.start(server, settings, programs=programs, locale=latvian)
            with psycopg.connect(url, autocommit=True) as connection:
                with suppress(psycopg.errors.DuplicateObject):
                    connection.execute("CREATE ROLE asns LOGIN")
                connection.execute(f"CREATE DATABASE {name}_{worker} OWNER asns {options}")
        return database(url, f"{name}_{worker}").replace("//postgres@", "//asns@", 1)

    return make


@pytest.fixture(scope="session")
def application(
    new_database: Callable[[str], str], worker: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """One application a worker; tests take `app`, which rolls back."""
    app = create_app(
        Settings(
            var=tmp_path_factory.mktemp("var"),
            database_url=new_database(f"asns_{worker}"),
            demo=False,
            base_url="http://localhost",
        )
    )
    app.testing = True
    app.test_client_class = PageClient
    with app.app_context():
        db.session.configure(join_transaction_mode="create_savepoint")
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def connection(application: Flask) -> Iterator[Connection]:
    """The test's one connection; whatever it commits is rolled back in the end."""
    with application.app_context():
        engine = db.engines[None]
    with engine.connect() as connection:
        outer = connection.begin()
        with application.app_context():
            db.engines[None] = connection  # type: ignore[assignment]
        try:
            yield connection
        finally:
            with application.app_context():
                db.engines[None] = engine
            if outer.is_active:
                outer.rollback()


@pytest.fixture
def app(application: Flask, connection: Connection) -> Flask:
    """The application on the test's connection. Hold no context open across requests."""
    return application


@pytest.fixture
def client(app: Flask) -> PageClient:
    """A browser that checks every page it gets; see tests/pages.py."""
    client = app.test_client()
    assert isinstance(client, PageClient)
    return client


@pytest.fixture
def proxied(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], dict[str, str]]:
    """Puts the application behind a proxy; gives the header in which that says "received at"."""
    settings = replace(app.extensions["settings"], proxies=1)
    monkeypatch.setitem(app.extensions, "settings", settings)
    return lambda instant: {arrival.HEADER: f"{instant.timestamp():.3f}"}


@pytest.fixture
def session(connection: Connection) -> Iterator[Session]:
    """The test's own session beside the application's, for arranging and for looking."""
    # It makes no savepoints, which would interleave with those of the application's session.
    session = Session(connection, join_transaction_mode="rollback_only", expire_on_commit=False)
    yield session
    session.close()


@pytest.fixture
def make(session: Session, app: Flask) -> Make:
    """Rows for a test, committed at once; see tests/factories.py."""
    return Make(session, app)


@pytest.fixture
def ctx(app: Flask) -> Iterator[None]:
    """A request context for calling verbs and queries directly. Not together with `client`."""
    with app.test_request_context():
        # A test carries out what in life are several requests: each finds things as they are.
        db.session().expire_on_commit = True
        yield
        db.session.remove()


@pytest.fixture
def in_demo(app: Flask) -> Iterator[None]:
    """Demo mode, on a database that the demo made."""
    before = app.extensions["settings"]
    with app.test_request_context():
        demo.begin()
    app.extensions["settings"] = replace(before, demo=True)
    yield
    app.extensions["settings"] = before
    app.extensions.pop("demo", None)


@pytest.fixture(scope="session")
def demo_portal(
    new_database: Callable[[str], str], worker: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Flask]]:
    """Makes a portal in demo mode, with a folder and a database of its own that the demo made."""
    made: list[Flask] = []

    def make(name: str, base_url: str = "http://localhost", database_url: str = "") -> Flask:
        settings = Settings(
            var=tmp_path_factory.mktemp(name),
            database_url=database_url or new_database(f"{name}_{worker}"),
            demo=True,
            base_url=base_url,
        )
        made.append(app := create_app(settings))
        with app.test_request_context():
            demo.begin()
            assert demo.is_on()
        return app

    yield make
    for app in made:
        with app.app_context():
            db.engine.dispose()


@pytest.fixture(scope="session")
def world(demo_portal: Callable[..., Flask]) -> Iterator[World]:
    """Everybody, and one of everything, in demo mode; see tests/world."""
    app = demo_portal("world")
    with clock.at(NOW):
        with app.app_context():
            db.session.configure(join_transaction_mode="create_savepoint")
        yield build(app)


@pytest.fixture(scope="session")
def busy(
    new_database: Callable[[str], str], worker: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Flask, Make]]:
    """An application on a database where a commit is a commit, for what happens at once.

    Nothing is undone: its tests count what belongs to their own rows.
    """
    app = create_app(
        Settings(
            var=tmp_path_factory.mktemp("busy"),
            database_url=new_database(f"busy_{worker}"),
        )
    )
    with app.app_context():
        engine = create_engine(db.engine.url)
    with Session(engine, expire_on_commit=False) as session:
        yield app, Make(session, app)
    engine.dispose()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(autouse=True)
def _still_clock() -> Iterator[None]:
    with clock.at(NOW):
        yield
