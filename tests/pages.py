"""A test client that checks every page: what no single test would think of asking."""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import html5lib
import lxml.html
from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from sqlalchemy import event
from werkzeug.test import TestResponse

from portal.core.accounts import sign_in
from portal.core.accounts.models import Person
from portal.core.db import db
from portal.grants.competitions import cached_terms

_PROXY = (Path(__file__).parents[1] / "docs" / "nginx.conf").read_text()
ARRANGE = ("-add", "-remove", "-copy", "-up", "-down")
(TAKES_FILES,) = re.findall(r"location ~ (\S+) \{", _PROXY)


class PageClient(FlaskClient):
    """Every HTML response must parse, have one h1 that its title begins with, label its fields,
    hold its CSP.
    """

    application: Flask

    def sign_in(self, who: Person) -> "PageClient":
        """Sign in without the page; the sign-in page has tests of its own."""
        with self.application.test_request_context():
            token = sign_in.begin(db.session.get_one(Person, who.id))
        with self.session_transaction() as cookie:
            cookie.clear()
            cookie.update(token)
        return self

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Any request; a POST of a dict gets the CSRF token that its form would have sent."""
        if kwargs.get("method") == "POST" and isinstance(kwargs.get("data") or {}, dict):
            kwargs["data"] = {"csrf_token": self.csrf(), **(kwargs.get("data") or {})}
        response = super().open(*args, **kwargs)
        if response.mimetype == "text/html" and response.data:
            check(response)
        return response

    def page(self, path: str, status: int = 200, **kwargs: Any) -> BeautifulSoup:
        """GET a page, expect its status, and give it parsed."""
        response = self.get(path, **kwargs)
        assert response.status_code == status, f"{path}: {response.status}\n{text(response)}"
        return parsed(response.text)

    def send(self, path: str, data: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        """Fill the form of the page at `path` (or `at=`) with `data`, send it where it points.

        `form=` picks one of several by CSS selector; what `data` does not name goes as it stands.
        """
        page = self.page(kwargs.pop("at", path), status=kwargs.pop("status", 200))
        form = page.select_one(kwargs.pop("form", "main form[method=post]"))
        assert form is not None, f"no form on {path}"
        values = {**fields(form), **(data or {})}
        return self.post(str(form.get("action") or path), data=values, **kwargs)

    def csrf(self) -> str:
        """A valid CSRF token for this client's session."""
        with self.application.test_request_context():
            with self.session_transaction() as cookie:
                known = dict(cookie)
            from flask import session

            session.update(known)
            token = generate_csrf()
            raw = session["csrf_token"]
        with self.session_transaction() as cookie:
            cookie["csrf_token"] = raw
        return token


def fields(form: Tag) -> dict[str, Any]:
    """What a browser would send of a form as it stands, buttons aside."""
    values: dict[str, Any] = {}
    for name, value in _sent(form):
        values[name] = [*values.get(name, []), value] if name in values else [value]
    return values


def _sent(form: Tag) -> Iterator[tuple[str, str]]:
    for field in form.select("textarea[name]"):
        yield str(field["name"]), field.get_text().removeprefix("\n")
    for field in form.select("select[name]"):
        for option in field.select("option[selected]") or field.select("option")[:1]:
            yield str(field["name"]), str(option.get("value", option.get_text()))
    for field in form.select("input[name]"):
        kind = str(field.get("type", "text"))
        if kind in ("checkbox", "radio") and field.has_attr("checked"):
            yield str(field["name"]), str(field.get("value", "on"))
        elif kind not in ("checkbox", "radio", "submit", "button", "file", "image"):
            yield str(field["name"]), str(field.get("value", ""))


class _AsRead:
    """Words as a reader sees them: a space that does not break is a space."""

    def get_text(self, *args: Any, **kwargs: Any) -> str:
        words = super().get_text(*args, **kwargs)
        return words if self.name == "textarea" else words.replace("\xa0", " ")


class _Part(_AsRead, Tag):
    pass


class _Page(_AsRead, BeautifulSoup):
    pass


@lru_cache(maxsize=8)
def parsed(html: str) -> BeautifulSoup:
    """A page to look things up in, which nobody changes: whoever asks again gets the same one."""
    return _Page(html, "lxml", element_classes={Tag: _Part})


def check(response: TestResponse) -> None:
    """What every page must be."""
    html = response.text
    if _UNCARRIED.search(html):
        _is_well_formed(html)
    else:
        _of_this_shape(_TEXT.sub(">x<", _VALUE.sub('=""', html)))
    page = lxml.html.document_fromstring(html)
    headings = [_words(one) for one in page.iter("h1")]
    assert len(headings) == 1, f"{len(headings)} h1"
    title = _words(page.find(".//title"))
    assert title.removeprefix("Kļūda: ").removeprefix("Error: ").startswith(headings[0]), (
        f"title {title!r} does not begin with {headings[0]!r}"
    )
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids)), f"ids twice: {sorted(i for i in ids if ids.count(i) > 1)}"
    labelled = set(page.xpath("//label/@for"))
    for field in page.iter("input", "select", "textarea"):
        assert (
            field.get("type") in ("hidden", "submit", "button", "image")
            or field.get("aria-label")
            or field.get("aria-labelledby")
            or field.get("id") in labelled
            or next(field.iterancestors("label"), None) is not None
        ), f"a field without a label: {lxml.html.tostring(field)!r}"
    for form in page.xpath("//form[.//input]"):
        enter = form.find(".//button")  # the one that Enter presses is the first
        if form.get("method") == "post":
            assert form.get("autocomplete") == "off", "a browser fills it in for the next person"
        assert enter is None or not enter.get("name", "").endswith(ARRANGE), (
            f"Enter arranges rows: {enter.get('name')}"
        )
        if form.xpath(".//*[@type='file']"):
            _lets_files_through(urlsplit(form.get("action") or response.request.path).path)
    for address in page.xpath("//@data-files"):
        _lets_files_through(address)
    assert page.get("lang") in ("lv", "en", "lt")  # the last in tests/site/test_stages.py
    policy = response.headers.get("Content-Security-Policy", "")
    assert "default-src 'none'" in policy and "unsafe" not in policy, policy
    assert not page.xpath("//script[not(@src)] | //style | //*[@style]"), "inline script or style"


# What stands between tags and in attributes makes a page no better formed, and no worse, unless it
# holds a sign that no page can carry, or an entity.
_TEXT = re.compile(r">[^<&]*[^<&\s][^<&]*<")
_VALUE = re.compile(r'(?<! type)="[^"&]*"')
_UNCARRIED = re.compile("[\x01-\x08\x0b\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")


def _is_well_formed(html: str) -> None:
    html5lib.HTMLParser(strict=True).parse(html)


# Of pages that differ by their words alone, the first is read by the strict and slow parser.
_of_this_shape = lru_cache(maxsize=None)(_is_well_formed)


def _words(tag: lxml.html.HtmlElement) -> str:
    return " ".join(tag.text_content().split())


def _lets_files_through(path: str) -> None:
    assert re.search(TAKES_FILES, path), f"docs/nginx.conf lets no files through to {path}"


def marked(typed: str) -> str:
    """What was typed as a field shows it again: � for each sign that a page cannot show."""
    return "".join("�" if _is_uncarried(sign) else sign for sign in typed)


def _is_uncarried(sign: str) -> bool:
    if sign in "\t\r\n":
        return False
    of_nobody = ord(sign) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(sign) <= 0xFDEF
    return of_nobody or unicodedata.category(sign) in ("Cc", "Cs")


def text(response: TestResponse) -> str:
    """The words of a page, for assertions and messages."""
    shown = parsed(response.text).get_text(" ").replace("\N{WORD JOINER}", "")
    return " ".join(shown.split())


@contextmanager
def counted_queries(app: Flask) -> Iterator[list[str]]:
    """Collect the SQL statements that run inside, savepoints aside."""
    cached_terms.forget()
    statements: list[str] = []

    def collect(_c: Any, _cur: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK TO")):
            statements.append(statement)

    with app.app_context():
        target = db.engines[None]
    event.listen(target, "before_cursor_execute", collect)
    try:
        yield statements
    finally:
        event.remove(target, "before_cursor_execute", collect)
