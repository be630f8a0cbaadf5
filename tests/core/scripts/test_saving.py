"""Saving while one types: what the line at the foot says is true."""

from http import HTTPStatus

import pytest
from playwright.sync_api import Page, Request, expect

from portal.core import parsing
from tests.core.scripts.conftest import Server

LENGTH = """async (texts) => {
    const count = await import(document.querySelector("script").src.replace("asns.js", "count.js"));
    return texts.map(count.length);
}"""


def is_sent(request: Request) -> bool:
    return request.method == "POST" and request.url.endswith("/upload")


def test_characters_are_counted_as_on_the_server(page: Page) -> None:
    page.goto("/form", wait_until="networkidle")
    expect(page.locator("#text-count")).to_have_text("left 10")
    page.fill("#text", " ā\n😀 ")
    expect(page.locator("#text-count")).to_have_text("left 7")
    page.fill("#text", "x" * 12)
    expect(page.locator("#text-count")).to_have_text("over 2")
    texts = [
        "a\u0304b",
        "so\u00adft",
        "\u200b x\u00a0y \u3164",
        "a\r\nb\u2028",
        "\ufeff",
        "👩\u200d🌾",
    ]
    assert page.evaluate(LENGTH, texts) == [len(parsing.text(text)) for text in texts]


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
    assert [save["turn"] for save in server.saved] == ["1", "2"], "what comes late can be told"
    assert "file" not in server.saved[0]


def test_a_question_may_be_called_as_it_likes(page: Page, server: Server) -> None:
    page.goto("/form", wait_until="networkidle")
    page.fill("#conversion", "12 %")
    expect(page.locator("[data-saved]")).to_have_text("Saved 14.32")
    assert server.saved[0]["conversion"] == "12 %"


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
    with page.expect_request(is_sent) as comparing:
        page.locator("[data-saved] button").click()
    assert "still mine" in (comparing.value.post_data or "")


def test_an_expired_session_keeps_the_text_and_saves_it_on_return(
    page: Page, server: Server
) -> None:
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
    with page.expect_request(is_sent) as sent:
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


@pytest.mark.parametrize(
    ("path", "trouble"), [("form", "no line"), ("form", "no server"), ("versions", "no line")]
)
def test_a_form_that_cannot_be_sent_waits_and_goes_out_by_itself(
    page: Page, server: Server, path: str, trouble: str
) -> None:
    page.goto(f"/{path}", wait_until="networkidle")
    page.fill("#text", "one")
    if path == "form":
        expect(page.locator("[data-saved]")).to_have_text("Saved 14.32")
    if trouble == "no line":
        page.context.set_offline(True)
    else:
        server.refusals.append((HTTPStatus.BAD_GATEWAY, {}))
    page.click("text=Send")
    expect(page.locator("[data-saved]")).to_contain_text("it is sent as soon as")
    expect(page.locator("#text")).to_have_value("one")
    if trouble == "no line":
        page.context.set_offline(False)
    else:
        page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("h1")).to_have_text("Done")


def test_the_line_is_heard_once_for_each_state(page: Page, server: Server) -> None:
    page.goto("/form", wait_until="networkidle")
    page.evaluate("""() => {
        window.heard = [];
        const line = document.querySelector("[data-saved] + [role=status]");
        new MutationObserver(() => heard.push(line.textContent)).observe(line, {childList: true});
    }""")
    line = page.locator("[data-saved]")
    for text in ("one", "two"):
        page.fill("#text", text)
        expect(line).to_have_text("Saving…")
        expect(line).to_have_text("Saved 14.32")
    server.refusals.append((HTTPStatus.CONFLICT, {"code": "too_late", "message": "Too late."}))
    page.fill("#text", "three")
    expect(line).to_have_text("Too late.")
    page.fill("#text", "four")
    assert page.evaluate("heard") == ["Saved 14.32", "Too late."]


def test_a_chosen_file_that_nobody_has_sent_is_not_saved(page: Page) -> None:
    page.goto("/form", wait_until="networkidle")
    page.fill("#text", "one")
    expect(page.locator("[data-saved]")).to_have_text("Saved 14.32")
    page.set_input_files("#file", {"name": "a.pdf", "mimeType": "x/y", "buffer": b"good"})
    expect(page.locator("[data-saved]")).to_contain_text("a chosen file is not attached yet")


def test_nothing_is_decided_by_itself_between_two_versions(page: Page, server: Server) -> None:
    page.goto("/versions", wait_until="networkidle")
    page.fill("#text", "mine")
    page.wait_for_timeout(1500)
    assert server.saved == []
    page.click("text=Send")
    expect(page.locator("h1")).to_have_text("Done")
