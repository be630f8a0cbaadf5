"""The scripts of static/src/js, in a real Chromium, against a server that answers as it is told."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus

import pytest
from flask import Flask, jsonify, redirect, render_template_string, request
from flask.typing import ResponseReturnValue
from playwright.sync_api import Browser, Page, expect, sync_playwright
from werkzeug.serving import make_server

from tests.core.frame import bare_site

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]

FORM = """{% extends "base.html" %}
{% from "components/forms.html" import button, csrf, saved, upload_progress %}
{% set title = "Form" %}{% block content %}
<form method="post" action="/upload" enctype="multipart/form-data"
  data-autosave="/save" data-upload>
{{ csrf() }}<input type="hidden" name="version" value="1">
<label for="text">Text</label>
<textarea id="text" name="text" data-count="10"></textarea>
<div id="text-count" data-left="left {count}" data-over="over {count}"></div>
<label for="remark">Remark</label>
<textarea id="remark" data-count="10" data-quiet="true"></textarea>
<div id="remark-count" data-left="left {count}" data-over="over {count}"></div>
<label for="file">File</label><input type="file" id="file" name="file">
{{ upload_progress() }}{{ saved() }}{{ button("Send") }}</form>{% endblock %}"""

SHEET = """{% extends "base.html" %}
{% from "components/scoring.html" import sheet_tabs, running_total, criterion %}
{% set title = "Sheet" %}{% block content %}
<div data-sheet>{{ sheet_tabs() }}<div class="asns-sheet">
<div id="application"><svg width="10" height="3000"></svg><p id="part">Part</p></div>
<form id="sheet">{{ running_total(0, 25, 0, 2) }}
{{ criterion("a", "A", [("0", "0"), ("0.5", "0,5"), ("1", "1"), ("10", "10")], link="#part") }}
{{ criterion("b", "B", [("0", "0"), ("1", "1"), ("2", "2")], weight="1.5") }}</form>
</div></div>{% endblock %}"""

DONE = '{% extends "base.html" %}{% set title = "Done" %}'


@dataclass
class Server:
    """How the server answers next, and what it was sent."""

    address: str = ""
    refusals: list[tuple[HTTPStatus, dict[str, str]]] = field(default_factory=list)  # of saves
    saved: list[dict[str, str]] = field(default_factory=list)
    goes_on: threading.Event = field(default_factory=threading.Event)  # a save waits for it
    test: int = (
        0  # a page that is left saves once more: what comes late from another test is not kept
    )


@pytest.fixture(scope="module")
def server(application: Flask) -> Iterator[Server]:
    state = Server()
    app = bare_site(application)
    app.add_url_rule("/form", "form", lambda: render_template_string(FORM))
    app.add_url_rule("/sheet", "sheet", lambda: render_template_string(SHEET))
    app.add_url_rule("/done", "done", lambda: render_template_string(DONE))

    @app.post("/save")
    def save() -> ResponseReturnValue:
        state.goes_on.wait(5)
        if request.cookies.get("test") == str(state.test):
            state.saved.append(request.form.to_dict())
        if state.refusals:
            status, answer = state.refusals.pop(0)
            return jsonify(answer), status
        return jsonify(saved="14.32", version=len(state.saved) + 1)

    @app.post("/upload")
    def upload() -> ResponseReturnValue:
        if request.files["file"].read() == b"bad":
            return render_template_string(FORM.replace('"Form"', '"Refused"')), 422
        return redirect("/done")

    http = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=http.serve_forever)
    thread.start()
    state.address = f"http://127.0.0.1:{http.server_port}"
    yield state
    http.shutdown()
    thread.join()
    http.server_close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser, server: Server) -> Iterator[Page]:
    """A page at the server, in English; a script's error fails the test."""
    server.refusals.clear()
    server.goes_on.set()
    server.saved.clear()
    server.test += 1
    context = chromium.new_context(base_url=server.address)
    for name, value in (("language", "en"), ("test", str(server.test))):
        context.add_cookies([{"name": name, "value": value, "url": server.address}])
    page = context.new_page()
    page.set_default_timeout(5000)
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    yield page
    context.close()
    assert not faults


def test_characters_are_counted_as_on_the_server(page: Page) -> None:
    page.goto("/form", wait_until="networkidle")
    expect(page.locator("#text-count")).to_have_text("left 10")
    page.fill("#text", " ā\n😀 ")
    expect(page.locator("#text-count")).to_have_text("left 7")
    page.fill("#text", "x" * 12)
    expect(page.locator("#text-count")).to_have_text("over 2")


def test_a_quiet_limit_speaks_when_it_comes_near(page: Page) -> None:
    page.goto("/form", wait_until="networkidle")
    said = page.locator("#remark-count")
    expect(said).to_be_hidden()
    page.fill("#remark", "x" * 9)
    expect(said).to_have_text("left 1")


def test_what_is_typed_is_saved_and_the_page_says_when(page: Page, server: Server) -> None:
    page.goto("/form", wait_until="networkidle")
    page.fill("#text", "one")
    expect(page.locator("[data-saved]")).to_have_text("Saved 14.32")
    page.fill("#text", "two")
    expect(page.locator("input[name=version]")).to_have_value("3")
    assert [save["text"] for save in server.saved] == ["one", "two"]
    assert [save["version"] for save in server.saved] == ["1", "2"]
    assert "file" not in server.saved[0]


def test_anothers_save_stops_it_and_can_be_compared(page: Page, server: Server) -> None:
    stale = {"code": "stale", "message": "Ilze was first."}
    server.refusals.append((HTTPStatus.CONFLICT, stale))
    page.goto("/form", wait_until="networkidle")
    page.fill("#text", "mine")
    expect(page.locator("[data-saved]")).to_contain_text("Ilze was first.")
    page.fill("#text", "still mine")
    page.wait_for_timeout(1500)
    assert len(server.saved) == 1
    expect(page.locator("#text")).to_have_value("still mine")
    with page.expect_request("**/upload") as comparing:
        page.locator("[data-saved] button").click()
    assert "still mine" in (comparing.value.post_data or "")


def test_a_lapsed_session_keeps_the_text_and_saves_it_on_return(page: Page, server: Server) -> None:
    server.refusals.append((HTTPStatus.UNAUTHORIZED, {}))
    page.goto("/form", wait_until="networkidle")
    page.fill("#text", "kept")
    expect(page.locator("[data-saved]")).to_contain_text("You have been signed out.")
    token = page.locator("input[name=csrf_token]").input_value()
    server.refusals.append((HTTPStatus.BAD_REQUEST, {"code": "csrf", "token": token}))
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.locator("[data-saved]")).to_have_text("Saved 14.32")
    expect(page.locator("input[name=csrf_token]")).to_have_value(token)
    assert server.saved[-1]["text"] == "kept"


def test_without_a_connection_it_says_so_and_saves_later(page: Page, server: Server) -> None:
    page.goto("/form", wait_until="networkidle")
    page.context.set_offline(True)
    page.fill("#text", "offline")
    expect(page.locator("[data-saved]")).to_contain_text("No connection.")
    assert server.saved == []
    page.context.set_offline(False)
    expect(page.locator("[data-saved]")).to_have_text("Saved 14.32")


def test_a_form_that_is_sent_waits_for_the_save_on_its_way(page: Page, server: Server) -> None:
    """Or it would carry the version before its own save, and be told that somebody was first."""
    page.goto("/form", wait_until="networkidle")
    server.goes_on.clear()
    with page.expect_request("**/save"):
        page.fill("#text", "one")
    page.click("text=Send")
    page.click("text=Send")
    with page.expect_request("**/upload") as sent:
        server.goes_on.set()
    assert 'name="version"\r\n\r\n2' in (sent.value.post_data or "")
    expect(page.locator("h1")).to_have_text("Done")
    assert len(server.saved) == 1


def test_an_upload_leads_where_the_server_says(page: Page) -> None:
    page.goto("/form", wait_until="networkidle")
    page.set_input_files("#file", {"name": "a.pdf", "mimeType": "x/y", "buffer": b"good"})
    page.click("text=Send")
    expect(page.locator("h1")).to_have_text("Done")
    expect(page).to_have_url("/done")
    expect(page).to_have_title("Done · Asns")


def test_a_refused_upload_shows_why_and_the_scripts_go_on(page: Page) -> None:
    page.goto("/form", wait_until="networkidle")
    page.set_input_files("#file", {"name": "a.pdf", "mimeType": "x/y", "buffer": b"bad"})
    page.click("text=Send")
    expect(page.locator("h1")).to_have_text("Refused")
    page.fill("#text", "on")
    expect(page.locator("[data-saved]")).to_have_text("Saved 14.32")


def test_numbers_score_and_arrows_move(page: Page) -> None:
    page.goto("/sheet", wait_until="networkidle")
    page.focus("input[name=a][value='0']")
    page.keyboard.type("0,5")
    expect(page.locator("input[name=a][value='0.5']")).to_be_checked()
    page.wait_for_timeout(1000)
    page.keyboard.type("10")
    expect(page.locator("input[name=a][value='10']")).to_be_checked()
    page.keyboard.press("ArrowDown")
    page.keyboard.type("1")
    expect(page.locator("input[name=b][value='1']")).to_be_checked()
    expect(page.locator("[data-total-points]")).to_have_text("11.5 of 25")
    expect(page.locator("[data-total-count]")).to_have_text("2 of 2 criteria")
    page.keyboard.press("ArrowUp")
    expect(page.locator("input[name=a][value='10']")).to_be_focused()


def test_on_a_phone_two_tabs_keep_their_place(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 600})
    page.goto("/sheet", wait_until="networkidle")
    sheet, application = page.locator("#sheet"), page.locator("#application")
    expect(sheet).to_be_hidden()
    page.evaluate("scrollTo(0, 700)")
    page.click("#tab-sheet")
    expect(application).to_be_hidden()
    page.click("#tab-application")
    assert page.evaluate("scrollY") == 700
    page.click("#tab-sheet")
    page.reload()
    expect(sheet).to_be_visible()
    page.click("#sheet a >> nth=0")
    expect(page.locator("#part")).to_be_in_viewport()


def test_on_a_phone_a_link_to_a_criterion_opens_its_tab_there(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 600})
    page.goto("/sheet#b", wait_until="networkidle")
    expect(page.locator("#application")).to_be_hidden()
    expect(page.locator("#b-criterion")).to_be_in_viewport()


def test_a_wide_screen_shows_both_parts(page: Page) -> None:
    page.goto("/sheet", wait_until="networkidle")
    expect(page.locator("#sheet")).to_be_visible()
    expect(page.locator("#application")).to_be_visible()
    expect(page.locator("#tab-sheet")).to_be_hidden()
