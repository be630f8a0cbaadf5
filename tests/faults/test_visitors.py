"""What anybody may ask for is bounded: by network address, by size, and by how many at a time."""

import io
from contextlib import ExitStack

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from portal.core.accounts import throttle
from portal.core.concurrency import Slots
from portal.core.request_checks import LARGEST_OF_VISITORS
from tests.factories import Make
from tests.pages import PageClient


@pytest.fixture
def exhausted(app: Flask) -> None:
    """The address of the test client has sent as many forms as it may."""
    with app.test_request_context():
        for _ in range(throttle.FORMS_OF_ADDRESS.tries):
            throttle.attempt(throttle.FORMS_OF_ADDRESS, "127.0.0.1")


def public_posts(app: Flask) -> list[str]:
    """The address of every page that takes a form from a visitor."""
    addresses = app.url_map.bind("localhost")
    return [
        addresses.build(rule.endpoint, dict.fromkeys(rule.arguments, "x"), "POST")
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and app.view_functions[rule.endpoint].visitors  # type: ignore[attr-defined]
    ]


@pytest.mark.usefixtures("exhausted")
def test_every_form_that_a_visitor_may_send_is_counted_by_address(
    app: Flask, client: PageClient, make: Make
) -> None:
    found = public_posts(app)
    assert {"/verify", "/sign-in", "/register", "/forgotten"} <= set(found)
    found += ["/my/organisations/new", "/nowhere"]  # nor do they get past it elsewhere
    for path in found:
        refused = client.post(path, data={})
        assert refused.status_code == 429, path
        assert 0 < int(refused.headers["Retry-After"]) <= 15 * 60 + 1
        assert "minūt" in refused.text
        elsewhere = client.post(path, data={}, environ_base={"REMOTE_ADDR": "127.0.0.2"})
        assert elsewhere.status_code != 429, path
    assert client.get("/sign-in").status_code == 200
    client.sign_in(make.person())
    assert client.post("/sign-out", data={}).status_code == 302, "whoever is signed in is known"


def test_a_network_counts_as_one_however_many_addresses_it_has() -> None:
    assert throttle.network_of("2001:db8::1") == throttle.network_of("2001:db8::ffff:2")
    assert throttle.network_of("2001:db8::1") != throttle.network_of("2001:db8:0:1::1")
    assert throttle.network_of("192.0.2.1") != throttle.network_of("192.0.2.2")
    assert throttle.network_of("::ffff:192.0.2.1") != throttle.network_of("::ffff:192.0.2.2")
    assert throttle.network_of("") == ""


def test_long_work_leaves_threads_for_the_rest(app: Flask, client: PageClient) -> None:
    slots: Slots = app.extensions["asns.slots.views"]
    with ExitStack() as others:
        for _ in range(app.extensions["settings"].threads // 2):
            others.enter_context(slots.taken())
        for answer in (upload(client, b"{}"), client.get("/competitions.ics")):
            assert answer.status_code == 429 and int(answer.headers["Retry-After"]) <= 10
        assert "pēc dažām sekundēm" in upload(client, b"{}").text
        assert client.get("/").status_code == client.get("/sign-in").status_code == 200
    assert upload(client, b"{}").status_code == 422
    assert client.get("/competitions.ics").status_code == 200


@pytest.mark.parametrize("path", ["/verify", "/nowhere", "/my/organisations/claims/new"])
def test_nothing_of_the_size_of_an_application_comes_in_where_none_belongs(
    client: PageClient, path: str
) -> None:
    kind = "multipart/form-data; boundary=b"
    body = b"x" * (LARGEST_OF_VISITORS + 1)
    assert client.post(path, data=body, content_type=kind).status_code == 413


def upload(client: PageClient, data: bytes) -> TestResponse:
    return client.post("/verify", data={"file": (io.BytesIO(data), "receipt.json")})
