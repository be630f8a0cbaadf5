"""Nothing but a keyboard: Tab, Enter, Space and the arrows, and the focus can always be seen."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from portal.core.accounts.models import Role
from tests.factories import Make
from tests.journeys.people import PASSWORD, Player, account, scripted
from tests.keyboard import focused, sees_focus, tab_to
from tests.live import PHONE
from tests.world.scene import Scene


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    player = Player(browser, address, locale="en-GB")
    player.page.goto("/sign-in?lang=en")
    scripted(player.page)
    yield player.page
    player.close()


def enters(page: Page, email: str) -> None:
    """Sign in, with no hand on the mouse."""
    tab_to(page, page.get_by_label("E-mail address"))
    page.keyboard.type(email)
    tab_to(page, page.get_by_label("Password", exact=True))
    page.keyboard.type(PASSWORD)
    goes_on(page, "Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def follow(page: Page, name: str) -> None:
    """Go to a link of the content and follow it."""
    tab_to(page, page.get_by_role("main").get_by_role("link", name=name))
    sees_focus(page)
    goes_on(page, "Enter")


def goes_on(page: Page, key: str) -> None:
    """Press a key that leads to another page."""
    with page.expect_navigation():
        page.keyboard.press(key)
    scripted(page)


def test_the_first_key_offers_to_skip_to_the_content(page: Page) -> None:
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("E-mail address")).to_be_focused()


def test_the_language_changes_at_a_key(page: Page) -> None:
    for language, name in (("lv", "Latviski"), ("en", "English")):
        tab_to(page, page.get_by_role("link", name=name))
        sees_focus(page)
        goes_on(page, "Enter")
        expect(page.locator("html")).to_have_attribute("lang", language)


def test_tab_comes_to_everything_and_shows_where_it_is(page: Page) -> None:
    """In the order in which it stands on the page, and nothing holds the focus for itself."""
    usable = page.locator("a[href], button, input:not([type=hidden]), textarea, select")
    expected = usable.evaluate_all("all => all.map(one => one.outerHTML.slice(0, 120))")
    reached = []
    for _ in expected:
        page.keyboard.press("Tab")
        sees_focus(page)
        reached.append(focused(page))
    assert reached == expected


def test_a_section_of_an_application_is_written(page: Page, make: Make) -> None:
    organisation = make.organisation()
    owner = account(make, "Olga Owner", Role.OWNER, scope=organisation)
    make.application(
        make.competition("open"), by=owner, organisation=organisation, title="A cinema in the yard"
    )
    enters(page, owner.email)
    tab_to(page, page.get_by_role("navigation").get_by_role("link", name="Applications"))
    sees_focus(page)
    goes_on(page, "Enter")
    follow(page, "A cinema in the yard")
    follow(page, "Project")
    tab_to(page, page.get_by_label("Question title"))
    sees_focus(page)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("A workshop in the cellar")
    tab_to(page, page.get_by_role("button", name="Save and return to the list"))
    sees_focus(page)
    goes_on(page, "Space")
    expect(page.locator("h1")).to_have_text("A workshop in the cellar")


def test_a_score_sheet_is_filled_in_and_locked(page: Page, committee: Scene) -> None:
    """On a narrow screen, where the sheet is a tab of its own."""
    application = committee.scored(("7", "7"), ("7", "6"), title="A workshop in the cellar")
    page.set_viewport_size(PHONE)
    enters(page, committee.member.email)
    page.goto(f"/committee/{committee.call.slug}")
    follow(page, f"Next one: {application.number}")
    tab_to(page, page.get_by_role("tab", name="Application"))
    sees_focus(page)
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Sheet")).to_be_focused()
    for criterion in page.locator("[data-criterion]").all():
        tab_to(page, criterion.locator("input"))
        sees_focus(page)
        page.keyboard.press("Space")
        for _ in range(10):
            page.keyboard.press("ArrowRight")
    expect(page.locator("[data-total-points]")).to_have_text("10 of 20")
    for name in ("Check and submit", "Submit and lock"):
        tab_to(page, page.get_by_role("button", name=name))
        sees_focus(page)
        goes_on(page, "Enter")
    expect(page.locator("main")).to_contain_text("2 of 2")
