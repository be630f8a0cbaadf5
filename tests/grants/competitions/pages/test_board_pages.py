"""The board at work on a call, page by page."""

import io
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.accounts.models import Role
from portal.core.questions.models import Question
from portal.grants.competitions.models import Competition
from tests.grants.competitions.rows import DAY, PDF, board, document, inquiry, part
from tests.pages import fields, parsed, text


def test_a_call_is_begun_from_the_template(officer, make, session):
    make.municipality()
    answer = officer.send(
        "/board/competitions/new",
        {
            "start": "template:pumpurs-2020",
            "opens_at-day": "1",
            "opens_at-month": "12",
            "opens_at-year": "2026",
            "opens_at-time": "9.00",
            "deadline-day": "20",
            "deadline-month": "12",
            "deadline-year": "2026",
            "deadline-time": "23.59",
            "slug": "jauns-konkurss",
        },
    )
    assert answer.status_code == 302 and answer.location.endswith("/jauns-konkurss")
    made = session.query(Competition).filter_by(slug="jauns-konkurss").one()
    assert made.deadline == clock.end_of(date(2026, 12, 20))
    assert made.results_by > date(2026, 12, 20)
    body = officer.page(answer.location).get_text()
    assert "Nolikums ir pievienots" in body


@pytest.mark.parametrize("slug", ["Ar Lielajiem", "ā", "-", "a--b", "a/b", "x" * 61])
def test_an_address_that_cannot_be_one_is_refused(officer, make, slug):
    make.municipality()
    answer = officer.send("/board/competitions/new", {"slug": slug})
    assert answer.status_code == 422


def test_saving_the_terms_names_contradictions_beside_their_fields(officer, draft):
    path = board(draft, "terms", "edit")
    answer = officer.send(path, {"instalments": "50, 40", "months_max": "1"})
    assert answer.status_code == 422
    assert "Maksājumiem kopā jābūt 100" in text(answer)
    assert officer.send(path, {"instalments": "50, 50"}).status_code == 302


def test_two_officers_editing_the_terms_see_both_versions(client, make, draft):
    path = board(draft, "terms", "edit")
    client.sign_in(make.person(Role.OFFICER))
    early = fields(client.page(path).select_one("main form"))
    assert client.send(path, {"contact_email": "pirmais@example.lv"}).status_code == 302
    late = client.post(path, data={**early, "contact_email": "otrais@example.lv"})
    assert late.status_code == 409
    assert "pirmais@example.lv" in late.text and "otrais@example.lv" in late.text
    page = fields(client_form(late))
    assert client.post(path, data=page).status_code == 302


def client_form(response):

    return parsed(response.text).select_one("main form")


def test_a_question_of_each_kind_is_added_changed_and_seen(officer, draft, session):
    section = part(draft, "section")
    base = board(draft, "form", "sections", section, "questions")
    words = {"label-lv": "Jautājums", "hint-lv": "Norāde"}
    for kind, more in {
        "short_text": {"max_length": "50"},
        "long_text": {"max_length": "500"},
        "number": {"min": "1", "max": "9", "unit-lv": "cilvēki"},
        "money": {"equals": "grant"},
        "date": {},
        "choice": {"options-0-lv": "Jā", "options-1-lv": "Nē"},
        "choices": {"options-0-lv": "Jā", "options-1-lv": "Nē"},
        "table": {
            "columns-0-lv": "Kas",
            "columns-0-kind": "short_text",
            "columns-1-lv": "Kad",
            "columns-1-kind": "date",
            "columns-2-lv": "Līdz",
            "columns-2-kind": "date",
            "columns-3-lv": "Cik",
            "columns-3-kind": "number",
            "columns-3-required": "1",
            "columns-3-sum": "agrees:participants",
            "in_order": "1",
            "inside": "project",
        },
        "statement": {"text-lv": "Apliecinu."},
        "file": {"several": "1"},
        "picture": {"several": "1"},
    }.items():
        answer = officer.send(f"{base}/new?kind={kind}", {**words, **more})
        assert answer.status_code == 302, (kind, text(answer))
    page = officer.page(board(draft, "form"))
    links = [a["href"] for a in page.select(".asns-questions .asns-actions a")]
    assert len(links) == 15
    for link in links:
        assert officer.send(link, {"label-lv": "Pārrakstīts"}).status_code == 302
    kept = {one.kind: one.settings for one in session.scalars(select(Question))}
    assert kept["money"] == {"equals": "grant"}
    columns = kept["table"].pop("columns")
    assert kept["table"] == {"rows_max": 10, "in_order": ["kad", "lidz"], "inside": "project"}
    assert columns[-1] == {
        **{"key": "cik", "lv": "Cik", "en": "", "kind": "number"},
        **{"required": True, "sum": True, "agrees_with": "participants"},
    }
    assert "Pārrakstīts" in officer.page(board(draft, "form", "preview")).get_text()
    assert officer.get(f"{base}/new?kind=poem").status_code == 404


def test_a_table_is_told_what_does_not_fit_together(officer, draft):
    path = board(draft, "form", "sections", part(draft, "section"), "questions/new?kind=table")
    columns = {"columns-0-lv": "Kas", "columns-0-kind": "short_text", "columns-1-lv": "Cik"}
    for more, said in (
        ({"columns-1-kind": "short_text", "columns-1-sum": "sum"}, "nav skaitļu"),
        ({"columns-1-kind": "money", "columns-1-sum": "agrees:participants"}, "cita veida"),
        ({"columns-1-kind": "date", "in_order": "1"}, "divas datumu kolonnas"),
    ):
        answer = officer.send(path, {"label-lv": "Plāns", **columns, **more})
        assert answer.status_code == 422 and said in text(answer), more


def test_what_a_table_must_agree_with_is_not_taken_away(officer, draft):
    section = draft.sections[0]
    path = board(draft, "form", "sections", str(section.id), "questions")
    columns = {"columns-0-lv": "Kas", "columns-0-kind": "short_text", "columns-1-lv": "Cik"}
    agreeing = {"columns-1-kind": "number", "columns-1-sum": "agrees:participants"}
    table = {"label-lv": "Plāns", **columns, **agreeing}
    assert officer.send(f"{path}/new?kind=table", table).status_code == 302
    (other,) = [one for one in section.questions if one.key == "participants"]
    refused = officer.post(f"{path}/{other.id}/remove")
    assert refused.status_code == 409 and "Plāns" in text(refused)


def test_rows_of_options_are_added_without_javascript(officer, draft):
    path = board(draft, "form", "sections", part(draft, "section"), "questions/new?kind=choice")
    answer = officer.send(path, {"label-lv": "Kur?", "options-0-lv": "Te", "options-add": "1"})
    assert answer.status_code == 200
    assert "options-2-lv" in answer.text and "Te" in answer.text


def test_a_criterion_is_written_with_levels_in_order(officer, draft, session):
    answer = officer.send(
        board(draft, "criteria", "new", "quality"),
        {
            "title-lv": "Ideja",
            "maximum": "5",
            "step": "0.5",
            "minimum": "2,5",
            "levels-0-points": "5",
            "levels-0-lv": "izcili",
            "levels-1-points": "0,5",
            "levels-1-lv": "vāji",
            "section_key": "project",
        },
    )
    assert answer.status_code == 302, text(answer)
    body = officer.page(board(draft, "criteria")).get_text(" ")
    assert body.index("vāji") < body.index("izcili") and "minimums 2,5" in body


def test_what_has_opened_says_why_nothing_can_be_changed(officer, make):
    competition = make.competition("open")
    page = officer.page(board(competition, "form"))
    assert "vairs nemainās" in page.get_text() and not page.select(".asns-questions form")
    section = part(competition, "section")
    refused = officer.post(
        board(competition, "form", "sections", section), data={"title-lv": "Cits", "version": "1"}
    )
    assert refused.status_code == 409
    assert officer.post(board(competition, "form/sections", section, "move")).status_code == 409


def test_a_document_is_uploaded_and_a_wrong_file_refused(officer, draft):
    path = board(draft, "documents", "new")
    words = {"kind": "regulations", "title-lv": "Nolikums"}

    def send(name: str, content: bytes):
        upload = (io.BytesIO(content), name)
        return officer.send(path, {**words, "file": upload}, content_type="multipart/form-data")

    assert send("nolikums.pdf", b"MZ\x90 program").status_code == 422
    assert send("nolikums.exe", PDF).status_code == 422
    assert send("nolikums.pdf", PDF).status_code == 302
    assert "nolikums.pdf" in officer.page(board(draft, "documents")).get_text()


def test_announcing_names_its_consequence_or_what_is_missing(officer, draft):
    body = officer.page(board(draft, "announce")).get_text()
    assert "Vēl trūkst" in body
    refused = officer.post(board(draft, "announce"), data={})
    assert refused.status_code == 409


def test_cancelling_needs_a_reason_and_shows_it_to_everybody(officer, make):
    competition = make.competition("open")
    path = board(competition, "cancel")
    assert officer.send(path, {}).status_code == 422
    assert officer.send(path, {"reason-lv": "Nav naudas."}).status_code == 302
    page = officer.page(f"/competitions/{competition.slug}")
    assert "Nav naudas." in page.select_one(".asns-band").get_text()


def test_an_amendment_is_proposed_looked_at_and_announced(officer, make, session):
    competition = make.competition("open")
    path = board(competition, "amendments", "new")
    later = (competition.deadline + 10 * DAY).astimezone(clock.RIGA)
    order = {"order_number": "7", "reason-lv": "Vētra.", "step": "review"}
    moved = {
        "deadline-day": str(later.day),
        "deadline-month": str(later.month),
        "deadline-year": str(later.year),
    }
    review = officer.send(path, {**order, **moved})
    assert review.status_code == 200, text(review)
    assert "pārcelts līdzi" in text(review)
    form = client_form(review)
    done = officer.post(path, data={**fields(form), "step": "announce"})
    assert done.status_code == 302, text(done)
    before = competition.deadline
    session.expire_all()
    found = session.get(Competition, competition.id)
    assert found.deadline == before + 10 * DAY + timedelta(seconds=59)  # a minute counts to its end
    assert found.terms_version == 2
    history = officer.page(f"/competitions/{competition.slug}/amendments").get_text()
    assert "Rīkojums Nr. 7" in history


def test_the_first_file_of_a_document_is_no_new_version(officer, make, session):
    competition = make.competition("draft")
    made = document(session, competition, versions=0)
    session.commit()
    path = board(competition, "documents", str(made.id), "replace")
    for title, said in (("Pievienot failu", "Fails ir pievienots."), ("Jauna redakcija", "Jaunā")):
        page = officer.page(path)
        assert page.h1.get_text() == title
        assert bool(page.select("[name=note-lv]")) is (title == "Jauna redakcija")
        officer.send(path, {"file": (io.BytesIO(PDF), "nolikums.pdf")})
        assert said in officer.page(board(competition, "documents")).get_text()


def test_the_days_of_a_question_are_in_order(officer, make):
    competition = make.competition("draft")
    days = {"min-day": "2", "min-month": "3", "min-year": "2027", "max-day": "1"}
    days |= {"max-month": "3", "max-year": "2027", "label-lv": "Kad?"}
    section = board(competition, "form", "sections", part(competition, "section"))
    refused = officer.send(f"{section}/questions/new?kind=date", days)
    assert "nevar būt pirms agrākā" in text(refused)


def test_an_amendment_that_changes_nothing_or_the_wrong_way_is_refused(officer, make):
    competition = make.competition("open")
    path = board(competition, "amendments", "new")
    order = {"order_number": "7", "reason-lv": "Vētra.", "step": "review"}
    assert officer.send(path, order).status_code == 422
    earlier = {**order, "deadline-year": "2025"}
    refused = officer.send(path, earlier)
    assert refused.status_code == 422
    assert "agrāk nepārceļ" in text(refused)
    assert officer.send(path, {**order, "order_number": ""}).status_code == 422


@pytest.mark.parametrize("stand", ["draft", "decided", "published", "cancelled"])
def test_only_an_announced_call_is_amended(officer, make, stand):
    competition = make.competition(stand)
    assert officer.get(board(competition, "amendments", "new")).status_code == 302


def test_a_question_is_answered_corrected_and_withdrawn(officer, make, session):
    competition = make.competition("open")
    asked = inquiry(session, competition, asked_by_id=make.person(name="Anna Ozola").id)
    listing = board(competition, "questions")
    assert "Anna Ozola" in officer.page(listing).get_text()
    path = board(competition, "questions", str(asked.id))
    assert officer.send(path, {"answer": "  "}).status_code == 422
    stale = fields(officer.page(path).select_one("main form"))
    assert officer.send(path, {"answer": "Drīkst."}).status_code == 302
    assert officer.post(path, data={**stale, "answer": "Nedrīkst."}).status_code == 409
    assert "Drīkst." in officer.page(f"/competitions/{competition.slug}").get_text()
    assert officer.post(f"{path}/withdraw", data={}).status_code == 302
    assert "Drīkst." not in officer.page(f"/competitions/{competition.slug}").get_text()
