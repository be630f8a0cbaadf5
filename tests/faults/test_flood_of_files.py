"""One person sends many files that take long to look at; all others go on."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from http import HTTPStatus
from http.client import HTTPConnection

import pytest
from flask import Flask

from bench.flood import crowded, flood
from bench.load import multipart
from portal.core import clock
from portal.core.accounts.models import Person, Role
from portal.core.concurrency import Slots, one_per_person
from portal.grants.applications.models import Application
from tests.factories import Make
from tests.pages import PageClient, fields
from tests.test_proxy import portal, wait_for
from tests.test_serve import free_port
from tests.world.scene import papers, pdf

REFUSED, TAKEN = HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.FOUND
BUSY = HTTPStatus.TOO_MANY_REQUESTS


class Applicant:
    """Somebody with a draft that takes files, and their browser."""

    def __init__(self, app: Flask, make: Make) -> None:
        organisation = make.organisation()
        self.person: Person = make.person(Role.OWNER, scope=organisation)
        call = make.competition("open")
        papers(make, call)
        draft: Application = make.application(call, by=self.person, organisation=organisation)
        self.page = f"/my/applications/{draft.id}/sections/papers"
        self.browser = PageClient(app, app.response_class).sign_in(self.person)


@pytest.fixture(autouse=True)
def _running_clock(_still_clock: None) -> Iterator[None]:
    """The server's clock runs; what is made for it is made for this day."""
    with clock.at(datetime.now(UTC)):
        yield


@pytest.fixture
def applicant(busy: tuple[Flask, Make]) -> Iterator[Applicant]:
    return Applicant(*busy)


def test_a_flood_of_files_leaves_pages_to_others(
    busy: tuple[Flask, Make], applicant: Applicant
) -> None:
    page = applicant.browser.page(applicant.page)
    form = page.select_one("main form[method=post]")
    assert form is not None
    cookie = applicant.browser.get_cookie("asns")
    assert cookie is not None
    typed = {k: v for k, v in fields(form).items() if isinstance(v, str) and not k.startswith("q_")}
    values = {**typed, "csrf_token": applicant.browser.csrf()}
    many = multipart(applicant.page, f"asns={cookie.value}", values, {"q_plans": crowded(400_000)})
    port = free_port()
    with portal(busy, port, WEB_CONCURRENCY="1", THREADS="4"):
        wait_for(port)
        with flood(port, many) as statuses:
            for path in ("/healthz", "/", "/healthz"):
                with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as visitor:
                    visitor.request("GET", path)
                    assert visitor.getresponse().status == HTTPStatus.OK
        # A slow machine refuses it for its time, a fast one may take it.
        assert len(statuses) == 8 and set(statuses) <= {REFUSED, TAKEN, BUSY}, statuses
        assert BUSY in statuses and {REFUSED, TAKEN} & set(statuses)


def test_of_one_person_one_file_is_looked_at_at_a_time(
    busy: tuple[Flask, Make], applicant: Applicant
) -> None:
    other = Applicant(*busy)
    with ExitStack() as looked_at:
        with busy[0].app_context():
            looked_at.enter_context(one_per_person(applicant.person.id))
        refused = applicant.browser.send(applicant.page, {"q_plans": pdf()})
        assert refused.status_code == BUSY
        assert "cits jūsu fails" in refused.text
        assert other.browser.send(other.page, {"q_plans": pdf()}).status_code == TAKEN
    again = applicant.browser.send(applicant.page, {"q_plans": pdf()})
    assert again.status_code == TAKEN


def test_who_waits_for_a_turn_leaves_threads_for_pages(
    busy: tuple[Flask, Make], applicant: Applicant
) -> None:
    app = busy[0]
    places: Slots = app.extensions["asns.slots.threads"]
    with ExitStack() as others:
        for _ in range(app.extensions["settings"].threads - 1):
            others.enter_context(places.taken())
        refused = applicant.browser.send(applicant.page, {"q_plans": pdf()})
        assert refused.status_code == BUSY
        assert re.search("pēc dažām sekundēm", refused.text)
        assert applicant.browser.get("/").status_code == HTTPStatus.OK
    assert applicant.browser.send(applicant.page, {"q_plans": pdf()}).status_code == TAKEN
