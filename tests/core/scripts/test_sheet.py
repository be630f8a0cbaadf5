"""The score sheet by keyboard and on a phone."""

from playwright.sync_api import Page, expect


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
