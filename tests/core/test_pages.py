"""What every page stands on: frame, errors, static files, headers, language."""

import hashlib
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, abort, render_template_string
from flask.testing import FlaskClient
from jinja2 import UndefinedError

from portal.core import pages
from portal.core.errors import Missing, NotReady, StaleForm, TooMany, Unavailable
from portal.core.pages import Place
from tests.core.frame import bare_site
from tests.pages import check, parsed

PERSON = SimpleNamespace(id="1", name="Anna Kalna", language="lv")
REFUSALS: dict[str, Exception] = {
    "not-ready": NotReady("incomplete", "Something is missing.", ["Two sheets", "One vote"]),
    "stale": StaleForm("Somebody saved first."),
    "too-many": TooMany("Wait a minute.", 60),
}


@pytest.fixture
def site(application: Flask) -> Iterator[Flask]:
    app = bare_site(application)

    @app.get("/status/<int:code>")
    def refuse(code: int) -> Any:
        abort(code)

    @app.get("/status/<int:code>/<reason>")
    def explain(code: int, reason: str) -> Any:
        abort(code, description=reason)

    @app.get("/refused/<what>")
    def refused(what: str) -> Any:
        raise REFUSALS[what]

    @app.get("/crash")
    def crash() -> Any:
        raise RuntimeError("a fault of ours")

    @app.post("/form")
    def form() -> Any:
        return ""

    @app.get("/calls/<name>")
    def call(name: str) -> Any:
        return render_template_string(
            '{% extends "base.html" %}{% set title = name %}{% block aside %}{% if name == "two" %}'
            "Beside{% endif %}{% endblock %}{% block content %}Words{% endblock %}",
            name=name,
        )

    app.add_url_rule("/calls", "calls", lambda: call("all"))
    app.add_url_rule("/", "home", lambda: call("home"))
    yield app


@pytest.fixture
def browser(site: Flask) -> FlaskClient:
    return site.test_client()


@pytest.mark.parametrize("code", [400, 403, 404, 405, 409, 413, 415, 429, 500, 503])
@pytest.mark.parametrize("language", ["lv", "en"])
def test_every_error_is_a_page(browser: FlaskClient, code: int, language: str) -> None:
    response = browser.get(f"/status/{code}?lang={language}")
    assert response.status_code == code
    check(response)


def test_a_refusal_gives_its_reason_and_none_is_made_up(browser: FlaskClient) -> None:
    assert "Only the chair may." in browser.get("/status/403/Only the chair may.").text
    assert "Werkzeug" not in browser.get("/status/403").text
    assert "permission" not in browser.get("/status/403").text


def test_a_markup_reason_is_data(browser: FlaskClient) -> None:
    assert "<b>" not in browser.get("/status/409/<b>").text


def test_a_fault_of_ours_shows_no_details(browser: FlaskClient) -> None:
    response = browser.get("/crash")
    assert response.status_code == 500
    check(response)
    assert "RuntimeError" not in response.text and "a fault of ours" not in response.text


def test_the_last_page_asks_for_nobody(site: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def down() -> None:
        raise RuntimeError("the database is down")

    monkeypatch.setitem(site.jinja_env.globals, "person", down)
    site.context_processor(lambda: {"current_user": down()})
    response = site.test_client().get("/status/404")
    assert response.status_code == 500
    check(response)


@pytest.mark.parametrize("missing", list(Missing))
@pytest.mark.parametrize("unknown", [False, True])
def test_what_is_missing_is_told_with_what_to_do(
    site: Flask, missing: Missing, unknown: bool
) -> None:
    @site.route("/missing", methods=["GET", "POST"])
    def missed() -> Any:
        raise Unavailable(missing, unknown=unknown)

    site.config["WTF_CSRF_ENABLED"] = False
    browser = site.test_client()
    for answer in (browser.get("/missing"), browser.post("/missing")):
        assert answer.status_code == 503 and answer.headers["Retry-After"]
        check(answer)
        assert ("Nav zināms, vai" in answer.text) is unknown
    assert ("nav saglabāts</strong>" in answer.text) is not unknown
    said = browser.get("/missing", headers={"Accept": "application/json"}).json
    assert said and said["code"] == "unavailable"


def test_a_verbs_refusal_has_its_own_words(browser: FlaskClient) -> None:
    response = browser.get("/refused/not-ready")
    check(response)
    assert response.status_code == 409
    assert "Something is missing." in response.text and "One vote" in response.text
    assert browser.get("/refused/stale").status_code == 409
    response = browser.get("/refused/too-many")
    assert response.status_code == 429 and response.headers["Retry-After"] == "60"


def test_a_form_without_its_token_is_refused_with_a_page(browser: FlaskClient) -> None:
    response = browser.post("/form")
    assert response.status_code == 400
    check(response)
    assert "CSRF" not in response.text


def test_a_wrong_method_says_which_are_right(browser: FlaskClient) -> None:
    assert "POST" in browser.get("/form").headers["Allow"]


def test_static_files_are_kept_under_their_version_only(site: Flask) -> None:
    browser = site.test_client()
    with site.test_request_context():
        url = pages.static_url("asns.css")
    with browser.get(url) as now:
        assert now.status_code == 200
        assert now.cache_control.immutable and now.cache_control.max_age == 31_536_000
    with browser.get("/static/0123456789ab/asns.css") as old:
        assert old.status_code == 200 and not old.cache_control.immutable
    assert browser.get(url.replace("asns.css", "../../config.py")).status_code == 404
    with browser.get(url, headers={"If-None-Match": now.headers["ETag"]}) as again:
        assert again.status_code == 304


def test_static_files_are_built_from_what_stands_in_the_sources() -> None:
    root = pages.DIST.parents[1]
    digest = hashlib.sha256((root / "package.json").read_bytes())
    for path in sorted(path for path in (root / "static/src").rglob("*") if path.is_file()):
        digest.update(path.read_bytes())
    built = (pages.DIST / "built-from.txt").read_text().strip()
    assert built == digest.hexdigest(), "run make assets"


def test_pages_are_kept_by_nobody(browser: FlaskClient) -> None:
    headers = browser.get("/calls/one").headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_the_chosen_language_stays(browser: FlaskClient) -> None:
    assert parsed(browser.get("/calls/one").text).html["lang"] == "lv"
    assert parsed(browser.get("/calls/one?lang=en").text).html["lang"] == "en"
    assert parsed(browser.get("/calls/one").text).html["lang"] == "en"
    assert parsed(browser.get("/calls/one?lang=xx").text).html["lang"] == "en"


def test_the_language_link_keeps_the_rest_of_the_address(browser: FlaskClient) -> None:
    page = parsed(browser.get("/calls/one?q=ķ&q=2&lang=lv").text)
    assert page.select_one("a[hreflang=en]")["href"] == "?q=%C4%B7&q=2&lang=en"


def test_navigation_shows_what_concerns_the_reader_and_where_one_is(site: Flask) -> None:
    menu = pages.navigation(site)
    menu.add(Place("Home", "home"))
    menu.add(Place("Calls", "calls", order=10))
    menu.add(Place("Desk", "calls", lambda actor: actor is not None))
    menu.add(Place("Not built", "nowhere"))
    page = parsed(site.test_client().get("/calls/one").text)
    assert [link.get_text() for link in page.select(".asns-nav a")] == ["Calls", "Home"]
    assert [link.get_text() for link in page.select("[aria-current=page]")] == ["Calls"]


def test_the_header_says_who_is_signed_in_and_as_what(
    site: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(site.jinja_env.globals, "person", lambda: PERSON)
    role_line = {"role_line": lambda actor: "komisijas priekšsēdētāja"}
    site.jinja_env.globals.update(role_line)
    site.add_url_rule("/account", "accounts.account", lambda: "")
    site.add_url_rule("/sign-out", "accounts.sign_out", lambda: "", methods=["POST"])
    page = parsed(site.test_client().get("/calls/one").text)
    assert page.select_one(".asns-person__name").get_text(" ") == (
        "Anna Kalna komisijas priekšsēdētāja"
    )
    assert page.select_one("form[action='/sign-out'][method=post] input[name=csrf_token]")


def test_an_aside_takes_a_third_and_no_aside_takes_none(browser: FlaskClient) -> None:
    assert "one-third" in browser.get("/calls/two").text
    assert "one-third" not in browser.get("/calls/one").text


@pytest.mark.parametrize(
    "template", ["{{ nobody }}", "{{ site.nothing }}", "{% if nobody %}{% endif %}"]
)
def test_an_undefined_name_is_a_fault(site: Flask, template: str) -> None:
    with site.test_request_context(), pytest.raises(UndefinedError):
        render_template_string(template, site=SimpleNamespace())


def test_an_absent_key_is_empty(site: Flask) -> None:
    with site.test_request_context():
        assert render_template_string("{{ row.note }}{{ row.a.b }}", row={}) == ""
