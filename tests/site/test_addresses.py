"""Addresses that others rely on, and where those that moved lead."""

import pytest
from flask import Flask

from portal.core import access
from portal.site import redirects
from tests.factories import Make
from tests.pages import PageClient
from tests.world.scene import Scene

# Somebody has written these down. None may go without an entry in portal/site/redirects.py.
RELIED_ON = (
    "/",
    "/competitions/{slug}",
    "/competitions/{slug}/results",
    "/verify",
    "/open-data/competitions.json",
    "/competitions.atom",
    "/competitions.ics",
    "/healthz",
    "/readyz",
)


@pytest.mark.parametrize("address", RELIED_ON)
def test_an_address_that_others_rely_on_answers(
    published: Scene, client: PageClient, address: str
) -> None:
    path = address.format(slug=published.call.slug)
    response = client.get(path, follow_redirects=True)
    assert response.status_code == 200
    head = client.head(path)
    assert head.status_code == 200
    assert head.data == b""
    assert "GET" in client.options(path).headers["Allow"]
    assert client.open(path, method="TRACE").status_code == 405


@pytest.mark.parametrize("address", ["/demo", "/demo/mail"])
def test_the_demo_stands_at_its_address_and_is_shut_elsewhere(
    application: Flask, client: PageClient, address: str
) -> None:
    rules = {rule.rule for rule in application.url_map.iter_rules()}
    assert address in rules
    assert client.get(address).status_code == 404, "this is no demo"


def test_whatever_moved_leads_to_something_that_is_there(application: Flask) -> None:
    stands = {rule.rule for rule in application.url_map.iter_rules() if not rule.redirect_to}
    for old, new in redirects.MOVED.items():
        assert old not in stands
        assert any(rule.count("<") == new.count("<") for rule in stands), new


def test_a_moved_address_leads_on_for_ever() -> None:
    app = Flask(__name__)
    app.url_map.converters.update(access.converters())
    redirects.init_app(app, {"/calls/<slug:call>": "/competitions/<call>"})
    response = app.test_client().get("/calls/liepaja-2020")
    assert response.status_code == 308
    assert response.headers["Location"] == "http://localhost/competitions/liepaja-2020"
    assert app.test_client().get("/calls/Liepāja 2020").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/competitions/nav-tada",
        "/competitions/nav-tada/results",
        "/competitions/A_B",
        "/board/competitions/nav-tada/decisions",
        "/board/competitions/nav-tada/journal",
        "/my/applications/00000000-0000-0000-0000-000000000000/decision",
        "/my/applications/1/decision",
        "/my/applications/zzzzzzzz/decision",
        "/nav-tada",
        "/static/x/nav.css",
        "/static/x/../../config.py",
    ],
)
def test_what_is_not_there_is_a_404(make: Make, client: PageClient, path: str) -> None:
    client.sign_in(make.person())
    assert client.get(path).status_code == 404


def test_ids_of_other_shapes_are_not_there(published: Scene, client: PageClient) -> None:
    client.sign_in(published.head)
    key = str(published.decision(0).id)
    for other in (key[:-1], key + "0", key.upper(), key.replace("-", ""), f"{{{key}}}", "0", "ā"):
        if other != key:
            assert client.get(f"{published.url}/{other}/letter").status_code == 404, other
