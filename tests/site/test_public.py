"""The home page, the open data and the feeds."""

import json
import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from icalendar import Calendar

from portal.core import clock
from portal.core.accounts.models import Role
from portal.core.db import Words
from tests.factories import Make
from tests.pages import PageClient, counted_queries, text
from tests.world.scene import POINTS, Scene

FEEDS = ("/open-data/competitions.json", "/competitions.atom", "/competitions.ics")
ATOM = {"a": "http://www.w3.org/2005/Atom"}

COMPETITION_FIELDS = {
    "code",
    "url",
    "title",
    "municipality",
    "organiser",
    "state",
    "currency",
    "fixed_sum",
    "grants",
    "announced_at",
    "opens_at",
    "deadline",
    "results_by",
    "start_window",
    "duration_months",
    "amendments",
    "results",
}
RESULT_FIELDS = {
    "published_at",
    "decided",
    "approved",
    "reserve",
    "rejected",
    "declined",
    "total",
    "awards",
    "reserve_list",
}


def test_the_home_page_leads_to_the_open_call_with_the_nearest_deadline(
    make: Make, client: PageClient
) -> None:
    later = make.competition("open", deadline=clock.now() + timedelta(days=9))
    nearest = make.competition("open", deadline=clock.now() + timedelta(days=2, hours=3))
    page = client.page("/")
    call = page.select_one(".asns-call")
    assert call is not None
    assert str(nearest.title) in call.get_text()
    assert "vēl 2 dienas 3 stundas" in call.get_text()
    assert [a["href"] for a in call.select("a.govuk-button")] == [f"/competitions/{nearest.slug}"]
    assert str(later.title) in page.get_text()


def test_without_an_open_call_the_next_one_is_named(make: Make, client: PageClient) -> None:
    assert "Jauni konkursi" in text(client.get("/"))
    coming = make.competition("announced")
    empty = client.page("/").select_one(".asns-empty")
    assert empty is not None
    assert str(coming.title) in empty.get_text()


@pytest.mark.parametrize("page", ["/", *FEEDS])
def test_drafts_are_nowhere_and_signed_decisions_are_not_yet_told(
    make: Make, client: PageClient, page: str
) -> None:
    draft = make.competition("draft", title=Words("Slepens melnraksts"))
    decided = make.competition("decided")
    body = client.get(page).text
    assert draft.code not in body
    assert "Slepens" not in body
    if page.endswith(".json"):
        states = {c["code"]: c["state"] for c in json.loads(body)["competitions"]}
        assert states == {decided.code: "closed"}


@pytest.mark.parametrize("page", ["/", *FEEDS])
def test_public_pages_cost_the_same_for_one_and_for_thirty_competitions(
    make: Make, client: PageClient, page: str
) -> None:
    counts = []
    for more in (1, 29):
        for _ in range(more):
            make.competition("open")
            make.competition("published")
        client.get(page)
        with counted_queries(client.application) as queries:
            assert client.get(page).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= (2 if page == "/" else 11)  # calls, results


@pytest.mark.parametrize("page", ["/", *FEEDS])
def test_who_has_the_page_as_it_is_gets_304(make: Make, client: PageClient, page: str) -> None:
    make.competition("open")
    tag = client.get(page).headers["ETag"]
    assert client.get(page, headers={"If-None-Match": tag}).status_code == 304
    switch = client.get(f"{page}?lang=en", headers={"If-None-Match": tag})
    assert switch.status_code == 200 and "Set-Cookie" in switch.headers
    assert switch.headers["Cache-Control"] == "no-store" and "ETag" not in switch.headers
    english = client.get(page, headers={"If-None-Match": tag})
    both = page.endswith(".json")  # holds the words of both languages
    assert english.status_code == (304 if both else 200), "another language is another page"


def test_the_page_is_new_by_the_minute_for_a_person_and_after_a_change(
    make: Make, client: PageClient
) -> None:
    competition = make.competition("open")
    tag = client.get("/").headers["ETag"]
    with clock.at(clock.now() + timedelta(minutes=1)):
        assert client.get("/", headers={"If-None-Match": tag}).status_code == 200
    make.rewrite(competition, title=Words("Jauns nosaukums"))
    changed = client.get("/", headers={"If-None-Match": tag})
    assert "Jauns nosaukums" in changed.text
    client.sign_in(make.person(Role.OFFICER))
    tag = changed.headers["ETag"]
    mine = client.get("/", headers={"If-None-Match": tag})
    assert mine.status_code == 200
    assert mine.headers["Cache-Control"] == "no-store" and "ETag" not in mine.headers


@pytest.mark.parametrize("page", FEEDS)
def test_addresses_for_others_come_from_the_settings_and_not_from_the_request(
    make: Make, client: PageClient, page: str
) -> None:
    competition = make.competition("open")
    body = client.get(page, headers={"Host": "evil.example"}).text
    assert "evil.example" not in body
    assert f"http://localhost/competitions/{competition.slug}" in body.replace("\r\n ", "")


def test_open_data_has_the_fields_that_its_page_describes(
    published: Scene, client: PageClient
) -> None:
    document = client.get("/open-data/competitions.json").json
    assert set(document) == {"version", "licence", "as_of", "competitions"}
    (competition,) = document["competitions"]
    assert set(competition) == COMPETITION_FIELDS
    assert competition["fixed_sum"] == "4600.00"
    results = competition["results"]
    assert set(results) == RESULT_FIELDS
    assert results["decided"] == len(POINTS)
    assert results["approved"] == len(results["awards"]) == 2
    assert results["total"] == "9200.00"
    assert results["rejected"] == 2

    described = set(
        re.findall(
            r"\w+",
            " ".join(code.get_text() for code in client.page("/open-data").select("td code")),
        )
    )
    assert set(document) | COMPETITION_FIELDS | RESULT_FIELDS <= described


def test_the_feed_is_valid_atom(published: Scene, make: Make, client: PageClient) -> None:
    make.competition("cancelled")
    make.competition("open", title=Words("A & B <i>\ufffe„ā”"))
    response = client.get("/competitions.atom")
    assert response.mimetype == "application/atom+xml"
    feed = ElementTree.fromstring(response.data)
    assert feed.tag == "{http://www.w3.org/2005/Atom}feed"
    for owed in ("a:id", "a:title", "a:updated"):
        assert feed.find(owed, ATOM) is not None, owed
    entries = feed.findall("a:entry", ATOM)
    ids = [entry.findtext("a:id", namespaces=ATOM) for entry in entries]
    assert len(ids) == len(set(ids)) == 5
    for entry in entries:
        for owed in ("a:id", "a:title", "a:updated", "a:link"):
            assert entry.find(owed, ATOM) is not None, owed
    assert any("A & B <i>„ā”" in str(e.findtext("a:title", namespaces=ATOM)) for e in entries)


def test_the_calendar_has_the_dates_that_are_still_ahead(make: Make, client: PageClient) -> None:
    competition = make.competition("open", title=Words("Semikols; komats, un\\slīpsvītra"))
    make.competition("cancelled")
    make.competition("published")
    response = client.get("/competitions.ics")
    assert response.mimetype == "text/calendar"
    calendar = Calendar.from_ical(response.data)
    events = list(calendar.walk("VEVENT"))
    assert len(events) == 3
    assert len({str(event["UID"]) for event in events}) == 3
    deadline = next(e for e in events if str(e["UID"]).startswith(f"{competition.code}-deadline"))
    assert deadline.decoded("DTSTART") == competition.deadline
    assert "Semikols; komats, un\\slīpsvītra" in str(deadline["SUMMARY"])


@pytest.mark.parametrize("page", ["/how-to-apply", "/about/accessibility", "/about/privacy"])
@pytest.mark.parametrize("language", ["lv", "en"])
def test_pages_of_words_stand_in_both_languages(
    client: PageClient, page: str, language: str
) -> None:
    assert client.page(f"{page}?lang={language}").html["lang"] == language
