"""The language is switched where it hurts: on the answer to a form, with what was typed."""

from collections.abc import Iterator
from itertools import count

import pytest
from playwright.sync_api import Browser, Page, expect

from portal.core.accounts import passwords
from portal.core.accounts.demo import registration_number
from portal.core.accounts.models import Organisation, Person, Role
from tests.factories import Make
from tests.journeys.people import PASSWORD, Player, scripted

NUMBERS = count(80)
TYPED, SINCE = "Biedrība „Ķērpis”", "Biedrība „Sūna”"


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def scripts(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def player(browser: Browser, address: str, scripts: bool) -> Iterator[Player]:
    player = Player(browser, address, java_script_enabled=scripts)
    yield player
    player.close()


@pytest.fixture
def organisation(make: Make) -> Organisation:
    return make.organisation(
        name="Biedrība „Vējš”", registration_number=registration_number(next(NUMBERS))
    )


@pytest.fixture
def owner(make: Make, organisation: Organisation) -> Person:
    secret = passwords.hashed(PASSWORD)
    return make.person(
        Role.OWNER, scope=organisation, name="Olga Ozola", language="lv", password_hash=secret
    )


def enters(page: Page, who: Person) -> None:
    page.get_by_label("E-pasta adrese").fill(who.email)
    page.get_by_label("Parole", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Ienākt").click()


def switches(page: Page, to: str, heading: str) -> None:
    page.get_by_role("button", name=to).click()
    expect(page.locator("h1")).to_have_text(heading)


def test_a_refused_form_and_an_expired_session_are_read_in_either_language(
    player: Player, scripts: bool, make: Make, organisation: Organisation, owner: Person
) -> None:
    page = player.page
    player.go("/sign-in")
    enters(page, owner)
    expect(page.locator(".asns-person")).to_contain_text(owner.name)
    player.go(f"/my/organisations/{organisation.id}/edit")
    name, address = page.locator("main [name=name]"), page.locator("main [name=address]")
    name.fill(TYPED)
    address.fill("")
    page.locator("main [name=iban]").fill("LV00")
    page.get_by_role("main").get_by_role("button").last.click()
    expect(page.locator(".govuk-error-summary")).to_be_visible()

    expected = TYPED
    if scripts:
        scripted(page)
        name.fill(expected := SINCE)
    page.get_by_role("button", name="English").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Look at this once more")
    expect(name).to_have_value(expected)

    page.context.clear_cookies(name="asns")
    page.locator("main [name=iban]").fill("")
    address.fill("Ezera iela 3, Liepāja")
    page.get_by_role("main").get_by_role("button").last.click()
    expect(page.locator("h1")).to_have_text("Sign in")
    switches(page, "Latviski", "Ienākt")
    enters(page, owner)
    expect(page.locator("h1")).to_have_text("Turpiniet, kur palikāt")
    switches(page, "English", "Go on where you were")
    page.get_by_role("button", name="Continue").click()
    expect(page.locator(".asns-flash")).to_have_text("Saved.")
    expect(page.get_by_role("main")).to_contain_text(expected)
    make.session.refresh(organisation)
    assert organisation.name == expected


def test_a_submission_that_was_refused_is_read_in_english(
    player: Player, make: Make, organisation: Organisation, owner: Person
) -> None:
    call = make.competition("open")
    draft = make.application(call, by=owner, organisation=organisation, title="")
    make.session.commit()
    page = player.page
    player.go("/sign-in")
    enters(page, owner)
    expect(page.locator(".asns-person")).to_contain_text(owner.name)
    player.go(f"/my/applications/{draft.id}/check")
    page.get_by_role("button", name="Iesniegt projekta iesniegumu").click()
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    switches(page, "English", "Check your answers")
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    expect(page.get_by_role("button", name="Submit the application")).to_be_visible()
    make.session.refresh(draft)
    assert draft.state == "draft"
