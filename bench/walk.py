"""Walk every page as every role, round after round, and print what a worker's memory comes to.

`python -m bench.walk` alone, or as a part of `make bench`. WALK_ROUNDS is how often everybody walks
everything (1 by default, some minutes; 21 are about as many pages as an hour at ten a second).

A walker follows the links of its pages, as a person does: from the home page to whatever that role
is shown, downloads included, but only some addresses of a kind in a competition. Only some roles
read in English as well: it changes words, not queries. In the first round and the last, one page
is asked for at a time, to tell which of them raise the memory; in those between several are.
"""

import html
import os
import re
import secrets
import tempfile
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from flask import Flask
from sqlalchemy import create_engine, select, text
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from bench.load import CLIENTS
from bench.seed import Seeded, decide, seed
from config import Settings
from portal import create_app
from portal.core import embedded, migrate
from portal.core.accounts.models import Municipality, Person
from portal.core.db import db
from portal.site.demo.calls import load as load_demo

ROUNDS = int(os.environ.get("WALK_ROUNDS", "1"))
AIM = 120  # MB of resident memory, a worker
PORT = 8767
ALIKE = 1  # addresses of one endpoint in one competition that a role goes to
ALIKE_PEOPLE = {f"member-{n}" for n in range(2, 6)}  # one member stands for five
ENGLISH = ("visitor", "officer", "ngo-owner", "chair of 1,000")  # who reads it in English as well
LINK = re.compile(r'<a\b[^>]*?\shref="([^"]*)"')
Serving = Callable[[str, int, dict[str, str]], AbstractContextManager[tuple[int, float]]]


@dataclass(frozen=True, slots=True)
class Page:
    """An address as one person sees it in one language."""

    path: str
    endpoint: str
    cookie: str


@dataclass(slots=True)
class Walker:
    """One person who follows links in one language."""

    app: Flask
    cookie: str
    seen: set[str] = field(default_factory=set)
    alike: Counter[tuple[str, Any]] = field(default_factory=Counter)
    ahead: deque[Page] = field(default_factory=deque)

    def pages(self) -> Iterator[Page]:
        """Every page, as long as `read` finds new ones."""
        self._note("/")
        while self.ahead:
            yield self.ahead.popleft()

    def read(self, page: Page, links: Iterable[str]) -> None:
        """Note what a page leads to."""
        for link in links:
            self._note(urljoin(page.path, link))

    def _note(self, link: str) -> None:
        address = urlsplit(link)
        query = [(name, value) for name, value in parse_qsl(address.query) if name != "lang"]
        path = address.path + (f"?{urlencode(query)}" if query else "")
        if address.netloc or address.scheme not in ("", "http") or path in self.seen:
            return
        self.seen.add(path)
        try:
            endpoint, values = self.app.url_map.bind("localhost").match(address.path, "GET")
        except (HTTPException, RequestRedirect):
            return
        kind = (endpoint, values.get("competition"))
        self.alike[kind] += 1
        if self.alike[kind] <= ALIKE:
            self.ahead.append(Page(path, endpoint, self.cookie))


@dataclass(frozen=True, slots=True)
class Memory:
    """A process's memory in MB: resident, its share of it, and what is its alone."""

    rss: float
    pss: float
    uss: float

    @classmethod
    def of(cls, process: int) -> "Memory":
        """That of a process, as Linux counts it."""
        rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
        kept = {name: int(size) / 1024 for name, size in re.findall(r"(\w+):\s+(\d+) kB", rollup)}
        return cls(kept["Rss"], kept["Pss"], kept["Private_Clean"] + kept["Private_Dirty"])


@dataclass(slots=True)
class Watch:
    """The workers, and by how much each page has raised their memory."""

    workers: list[int]
    raised: Counter[str] = field(default_factory=Counter)
    asked: int = 0

    def resident(self) -> list[int]:
        """Of every worker, in bytes."""
        size = os.sysconf("SC_PAGESIZE")
        return [
            int(Path(f"/proc/{one}/statm").read_text().split()[1]) * size for one in self.workers
        ]

    def ask(self, connection: HTTPConnection, page: Page, *, alone: bool = False) -> list[str]:
        """Ask for a page; what it leads to. Raises RuntimeError where the portal failed."""
        before = self.resident() if alone else []
        connection.request("GET", page.path, headers={"Cookie": page.cookie})
        response = connection.getresponse()
        content = response.read()
        if response.status >= 500:
            raise RuntimeError(f"{page.path}: {response.status}\n{content[:2000].decode()}")
        self.asked += 1
        if alone:
            rise = sum(self.resident()) - sum(before)
            self.raised[page.endpoint] += rise
        if (response.headers.get_content_type()) != "text/html":
            return []
        links = [html.unescape(link) for link in LINK.findall(content.decode())]
        return [*links, *response.headers.get_all("Location", [])]

    def print_row(self, name: str, began: float) -> None:
        """One row for each worker."""
        for number, process in enumerate(self.workers, 1):
            memory = Memory.of(process)
            print(
                f"| {name} | {self.asked} | {time.perf_counter() - began:.0f} | {number} |"
                f" {memory.rss:.0f} | {memory.pss:.0f} | {memory.uss:.0f} | ≤ {AIM} |",
                flush=True,
            )

    def print_raised(self, name: str) -> None:
        """The kinds of pages that raised the memory most."""
        most = [(n, size) for n, size in self.raised.most_common(8) if size > 0]
        listed = ", ".join(f"{endpoint} {size / 1024 / 1024:.1f}" for endpoint, size in most)
        print(f"\n{name}, what raised the workers' memory most (MB): {listed or 'nothing'}\n")
        self.raised.clear()


def report(serving: Serving, cookies: Callable[[Flask], Any]) -> None:
    """Fill a database of its own, walk, and print."""
    with tempfile.TemporaryDirectory() as folder:
        var = Path(folder) / "var"
        var.mkdir()
        url = embedded.start(var / "postgres")
        environment = {
            "VAR": str(var),
            "DATABASE_URL": url,
            "SECRET_KEY": secrets.token_hex(),
            "DEMO": "0",
            "PORT": str(PORT),
        }
        os.environ.update(environment)
        try:
            engine = url.replace("postgresql://", "postgresql+psycopg://")
            migrate.upgrade(engine)
            app = create_app(Settings())
            with app.app_context():
                load_demo()
                db.session.remove()  # its session reads rows anew after every commit
                seeded = seed(db.session.scalars(select(Municipality)).one())
                decide(seeded)
                people = _people(seeded)
            with create_engine(engine).begin() as connection:
                connection.execute(text("ANALYZE"))
            signed = cookies(app)
            roles = {name: signed.of(key)[0] for name, key in people.items()} | {"visitor": ""}
            with serving("wsgi:app", PORT, environment) as (pid, _started):
                walk(app, roles, Watch(_workers(pid)))
        finally:
            embedded.stop(var / "postgres")


def walk(app: Flask, roles: dict[str, str], watch: Watch) -> None:
    """Round after round, as every role."""
    signs = [f"language=lv; {cookie}" for cookie in roles.values()]
    signs += [f"language=en; {roles[role]}" for role in ENGLISH]
    print("\n| after | pages | s | worker | RSS MB | PSS MB | USS MB | aim |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    began = time.perf_counter()
    watch.print_row("the start", began)
    pages: list[list[Page]] = []
    connection = HTTPConnection("127.0.0.1", PORT, timeout=120)
    for sign in signs:
        walker, found = Walker(app, sign), []
        for page in walker.pages():
            found.append(page)
            walker.read(page, watch.ask(connection, page, alone=True))
        pages.append(found)
    connection.close()
    watch.print_row("round 1", began)
    watch.print_raised("Round 1")
    for number in range(2, ROUNDS):
        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(lambda found: _again(watch, found), pages))
        if number & (number - 1) == 0:
            watch.print_row(f"round {number}", began)
    if ROUNDS > 1:
        _again(watch, chain.from_iterable(pages), alone=True)
        watch.print_row(f"round {ROUNDS}", began)
        watch.print_raised(f"Round {ROUNDS}")
    asked = {page.endpoint for page in chain.from_iterable(pages)}
    views = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    print(f"Asked {len(asked)} of {len(views)} kinds of pages; no link led to:")
    print(", ".join(sorted(views - asked)))


def _again(watch: Watch, pages: Iterable[Page], *, alone: bool = False) -> None:
    connection = HTTPConnection("127.0.0.1", PORT, timeout=120)
    for page in pages:
        watch.ask(connection, page, alone=alone)
    connection.close()


def _people(seeded: Seeded) -> dict[str, Any]:
    """One person of each role: the demo's personas, and those of the large competition."""
    personas = db.session.scalars(select(Person).where(Person.persona.is_not(None)))
    found = {str(person.persona): person.id for person in personas}
    return {name: found[name] for name in found.keys() - ALIKE_PEOPLE} | {
        "chair of 1,000": seeded.chair,
        "member of 1,000": seeded.members[0],
        "one of 1,000": seeded.own[0],
    }


def _workers(server: int) -> list[int]:
    """The processes of the web server, once all of them are there."""
    children = Path(f"/proc/{server}/task/{server}/children")
    while len(found := children.read_text().split()) < Settings().processes:
        time.sleep(0.02)
    return [int(one) for one in found]


if __name__ == "__main__":
    from bench.__main__ import Cookies, serving

    report(serving, Cookies)
