"""A stage is a folder and its line in the list of stages: nothing else has to know of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import Connection

from portal import STAGES, create_app
from portal.core import formats
from portal.core.accounts.models import Role
from portal.core.audit.models import JournalEntry
from portal.core.db import Words, db
from portal.core.jobs import jobs
from tests.factories import Make
from tests.pages import PageClient, text


@pytest.fixture
def with_toys(app: Flask, connection: Connection) -> Iterator[Flask]:
    """The application with one more stage, on the test's connection."""
    found = create_app(app.extensions["settings"], (*STAGES, "tests.site.toy"))
    found.testing = True
    found.test_client_class = PageClient
    with found.app_context():
        engine = db.engines[None]
        db.engines[None] = connection  # type: ignore[assignment]
    yield found
    with found.app_context():
        db.engines[None] = engine
        engine.dispose()


@pytest.fixture
def toys(with_toys: Flask, make: Make) -> PageClient:
    client = with_toys.test_client()
    assert isinstance(client, PageClient)
    return client.sign_in(make.person(Role.OFFICER))


def test_what_waits_stands_on_the_desk_and_its_place_in_the_navigation(toys: PageClient) -> None:
    page = toys.page("/board/")
    assert [str(a["href"]) for a in page.select(".asns-todo a")] == ["/toys"]
    assert "Toys" in [one.get_text() for one in page.select(".asns-nav a")]


def test_its_events_are_read_in_the_journal_in_its_words(toys: PageClient, make: Make) -> None:
    competition = make.competition("closed")
    make.row(
        JournalEntry(
            event="toy.wound", scope_id=competition.id, subject_type="toys", facts={"turns": 3}
        )
    )
    page = text(toys.get(f"/board/competitions/{competition.slug}/journal"))
    assert "A toy was wound up" in page and "3 times round" in page


def test_its_open_data_are_listed_and_served(toys: PageClient) -> None:
    assert "Every toy" in text(toys.get("/open-data"))
    assert toys.get("/open-data/toys.json").json["toys"] == [{"name": "Bear"}]
    assert toys.get("/open-data/nothing.json").status_code == 404


def test_the_worker_knows_its_jobs(with_toys: Flask) -> None:
    assert "toys.wind" in jobs.tasks


@pytest.fixture
def lithuanian(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = replace(app.extensions["settings"], languages=("lv", "en", "lt"))
    monkeypatch.setitem(app.extensions, "settings", settings)


def test_another_language_is_its_setting_and_a_catalogue(
    lithuanian: None, client: PageClient, make: Make
) -> None:
    """Without a catalogue, as here, texts stay English; dates and sums go by CLDR."""
    officer = make.person(Role.OFFICER, language="lt")
    competition = make.competition("draft")
    page = client.sign_in(officer).page(f"/board/competitions/{competition.slug}/documents/new")
    assert page.html and page.html["lang"] == "lt"
    assert [a["hreflang"] for a in page.select("header a[hreflang]")] == ["lv", "en"]
    assert "Lietuvių" in client.get("/?lang=en").text
    assert page.select_one("input[name=title-lt]")
    terms = f"/board/competitions/{competition.slug}/terms/edit"
    client.send(terms, {"aims-0-lv": "Mērķis", "aims-0-en": "Aim", "aims-0-lt": "Tikslas"})
    make.session.refresh(competition)
    assert competition.aims[0] == {"lv": "Mērķis", "en": "Aim", "lt": "Tikslas"}
    assert client.page("/account/details?lang=lt").select_one("input[name=language][value=lt]")
    with client.application.test_request_context(), force_locale("lt"):
        assert formats.day(date(2020, 4, 14)).startswith("antradienis")
        assert formats.money(460050).replace("\xa0", " ") == "4 600,50 €"
        title = Words.of({"lv": "Skola", "en": "School", "lt": "Mokykla"})
        assert str(title) == "Mokykla" and str(Words("Skola")) == "Skola"


def test_with_latvian_alone_nothing_asks_for_english(
    app: Flask, monkeypatch: pytest.MonkeyPatch, client: PageClient, make: Make
) -> None:
    settings = replace(app.extensions["settings"], languages=("lv",))
    monkeypatch.setitem(app.extensions, "settings", settings)
    competition = make.competition("draft")
    client.sign_in(make.person(Role.OFFICER))
    terms = f"/board/competitions/{competition.slug}/terms/edit"
    page = client.page(terms)
    assert page.select('[name$="-lv"]') and not page.select('[name$="-en"], [lang="en"]')
    client.send(terms, {"title-lv": "Jauns", "aims-0-lv": "Mērķis"})
    make.session.refresh(competition)
    assert competition.title == Words("Jauns", competition.title.en)
    assert competition.aims[0] == {"lv": "Mērķis", "en": ""}


def test_a_text_keeps_a_language_that_the_portal_no_longer_has(client: PageClient) -> None:
    stored = {"lv": "Skola", "en": "", "lt": "Mokykla"}
    with client.application.test_request_context():
        assert Words.of({**stored, "points": "3"}).to_json() == stored


def test_without_its_line_there_is_nothing_of_it(client: PageClient) -> None:
    assert client.get("/toys").status_code == 404
    assert "Every toy" not in text(client.get("/open-data"))
