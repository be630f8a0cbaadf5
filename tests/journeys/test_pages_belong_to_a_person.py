"""Two people at one browser: neither saves, nor reads, what the other has typed.

Playwright switches the back/forward cache off; here it is on, as people have it.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright

from portal.core.accounts.models import Person
from portal.grants.applications.models import Application
from portal.grants.evaluation.models import ScoreSheet
from tests.factories import Make
from tests.journeys.people import Player, scripted, sign_in
from tests.live import ARGUMENTS, CHROMIUM
from tests.world.scene import Scene

SAVED, TYPED = "[data-saved]", "Mia's opinion of it"


@pytest.fixture(scope="module")
def browser(address: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[*ARGUMENTS, "--enable-features=BackForwardCache"],
            ignore_default_args=["--disable-back-forward-cache"],
        )
        yield browser
        browser.close()


@pytest.fixture(params=["scripts", "no scripts"])
def player(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Player]:
    player = Player(browser, address, java_script_enabled=request.param == "scripts")
    player.context.add_cookies([{"name": "language", "value": "en", "url": address}])
    yield player
    player.close()


@pytest.fixture
def scripts(browser: Browser, address: str) -> Iterator[Player]:
    player = Player(browser, address)
    player.context.add_cookies([{"name": "language", "value": "en", "url": address}])
    yield player
    player.close()


@pytest.fixture
def application(committee: Scene) -> Application:
    application = committee.assigned(title="A skate park")
    committee.make.session.commit()
    return application


def changes_to(page: Page, who: Person) -> None:
    """Whoever is signed in in this browser signs out, and `who` signs in."""
    page.goto("/account")
    leave(page)
    sign_in(page, who)
    expect(page.locator(".asns-person")).to_contain_text(who.name)


def leave(page: Page) -> None:
    if page.get_by_role("button", name="Sign out").count():
        page.get_by_role("button", name="Sign out").click()
    expect(page.locator("h1")).to_have_text("Sign in")


def back(page: Page) -> None:
    """Press Back; a page out of the cache says nothing that Playwright could wait for."""
    for patience in range(10):
        try:
            page.go_back(wait_until="commit")
            break
        except Error:  # the browser is still exchanging the page before for this one
            assert patience < 9
            page.wait_for_timeout(200)
    page.wait_for_timeout(300)


def sheets(make: Make, application: Application, who: Person) -> list[str]:
    make.session.rollback()
    found = make.session.query(ScoreSheet).filter_by(
        application_id=application.id, person_id=who.id
    )
    return [sheet.overall for sheet in found]


def test_another_who_signs_in_beside_it_gets_nothing_of_an_open_sheet(
    scripts: Player, committee: Scene, application: Application
) -> None:
    (_chair, sven, mia), page = committee.members, scripts.page
    path = f"/committee/{committee.call.slug}/applications/{application.number}"
    changes_to(page, mia)
    scripts.go(path)
    scripted(page)
    beside = scripts.context.new_page()
    changes_to(beside, sven)

    page.get_by_label("The application as a whole").fill(TYPED)
    expect(page.locator(SAVED)).to_contain_text(
        "Another user (Sven Scribe) is signed in in this browser now. Nothing was saved."
    )
    page.evaluate("dispatchEvent(new Event('focus'))")
    page.get_by_role("button", name="Save the draft").click()
    expect(page.locator("[data-another]")).to_contain_text("What you typed stays here")
    expect(page.get_by_label("The application as a whole")).to_have_value(TYPED)
    assert sheets(committee.make, application, sven) == []

    changes_to(beside, mia)
    page.get_by_role("button", name="Save the draft").click()
    expect(page.locator("h1")).to_have_text("Go on where you were")
    page.get_by_role("button", name="Continue").click()
    expect(page.locator(".asns-flash")).to_have_text("The draft is saved.")
    assert sheets(committee.make, application, mia) == [TYPED]
    assert sheets(committee.make, application, sven) == []


def test_back_shows_nothing_private_after_signing_out_or_to_the_next_who_signs_in(
    player: Player, committee: Scene, application: Application
) -> None:
    (_chair, sven, mia), page = committee.members, player.page
    path = f"/committee/{committee.call.slug}/applications/{application.number}"
    changes_to(page, mia)
    player.go(path)
    page.get_by_label("The application as a whole").fill(TYPED)
    leave(page)
    back(page)
    expect(page.locator("h1")).to_have_text("Sign in")
    assert TYPED not in page.content() and "A skate park" not in page.content()

    sign_in(page, sven)
    for _ in range(3):
        back(page)
        assert TYPED not in page.content() and mia.name not in page.content()
    player.go(path)
    assert TYPED not in page.content()
    assert sheets(committee.make, application, sven) == []


def test_the_cache_is_on_in_these_tests(scripts: Player) -> None:
    page = scripts.page
    scripts.go("/competitions")
    page.evaluate("addEventListener('pageshow', (event) => { window.kept = event.persisted; })")
    scripts.go("/how-to-apply")
    back(page)
    assert page.evaluate("window.kept") is True
