"""The pages of calls for the public: what they say, and when they are sent anew."""

import io
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.accounts.models import Role
from tests.grants.competitions.rows import PDF, amended, document, inquiry


@pytest.mark.parametrize("lang", ["lv", "en"])
@pytest.mark.parametrize(
    "stand", ["announced", "open", "closed", "decided", "published", "cancelled"]
)
def test_a_call_is_public_from_its_announcement_on(client, make, stand, lang):
    competition = make.competition(stand)
    page = client.page(f"/competitions/{competition.slug}?lang={lang}")
    assert page.h1.get_text() == competition.title.in_language(lang)
    assert "2 ×" in page.select_one(".asns-band").get_text() or stand == "cancelled"


def test_a_draft_is_there_for_its_own_board_alone(client, make, draft):
    client.page("/competitions/melnraksts", 404)
    client.page("/competitions/melnraksts/amendments", 404)
    for role in (Role.OFFICER, Role.HEAD, Role.AUDITOR):
        client.sign_in(make.person(role))
        client.page("/competitions/melnraksts")
    client.sign_in(make.person(Role.OFFICER, scope=make.municipality("RIX")))
    client.page("/competitions/melnraksts", 404)
    client.sign_in(make.person(Role.OWNER, scope=make.organisation()))
    client.page("/competitions/melnraksts", 404)


def test_the_public_is_not_told_that_a_decision_stands(client, make):
    closed = client.page(f"/competitions/{make.competition('closed').slug}")
    decided = client.page(f"/competitions/{make.competition('decided').slug}")
    tags = {page.select_one(".asns-band .asns-tag").get_text() for page in (closed, decided)}
    assert tags == {"Notiek vērtēšana"}


def test_what_the_band_says_of_an_open_call(client, make):
    competition = make.competition("open")
    band = client.page(f"/competitions/{competition.slug}").select_one(".asns-band")
    words = band.get_text(" ")
    assert "Atvērts" in words and "vēl 5 dienas" in words
    assert "2 × 4 600 €" in words


def test_an_amended_deadline_is_crossed_through(client, make, session: Session):
    competition = make.competition("open")
    amended(session, competition)
    page = client.page(f"/competitions/{competition.slug}?lang=en")
    moved = page.select_one(".asns-timeline del")
    assert "formerly" in moved.get_text()
    history = client.page(f"/competitions/{competition.slug}/amendments?lang=en")
    assert "1-12/45" in history.get_text() and history.select_one("td del")


def test_the_askers_name_is_never_public(client, make, session):
    competition, person = make.competition("open"), make.person(name="Ilze Slepenā")
    inquiry(session, competition, asked_by_id=person.id, answer="Drīkst.", answered_at=clock.now())
    body = client.page(f"/competitions/{competition.slug}").get_text()
    assert "Drīkst." in body and "Ilze" not in body


def test_unanswered_and_withdrawn_questions_are_not_public(client, make, session):
    competition = make.competition("open")
    answer = {"answer": "Nē.", "answered_at": clock.now()}
    inquiry(session, competition, question="Gaida?")
    inquiry(session, competition, question="Atsaukts?", withdrawn_at=clock.now(), **answer)
    body = client.page(f"/competitions/{competition.slug}").get_text()
    assert "Gaida?" not in body and "Atsaukts?" not in body


def test_ones_own_waiting_question_can_be_withdrawn_on_the_page(client, make, session):
    competition, person = make.competition("open"), make.person()
    asked = inquiry(session, competition, asked_by_id=person.id, question="Vai drīkst divus?")
    path = f"/competitions/{competition.slug}"
    client.sign_in(make.person())
    client.send(f"{path}/questions/{asked.id}/withdraw", at=path)
    client.sign_in(person)
    assert "Vai drīkst divus?" in client.page(path).get_text()
    client.send(f"{path}/questions/{asked.id}/withdraw", at=path)
    assert "Vai drīkst divus?" not in client.page(path).get_text()


def test_asking_needs_an_account_and_ends_with_the_deadline(client, make):
    competition = make.competition("open")
    path = f"/competitions/{competition.slug}/questions"
    assert client.post(path, data={"question": "Vai?"}).status_code in (302, 401)
    client.sign_in(make.person())
    assert client.post(path, data={"question": "  "}).status_code == 422
    assert client.post(path, data={"question": "Vai drīkst?"}).status_code == 302
    assert "Vai drīkst?" in client.page(f"/competitions/{competition.slug}").get_text()
    with clock.at(competition.deadline + timedelta(seconds=1)):
        client.sign_in(make.person())
        assert client.post(path, data={"question": "Vēl?"}).status_code == 403


def test_earlier_versions_of_a_document_can_be_had(client, make, session, app, tmp_path):
    competition, other = make.competition("open"), make.competition("open")
    made = document(session, competition, versions=2)
    with app.app_context():
        for number in (1, 2):
            app.extensions["storage"].put(f"{made.id}-{number}", io.BytesIO(PDF))
    base = f"/competitions/{competition.slug}/documents/{made.id}"
    for number in (1, 2):
        response = client.get(f"{base}/{number}")
        assert response.status_code == 200 and response.data == PDF
        assert response.headers["Content-Disposition"].startswith("attachment")
        response.close()
    assert client.get(f"{base}/3").status_code == 404
    foreign = f"/competitions/{other.slug}/documents/{made.id}/1"
    assert client.get(foreign).status_code == 404
    assert "403" in client.page(f"/competitions/{competition.slug}").get_text()


# ------------------------------------------------------------------ conditional GET


def test_who_has_the_page_as_it_is_gets_304_until_something_changes(client, make, session):
    competition = make.competition("open")
    path = f"/competitions/{competition.slug}"
    tag = client.get(path).headers["ETag"]

    def again() -> int:
        return client.get(path, headers={"If-None-Match": tag}).status_code

    assert again() == 304
    assert client.get(path + "?lang=en", headers={"If-None-Match": tag}).status_code == 200
    client.get(path + "?lang=lv")
    inquiry(session, competition, answer="Jā.", answered_at=clock.now())
    assert again() == 200


def test_a_page_is_another_one_for_another_person_and_at_another_time(client, make):
    competition = make.competition("open")
    path = f"/competitions/{competition.slug}"
    pages = {client.get(path).data}
    client.sign_in(make.person())
    pages.add(client.get(path).data)
    client.sign_in(make.person())
    pages.add(client.get(path).data)
    client.get("/competitions")
    with clock.at(clock.now() + timedelta(hours=1)):
        pages.add(client.get(path).data)
    assert len(pages) == 4


def test_a_page_with_news_of_what_was_just_done_is_not_kept(client, make):
    competition = make.competition("open")
    client.sign_in(make.person())
    client.post(f"/competitions/{competition.slug}/questions", data={"question": "Vai?"})
    told = client.get(f"/competitions/{competition.slug}")
    assert "asns-flash" in told.text
    assert "asns-flash" not in client.get(f"/competitions/{competition.slug}").text
