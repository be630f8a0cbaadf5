"""The auditor reads everything of grants and changes nothing."""

import pytest
from flask import Flask

from portal.core.accounts.models import Role
from tests.factories import Make
from tests.pages import PageClient, text
from tests.world.scene import Scene

BOARD = "/board/competitions/<slug:competition>"

# Every page of a competition that only shows something. The rest is for changing, and says so.
READ = (
    "",
    "/decisions",
    "/journal",
    "/applications",
    "/eligibility",
    "/committee",
    "/documents",
    "/form",
    "/form/preview",
    "/criteria",
    "/amendments",
    "/questions",
)


def pages(app: Flask) -> dict[str, set[str]]:
    """The board's addresses under a competition that need no further key, with their methods."""
    found: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(BOARD) and rule.arguments == {"competition"}:
            found.setdefault(rule.rule.removeprefix(BOARD), set()).update(rule.methods or ())
    return found


def test_the_auditor_opens_every_page_that_shows_something(
    published: Scene, client: PageClient
) -> None:
    client.sign_in(published.auditor)
    url = f"/board/competitions/{published.call.slug}"
    known = pages(published.app)
    assert set(READ) <= set(known), set(READ) - set(known)
    for page in READ:
        assert client.get(url + page).status_code == 200, page
    for page in (f"/committee/{published.call.slug}/{p}" for p in ("ranking", "meetings")):
        assert client.get(page).status_code == 200, page
    assert client.get("/board/").status_code == 200
    assert client.get("/board/competitions").status_code == 200
    for decision in range(len(published.applications)):
        letter = f"{published.url}/{published.decision(decision).id}/letter"
        assert client.get(letter).status_code == 200
        assert client.get(letter + ".pdf").status_code == 200


def test_whatever_would_change_something_is_refused_with_the_reason(
    case: Scene, client: PageClient
) -> None:
    client.sign_in(case.auditor)
    url = f"/board/competitions/{case.call.slug}"
    verbs = [page for page, methods in pages(case.app).items() if "POST" in methods]
    assert len(verbs) > 8
    for page in verbs:
        response = client.post(url + page, data={})
        assert response.status_code == 403, page
        assert len(text(response)) > 200, "a page with its reason"


@pytest.mark.parametrize("role", [Role.OFFICER, Role.HEAD, Role.AUDITOR])
def test_nothing_of_the_boards_breaks_in_any_phase(
    make: Make, client: PageClient, app: Flask, role: Role
) -> None:
    client.sign_in(make.person(role))
    for phase in ("draft", "announced", "open", "closed", "decided", "published", "cancelled"):
        slug = make.competition(phase).slug
        for page, methods in pages(app).items():
            if "GET" in methods:
                status = client.get(f"/board/competitions/{slug}{page}").status_code
                assert status in (200, 302, 403, 404, 409), f"{page} when {phase}"
