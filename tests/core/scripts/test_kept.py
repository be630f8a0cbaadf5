"""What is typed stays in the browser until the server has it, for whoever typed it."""

from http import HTTPStatus

import pytest
from playwright.sync_api import Page, expect

from tests.core.scripts.server import Server

KEPT = "[data-kept]"
ALL = "JSON.stringify({...localStorage})"


@pytest.fixture(autouse=True)
def lost(server: Server, page: Page) -> None:
    """Nothing that is typed comes to the server."""
    server.refusals += [(HTTPStatus.SERVICE_UNAVAILABLE, {})] * 9


def crash(page: Page, path: str = "/form?person=anna") -> None:
    """Somebody types, nothing is saved, and the page is gone."""
    page.goto(path, wait_until="networkidle")
    page.fill("#secret", "my password")
    page.fill("#text", "typed")
    expect(page.locator("[data-saved]")).to_contain_text("No connection.")
    page.wait_for_timeout(300)
    page.goto("/done")


def test_it_is_offered_and_forgotten_once_it_is_saved(page: Page, server: Server) -> None:
    crash(page)
    page.goto("/form?person=ilze", wait_until="networkidle")
    expect(page.locator(KEPT)).to_have_count(0)
    page.goto("/form?person=anna", wait_until="networkidle")
    expect(page.locator(KEPT)).to_contain_text("and it was not saved.")
    assert "my password" not in page.evaluate(ALL)
    server.refusals.clear()
    page.get_by_role("button", name="Put it back").click()
    expect(page.locator("#text")).to_have_value("typed")
    expect(page.locator("#text")).to_be_focused()
    expect(page.locator("[data-saved]")).to_have_text("Saved 14.32")
    assert "typed" not in page.evaluate(ALL)


def test_it_is_thrown_away_by_hand_or_after_a_day(page: Page) -> None:
    crash(page)
    page.goto("/form?person=anna", wait_until="networkidle")
    page.get_by_role("button", name="Throw it away").click()
    assert "typed" not in page.evaluate(ALL)
    crash(page)
    page.clock.install()
    page.clock.fast_forward("24:00:01")
    page.goto("/done", wait_until="networkidle")
    assert "typed" not in page.evaluate(ALL)


def test_who_signs_out_leaves_nothing(page: Page) -> None:
    page.goto("/form?person=anna", wait_until="networkidle")
    page.evaluate(
        "document.querySelector('form').before(Object.assign(document.createElement('form'),"
        " {id: 'out', action: '/done'}))"
    )
    page.evaluate("document.querySelector('#out').dataset.signsOut = ''")
    page.fill("#text", "typed")
    page.wait_for_timeout(300)
    assert "typed" in page.evaluate(ALL)
    page.fill("#text", "typed on")
    page.evaluate("document.querySelector('#out').requestSubmit()")
    expect(page.locator("h1")).to_have_text("Done")
    assert "typed" not in page.evaluate(ALL)


def test_who_has_signed_out_in_another_tab_leaves_nothing(page: Page) -> None:
    page.goto("/form?person=anna", wait_until="networkidle")
    with page.expect_popup() as popup:
        page.evaluate("open('/form?person=')")
    popup.value.wait_for_load_state("networkidle")
    page.fill("#text", "typed")
    page.wait_for_timeout(300)
    assert "typed" not in page.evaluate(ALL)


def test_only_what_somebody_typed_is_put_back(page: Page) -> None:
    crash(page, "/form?person=anna&other=before")
    page.goto("/form?person=anna&other=theirs&version=2", wait_until="networkidle")
    page.get_by_role("button", name="Put it back").click()
    expect(page.locator("#text")).to_have_value("typed")
    expect(page.locator("#other")).to_have_value("theirs")
    expect(page.locator("[name=version]")).to_have_value("2")
    page.goto("/done")
    # Where somebody else has changed the same, the server is told what was seen, and shows both.
    for version in ("3", "4"):
        page.goto(f"/form?person=anna&text=theirs&version={version}", wait_until="networkidle")
        page.get_by_role("button", name="Put it back").click()
        expect(page.locator("[name=version]")).to_have_value("2")
        page.goto("/done")


def test_new_text_is_kept_beside_an_offer_that_nobody_answers(page: Page) -> None:
    crash(page)
    page.goto("/form?person=anna", wait_until="networkidle")
    page.fill("#other", "more")
    page.wait_for_timeout(300)
    page.goto("/form?person=anna", wait_until="networkidle")
    expect(page.locator(KEPT)).to_have_count(2)
    page.get_by_role("button", name="Put it back").first.click()
    page.get_by_role("button", name="Put it back").click()
    expect(page.locator("#text")).to_have_value("typed")
    expect(page.locator("#other")).to_have_value("more")


def test_between_two_versions_nothing_is_offered_and_sending_decides(page: Page) -> None:
    crash(page)
    page.goto("/versions?person=anna", wait_until="networkidle")
    expect(page.locator(KEPT)).to_have_count(0)
    page.get_by_role("button", name="Send").click()
    expect(page.locator("h1")).to_have_text("Done")
    assert "typed" not in page.evaluate(ALL)


def test_the_rows_of_a_table_are_put_back_as_a_whole(page: Page) -> None:
    path = "/table?person=anna&row=A&row=B&row=C&row=D"
    page.goto(path, wait_until="networkidle")
    page.get_by_role("button", name="Remove row 2").click()
    page.get_by_role("button", name="Remove row 3").click()
    page.wait_for_timeout(300)
    page.goto("/done")
    page.goto(path, wait_until="networkidle")
    page.get_by_role("button", name="Put it back").click()
    cells = page.locator("[name^=plan-][name$=-what]")
    assert cells.evaluate_all("all => all.map((cell) => cell.value)") == ["A", "C"]


def test_of_a_form_that_does_not_say_so_nothing_is_kept(page: Page) -> None:
    crash(page, "/pupils?person=anna")
    assert "typed" not in page.evaluate(ALL)


def test_what_is_saved_only_when_it_is_sent_is_kept_until_then(page: Page) -> None:
    path = "/paper?person=anna"
    page.goto(path, wait_until="networkidle")
    page.fill("#applicant", "typed")
    page.wait_for_timeout(300)
    page.goto(path, wait_until="networkidle")
    page.get_by_role("button", name="Put it back").click()
    expect(page.locator("#applicant")).to_have_value("typed")
    page.context.set_offline(True)
    for size, said in ((5000, "The file is too large: 5 kB."), (1500, "2 kB")):
        page.set_input_files("#file", {"name": "a", "mimeType": "x/y", "buffer": b"x" * size})
        expect(page.locator(".asns-uploads")).to_contain_text(said)
        page.locator("form").evaluate("form => form.requestSubmit()")
    expect(page.locator("[data-progress]")).to_contain_text("it is sent as soon as")
    assert "typed" in page.evaluate(ALL)
    page.context.set_offline(False)
    expect(page.locator("h1")).to_have_text("Done")
    assert "typed" not in page.evaluate(ALL)
