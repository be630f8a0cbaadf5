"""Public pages that are as they were are not made again, and a visitor who has one gets 304.

    return conditional(lambda: queries.stamp(competition), lambda: render_template(…))

A stamp is whatever decides what the page says, from one cheap query: the versions of its rows
(stamps.py), the phase, what is shown of the clock. Address, language, session and release are added
here. A visitor who asks for a page that has the same name as one made before gets that one, for as
long as it is among the last that this process has made. For who is signed in, pages are made anew.

The name stays here: it changes with rows of which the page shows nothing, and would tell the world
at once that decisions are being drafted. A visitor's ETag is a digest of what the page says. The
pages of who is signed in are kept by no browser at all, or "Back" would show them to the next.

The page is made after its stamp. Where somebody commits in between, it is newer than its name, but
then its name says versions of rows that are gone and never come again: nobody asks by it any more.
"""

import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from threading import Lock

from flask import Response as Page
from flask import current_app, make_response, request, session
from flask_babel import get_locale
from werkzeug import Response

from portal.core import access, clock
from portal.core.db import db

ROOT = Path(__file__).parents[2]
KEPT = 2 * 1024 * 1024  # bytes of pages, compressed to a tenth, that a process keeps
MAKERS = 16  # so many pages are made at a time, and none of them twice
LONGEST = 5  # seconds for which the others wait for whoever makes a page


class Pages:
    """The last pages that were made, by name, up to a number of bytes. Threads share them.

    They are kept compressed: that of a ranking of 1,000 lines alone has 1.5 MB.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._pages: OrderedDict[str, bytes] = OrderedDict()
        self._lock = Lock()
        self._makers = [Lock() for _ in range(MAKERS)]

    def maker(self, name: str) -> Lock:
        """What to hold while the page of this name is made: whoever asks too waits, and gets it."""
        return self._makers[hash(name) % MAKERS]

    def get(self, name: str) -> bytes | None:
        """The page of this name, if it is still there."""
        with self._lock:
            if name in self._pages:
                self._pages.move_to_end(name)
            kept = self._pages.get(name)
        return None if kept is None else zlib.decompress(kept)

    def keep(self, name: str, page: bytes) -> None:
        """Keep a page, and let go of those that nobody has asked for longest."""
        page = zlib.compress(page, level=1)
        if len(page) > self._limit:
            return
        with self._lock:
            self._size += len(page) - len(self._pages.pop(name, b""))
            self._pages[name] = page
            while self._size > self._limit:
                _name, oldest = self._pages.popitem(last=False)
                self._size -= len(oldest)

    def clear(self) -> None:
        """Keep none of them."""
        with self._lock:
            self._pages.clear()
            self._size = 0


PAGES = Pages(KEPT)


def conditional(stamp: Callable[[], object], render: Callable[[], str]) -> Page:
    """The page that `render` makes, or 304 where the visitor's browser has it as it is.

    A page that says what has just happened (a flash) is neither kept nor taken for an older one.
    """
    if access.person() is not None or session.get("_flashes"):
        return make_response(render())
    page = _page(_tag(stamp()), render)
    response = make_response(page)
    name_for_cache(response, sha256(page).hexdigest()[:32], weak=True)
    return response


def name_for_cache(response: Response, tag: str, *, weak: bool = False) -> bool:
    """Let a visitor's browser keep a public answer and ask by this tag; whether it has it still.

    What is for one person, or behind a right, is not to be kept, and goes by no tag.
    """
    response.vary.add("Cookie")
    if access.person() is not None or not access.endpoint_is_public():
        response.cache_control.no_store = True
        return False
    response.cache_control.no_store = False
    response.cache_control.no_cache = True
    response.cache_control.public = True
    response.set_etag(tag, weak=weak)
    response.make_conditional(request)
    return response.status_code == HTTPStatus.NOT_MODIFIED


def this_minute() -> tuple[datetime, bool, bool]:
    """What a page shows of the clock where it says what is left, to the minute.

    The instants of a call stand at the beginning of a minute's first second or of its last, so the
    phase and what is left change only there.
    """
    now = clock.now()
    return now.replace(second=0, microsecond=0), now.second == 0, now.second == 59


def _page(tag: str, render: Callable[[], str]) -> bytes:
    """The page, made now or before. One that began a session holds its token and is not kept."""
    made = PAGES.get(tag)
    if made is not None:
        return made
    with _only_maker(tag):
        made = PAGES.get(tag)
        if made is None:
            token = session.get("csrf_token")
            # What was read before the stamp may be older than it, and so than the page's name.
            db.session.expire_all()
            made = render().encode()
            if session.get("csrf_token") == token:
                PAGES.keep(tag, made)
    return made


@contextmanager
def _only_maker(tag: str) -> Iterator[None]:
    """Make a page while nobody else makes it; one that takes too long is made beside them."""
    maker = PAGES.maker(tag)
    alone = maker.acquire(timeout=LONGEST)
    try:
        yield
    finally:
        if alone:
            maker.release()


def _tag(stamp: object) -> str:
    """The page's name: everything that it depends on, as one digest."""
    # A page may hold a form, and a form the session's token: another session, another page.
    token = session.get("csrf_token")
    # The host is what the visitor says it is: a page with an address in it is that visitor's alone.
    address = (request.host_url, request.script_root, request.full_path)
    parts = (release(), str(get_locale()), token, address, stamp)
    return sha256(repr(parts).encode()).hexdigest()[:32]


def release() -> str:
    """What changes when the portal itself does: its templates, catalogues, assets and code."""
    return _release(current_app.extensions.get("asns.static", ""))


@cache
def _release(assets: str) -> str:
    digest = sha256(assets.encode())
    for folder, pattern in (("templates", "*"), ("portal", "*.py"), ("portal", "*.mo")):
        for path in sorted((ROOT / folder).rglob(pattern)):
            if path.is_file():
                digest.update(path.read_bytes())
    return digest.hexdigest()
