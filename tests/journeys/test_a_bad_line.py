"""In English, on a phone of 320 pixels whose line comes and goes: nothing that is typed is lost."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from portal.core.accounts.models import Person, Role
from portal.core.db import Words
from portal.core.questions.models import Question, Section
from portal.grants.applications.models import Application
from portal.grants.competitions.models import Competition
from tests.factories import Make
from tests.journeys.people import Player, account, scripted, sign_in
from tests.live import PHONE

Draft = tuple[Application, Person]
SAVED, KEPT = "[data-saved]", "[data-kept]"
EXCEL = (
    "Nometne\t05.07.2027\t09.07.2027\t25\n"
    'Darbnīca "Ķēde"\t01.09.2027\t30.09.2027\t12\n'
    '"Garš teksts\nar rindu"\t02.10.2027\t02.10.2027\t8\n'
)
COLUMNS = {"what": "long_text", "begins": "date", "ends": "date", "people": "number"}
PASTE = """(cell, text) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    const told = {clipboardData: data, bubbles: true, cancelable: true};
    cell.dispatchEvent(new ClipboardEvent("paste", told));
}"""


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Player]:
    player = Player(
        *(browser, address),
        **{"viewport": PHONE, "locale": "en-GB", "has_touch": True, "is_mobile": True},
    )
    yield player
    player.close()


@pytest.fixture
def call(make: Make) -> Competition:
    """An open call that asks for a plan in a table and for a paper."""
    call = make.competition("open")
    section = make.row(
        Section(form_id=call.form.id, key="plans", title=Words("Plāni", "Plans"), position=2)
    )
    columns = [
        {"key": key, "kind": kind, "lv": key.title(), "en": key.title()}
        for key, kind in COLUMNS.items()
    ]
    for key, kind, settings in (("plan", "table", {"columns": columns}), ("paper", "file", {})):
        make.row(
            Question(
                form_id=section.form_id,
                section_id=section.id,
                key=key,
                kind=kind,
                label=Words(key.title(), key.title()),
                settings=settings,
                position=9,
            )
        )
    return call


@pytest.fixture
def draft(make: Make, call: Competition) -> Draft:
    """The draft of one organisation, and who writes it."""
    organisation = make.organisation()
    owner = account(make, "Hanna Harbour", Role.OWNER, scope=organisation)
    return make.application(call, by=owner, organisation=organisation), owner


def opened(phone: Player, draft: Draft) -> Page:
    """The page with the plan, on which nothing has to be scrolled sideways."""
    (application, owner), page = draft, phone.page
    phone.go(f"/my/applications/{application.id}/sections/plans?lang=en")
    if page.get_by_role("main").get_by_role("button", name="Sign in").count():
        sign_in(page, owner)
    expect(page.locator("h1")).to_have_text("Plans")
    scripted(page)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]
    return page


def plan(make: Make, draft: Draft) -> list[dict[str, object]]:
    """What the database has of it."""
    make.session.rollback()
    return make.answered(draft[0].answer_set_id).get("plan") or []


def test_a_table_from_excel_is_sent_when_the_line_is_back(
    phone: Player, make: Make, draft: Draft
) -> None:
    page = opened(phone, draft)
    phone.context.set_offline(True)
    page.locator("[name=q_plan-0-what]").evaluate(PASTE, EXCEL)
    expect(page.locator(SAVED)).to_contain_text("No connection.")
    page.get_by_role("button", name="Move row 3 up").click()
    page.get_by_role("button", name="Save and return to the list").click()
    expect(page.locator(SAVED)).to_contain_text("it is sent as soon as the connection is back")
    expect(page.locator("h1")).to_have_text("Plans")
    assert plan(make, draft) == []
    phone.context.set_offline(False)
    expect(page.locator(".asns-flash")).to_have_text("Saved.")
    assert plan(make, draft) == [
        {"what": "Nometne", "begins": "2027-07-05", "ends": "2027-07-09", "people": 25},
        {
            "what": "Garš teksts\nar rindu",
            "begins": "2027-10-02",
            "ends": "2027-10-02",
            "people": 8,
        },
        {"what": 'Darbnīca "Ķēde"', "begins": "2027-09-01", "ends": "2027-09-30", "people": 12},
    ]


def test_what_was_typed_is_there_after_a_crash_and_after_a_session(
    phone: Player, make: Make, draft: Draft
) -> None:
    page = opened(phone, draft)
    page.route("**/autosave", lambda route: route.abort())
    page.locator("[name=q_plan-0-what]").fill("A boat")
    page.get_by_role("button", name="Add a row").click()
    page.locator("[name=q_plan-1-what]").fill("Another boat")
    expect(page.locator(SAVED)).to_contain_text("No connection.")
    page.wait_for_timeout(300)
    page.goto("about:blank")
    opened(phone, draft)
    expect(page.locator(KEPT)).to_contain_text("and it was not saved.")
    page.unroute("**/autosave")
    page.get_by_role("button", name="Put it back").click()
    expect(page.locator(SAVED)).to_have_text("Saved 16:30")
    assert [row["what"] for row in plan(make, draft)] == ["A boat", "Another boat"]

    phone.context.clear_cookies(name="asns")
    page.locator("[name=q_plan-0-what]").fill("A ship")
    expect(page.locator(SAVED)).to_contain_text("You have been signed out.")
    page.get_by_role("button", name="Save and return to the list").click()
    sign_in(page, draft[1])
    expect(page.locator("h1")).to_have_text("Go on where you were")
    page.get_by_role("button", name="Continue").click()
    expect(page.locator(".asns-flash")).to_have_text("Saved.")
    assert [row["what"] for row in plan(make, draft)] == ["A ship", "Another boat"]
    opened(phone, draft)
    expect(page.locator(KEPT)).to_have_count(0)
