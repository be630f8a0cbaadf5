"""In English, with JavaScript, on a phone of 320 pixels: applicant, committee member, chair."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from portal.core import clock
from portal.core.accounts.models import Person, Role
from portal.core.db import Words
from portal.core.questions.models import Question, Section
from tests.conftest import NOW
from tests.core.documents.samples import PDF
from tests.factories import Make
from tests.journeys.people import Player, account, scripted, sign_in
from tests.keyboard import tab_to
from tests.live import PHONE, WIDE
from tests.world.scene import Scene

LATER = NOW + timedelta(minutes=7)
SAVED = "[data-saved]"
TITLE = "A workshop in the cellar"


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Player]:
    player = Player(
        *(browser, address),
        **{"viewport": PHONE, "locale": "en-GB", "has_touch": True, "is_mobile": True},
    )
    yield player
    player.close()


def fits(page: Page) -> None:
    """Nothing has to be scrolled sideways, and nothing but the contents is in Latvian."""
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"], page.url


# ------------------------------------------------------------------ the applicant


@pytest.fixture
def call(make: Make) -> Iterator[str]:
    """An open call that asks for a plan; its slug."""
    call = make.competition("open", slug="cellar", title=Words("Pagrabi", "Cellars"))
    section = make.row(
        Section(form_id=call.form.id, key="papers", title=Words("Plāni", "Plans"), position=2)
    )
    make.row(
        Question(
            form_id=section.form_id,
            section_id=section.id,
            key="plan",
            kind="file",
            label=Words("Darba plāns", "Work plan"),
            settings={},
            position=9,
        )
    )
    yield call.slug


def test_an_applicant_from_the_home_page_to_the_receipt(
    phone: Player, make: Make, call: str, tmp_path: Path
) -> None:
    organisation = make.organisation(name="Cellar Club")
    owner = account(make, "Olga Owner", Role.OWNER, scope=organisation)
    page = phone.page
    start(phone, owner)
    title, need = page.get_by_label("Question title"), page.get_by_label("Question need")
    autosaves(page, title, need)
    second_tab(page, need)
    page.get_by_label("Question participants").fill("20")
    page.get_by_label("Question at_risk").fill("8")
    lapses(page, owner)
    page.get_by_role("button", name="Save and continue").last.click()
    uploads(page, tmp_path)
    submits(page)


def start(phone: Player, owner: Person) -> None:
    page = phone.go("/").page
    page.get_by_role("link", name="English").click()
    fits(page)
    phone.follow("Cellars")
    phone.sees("Open", "2 × €4,600")
    fits(page)
    phone.follow("Start an application")
    sign_in(page, owner)
    expect(page.locator("h1")).to_have_text("Start an application")
    fits(page)
    phone.press("Start")
    expect(page.locator("h1")).to_have_text("Untitled application")
    phone.sees("1 of 3 parts", "Not started")
    fits(page)
    # Whoever sends it too early is told what is missing, and led there.
    phone.follow("Check and submit")
    page.get_by_role("button", name="Submit the application").click()
    missing = page.locator(".govuk-error-summary")
    expect(missing.get_by_role("link")).to_have_count(5)
    fits(page)
    missing.get_by_role("link").first.click()
    expect(page.locator("h1")).to_have_text("Project")
    expect(page.get_by_label("Question title")).to_be_in_viewport()
    fits(page)
    scripted(page)


def autosaves(page: Page, title: Locator, need: Locator) -> None:
    """What the page says of saving is true: what it says is saved stands there on return."""
    title.fill(TITLE)
    expect(page.locator(SAVED)).to_have_text("Saved 16:30")
    with clock.at(LATER):
        need.fill("Young people need a place.")
        expect(page.locator(SAVED)).to_have_text("Saved 16:37")
        page.reload()
    expect(title).to_have_value(TITLE)
    expect(need).to_have_value("Young people need a place.")
    scripted(page)


def second_tab(page: Page, need: Locator) -> None:
    """A tab that was left open: both versions are shown, and one of them is kept."""
    other = page.context.new_page()
    other.goto(page.url)
    scripted(other)
    with other.expect_response("**/autosave") as saved:
        other.get_by_label("Question need").fill("From the other tab.")
    assert saved.value.ok
    other.close()
    need.fill("From this tab.")
    told = "You changed “Question need” in another window at 16:30."
    expect(page.locator(SAVED)).to_contain_text(told)
    expect(need).to_have_value("From this tab.")
    with page.expect_response(lambda answer: answer.request.method == "POST") as answered:
        page.get_by_role("button", name="Compare the two").click()
    assert answered.value.status == 409
    expect(page.locator(".asns-versions")).to_contain_text("From the other tab.")
    expect(need).to_have_value("From this tab.")
    expect(page.get_by_label("Question title")).to_have_value(TITLE)
    fits(page)
    page.get_by_role("button", name="Save and return to the list").click()
    page.get_by_role("main").get_by_role("link", name="Project").click()
    expect(need).to_have_value("From this tab.")
    scripted(page)


def lapses(page: Page, owner: Person) -> None:
    """The session ends while somebody writes: they sign in beside it, and go on."""
    page.context.clear_cookies(name="asns")
    need = page.get_by_label("Question need")
    need.fill("Typed after the session had ended.")
    expect(page.locator(SAVED)).to_contain_text("You have been signed out.")
    fits(page)
    with page.context.expect_page() as beside:
        page.locator(SAVED).get_by_role("link", name="Sign in").click()
    sign_in(beside.value, owner)
    expect(beside.value.get_by_role("button", name="Sign out")).to_be_visible()
    beside.value.close()
    page.bring_to_front()
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.locator(SAVED)).to_have_text("Saved 16:30")
    expect(need).to_have_value("Typed after the session had ended.")
    page.reload()
    expect(need).to_have_value("Typed after the session had ended.")
    scripted(page)


def uploads(page: Page, folder: Path) -> None:
    """On a slow line the file's way is shown, and then the file."""
    expect(page.locator("h1")).to_have_text("Plans")
    scripted(page)
    plan = folder / "Plan.pdf"
    plan.write_bytes(PDF + b" " * 400_000 + b"\n%%EOF\n")
    line = page.context.new_cdp_session(page)
    speed = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 40_000}
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", speed)
    page.get_by_label("Work plan").set_input_files(plan)
    expect(page.locator(".asns-uploads li")).to_contain_text(re.compile(r"Sending: \d+%"))
    line.send("Network.emulateNetworkConditions", {**speed, "uploadThroughput": -1})
    expect(page.get_by_role("link", name="Plan.pdf")).to_be_visible()
    fits(page)
    better = folder / "Better.pdf"
    better.write_bytes(PDF + b"% another\n%%EOF\n")
    page.get_by_label("Work plan").set_input_files(better)
    page.get_by_role("button", name="Replace", exact=True).click()
    expect(page.get_by_role("link", name="Better.pdf")).to_be_visible()
    expect(page.get_by_role("link", name="Plan.pdf")).to_have_count(0)


def submits(page: Page) -> None:
    """Everything once more, and then the receipt."""
    page.get_by_role("button", name="Save and return to the list").click()
    expect(page.locator("main")).to_contain_text("3 of 3 parts")
    page.get_by_role("link", name="Check and submit").click()
    expect(page.locator("h1")).to_have_text("Check your answers")
    for said in (TITLE, "Typed after the session had ended.", "Better.pdf"):
        expect(page.locator("main")).to_contain_text(said)
    fits(page)
    page.get_by_role("button", name="Submit the application").click()
    expect(page.locator("h1")).to_have_text(re.compile(r"^LIE-2026-\d+-001$"))
    expect(page.locator("main")).to_contain_text("20 Nov 2026 16:30:00")
    expect(page.locator("main")).to_contain_text("Olga Owner")
    fits(page)
    receipt = page.get_by_role("link", name="Download the receipt (PDF)").get_attribute("href")
    answer = page.context.request.get(str(receipt))
    assert answer.ok and answer.body().startswith(b"%PDF")


# ------------------------------------------------------------------ the committee


def sheet_of_the_next(phone: Player, scene: Scene) -> None:
    """Sign in, and open the one sheet that is still to be filled in."""
    page = phone.go(f"/committee/{scene.call.slug}?lang=en").page
    sign_in(page, scene.member)
    phone.sees("1 of 2")
    page.get_by_role("link", name="Next one").click()
    scripted(page)


def test_a_member_scores_by_touch_and_the_tabs_keep_their_place(
    phone: Player, committee: Scene
) -> None:
    application = committee.scored(("7", "7"), ("7", "6"), title=TITLE)
    sheet_of_the_next(phone, committee)
    page = phone.page
    fits(page)
    sheet, read = page.locator("#sheet"), page.locator("#application")
    expect(read).to_be_visible()
    expect(sheet).to_be_hidden()
    page.get_by_role("tab", name="Sheet").click()
    expect(read).to_be_hidden()
    criteria = page.locator("[data-criterion]")
    with page.expect_response(lambda answer: "p_c2=8" in (answer.request.post_data or "")):
        criteria.nth(0).locator("label", has_text=re.compile(r"^7\.5$")).click()
        criteria.nth(1).locator("label", has_text=re.compile(r"^8$")).click()
    expect(page.locator("[data-total-points]")).to_have_text("15.5 of 20")
    expect(page.locator("[data-total-count]")).to_have_text("2 of 2 criteria")
    expect(page.locator(SAVED)).to_have_text("Saved 16:30")
    fits(page)
    keeps_its_place(page)
    page.reload()
    expect(sheet).to_be_visible()
    expect(page.locator("[data-total-points]")).to_have_text("15.5 of 20")
    page.get_by_role("button", name="Check and submit").click()
    expect(page.locator("h1")).to_have_text("Check the score sheet")
    expect(page.locator("main")).to_contain_text("Submitting locks the sheet.")
    fits(page)
    page.get_by_role("button", name="Submit and lock").click()
    expect(page.locator("main")).to_contain_text("2 of 2")
    phone.go(f"/committee/{committee.call.slug}/applications/{application.number}")
    page.get_by_role("tab", name="Sheet").click()
    expect(page.locator("#sheet input[type=radio]:enabled")).to_have_count(0)


def keeps_its_place(page: Page) -> None:
    """Between the two tabs, whoever has scrolled comes back to where they were."""
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    place = page.evaluate("scrollY")
    assert place > 0
    page.get_by_role("tab", name="Application").click()
    page.get_by_role("tab", name="Sheet").click()
    assert page.evaluate("scrollY") == place


def test_a_member_scores_by_keyboard(phone: Player, committee: Scene) -> None:
    committee.scored(("7", "7"), ("7", "6"), title=TITLE)
    sheet_of_the_next(phone, committee)
    page = phone.page
    page.set_viewport_size(WIDE)
    first, second = page.locator("[data-criterion]").all()
    tab_to(page, first.locator("input"))
    page.keyboard.type("7.5")
    expect(first.locator("input[value='7.5']")).to_be_checked()
    page.keyboard.press("ArrowDown")
    page.keyboard.type("10")
    expect(second.locator("input[value='10']")).to_be_checked()
    page.keyboard.press("ArrowLeft")
    expect(second.locator("input[value='9.5']")).to_be_checked()
    page.keyboard.press("ArrowUp")
    expect(first.locator("input[value='7.5']")).to_be_focused()
    expect(page.locator("[data-total-points]")).to_have_text("17 of 20")
    expect(page.locator(SAVED)).to_have_text("Saved 16:30")
    tab_to(page, page.get_by_role("button", name="Check and submit"))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("table")).to_contain_text("9.5")
    tab_to(page, page.get_by_role("button", name="Submit and lock"))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    phone.sees("2 of 2")


def test_a_chair_sees_what_is_missing_and_then_the_ranking(phone: Player, committee: Scene) -> None:
    last = committee.scored(("7", "7"), ("7", "6"), title=TITLE)
    page = phone.go(f"/committee/{committee.call.slug}/ranking?lang=en").page
    sign_in(page, committee.chair)
    expect(page.locator("h1")).to_have_text("Ranking")
    phone.sees("Before the discussion", "1 score sheet is missing")
    expect(page.locator("main table")).to_have_count(0)
    fits(page)
    committee.make.sheet(last, committee.member, {"c1": "7", "c2": "6.5"})
    page.reload()
    page.get_by_role("link", name="Open the discussion").click()
    page.get_by_role("button", name="Open the discussion").click()
    rows = page.locator("tbody tr")
    expect(rows.filter(has_text="A cinema in the yard")).to_contain_text("16.33")
    expect(rows.filter(has_text=TITLE)).to_contain_text("13.5")
    phone.sees("1 × €4,600")
    fits(page)
