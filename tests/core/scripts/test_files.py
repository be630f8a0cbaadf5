"""A file goes when it is chosen, and beside it stands how it went."""

from http import HTTPStatus

from playwright.sync_api import Page, expect

from tests.core.scripts.server import Server


def choose(page: Page, name: str = "plan.pdf", size: int = 9) -> None:
    file = {"name": name, "mimeType": "application/pdf", "buffer": b"x" * size}
    page.set_input_files("[type=file]", file)


def test_a_chosen_file_is_attached_and_until_then_nothing_says_saved(
    page: Page, server: Server
) -> None:
    page.goto("/table", wait_until="networkidle")
    expect(page.locator("[data-attach]")).to_be_hidden()
    server.goes_on.clear()
    with page.expect_request("**/files"):
        choose(page)
    page.locator("main button", has_text="Send").last.click()
    expect(page.locator(".asns-uploads")).to_contain_text("plan.pdf")
    expect(page.locator("[data-saved]")).to_have_text("Saving…")
    server.goes_on.set()
    expect(page.locator("h1")).to_have_text("Done")
    assert [(sent["name"], sent["question"]) for sent in server.files] == [("plan.pdf", "paper")]


def test_a_send_waits_for_a_file_that_finds_no_line(page: Page, server: Server) -> None:
    page.goto("/table", wait_until="networkidle")
    page.context.set_offline(True)
    choose(page)
    expect(page.locator(".asns-uploads")).to_contain_text("the connection was lost")
    page.locator("main button", has_text="Send").last.click()
    expect(page.locator("[data-saved]")).to_contain_text("it is sent as soon as")
    page.context.set_offline(False)
    expect(page.locator("h1")).to_have_text("Done")
    assert [sent["name"] for sent in server.files] == ["plan.pdf"]


def test_a_second_file_asks_whether_it_replaces_the_first(page: Page, server: Server) -> None:
    occupied = {"code": "occupied", "message": "Replace “old.pdf”?"}
    server.refusals += [(HTTPStatus.CONFLICT, occupied)] * 2
    page.goto("/table", wait_until="networkidle")
    choose(page)
    asked = page.locator(".asns-uploads li")
    expect(asked).to_contain_text("Replace “old.pdf”?")
    page.get_by_role("button", name="Keep the file that is there").click()
    expect(asked).to_have_count(0)
    choose(page)
    page.get_by_role("button", name="Replace", exact=True).click()
    expect(page.locator(".asns-files")).to_have_text("plan.pdf")
    expect(page.locator(".asns-uploads__said")).to_have_text("plan.pdf is attached.")
    assert ["replace" in sent for sent in server.files] == [False, False, True]


def test_why_a_file_was_not_taken_stands_beside_it(page: Page, server: Server) -> None:
    page.goto("/table", wait_until="networkidle")
    choose(page, size=5000)
    refused = page.locator(".asns-uploads li")
    expect(refused).to_contain_text("The file is too large: 5 kB. A file may have up to 2 kB.")
    assert server.files == []
    expect(page.locator("[data-saved]")).to_contain_text("a chosen file is not attached")
    page.locator("main button", has_text="Send").last.click()
    expect(page.get_by_role("button", name="Leave it out")).to_be_focused()

    server.refusals.append((HTTPStatus.UNPROCESSABLE_ENTITY, {"message": "A virus."}))
    choose(page)
    expect(refused).to_have_count(1)
    expect(refused).to_contain_text("A virus.")
    page.context.set_offline(True)
    choose(page)
    expect(refused).to_contain_text("the connection was lost")
    page.context.set_offline(False)
    expect(page.locator(".asns-files")).to_have_text("plan.pdf")
    expect(refused).to_have_count(0)
