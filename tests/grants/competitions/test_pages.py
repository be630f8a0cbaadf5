"""The pages of calls, for each of their readers."""

import io
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.accounts.models import Role
from portal.core.db import Words
from portal.core.documents.models import StoredFile
from portal.grants.competitions.models import (
    Amendment,
    CallDocument,
    CallDocumentVersion,
    Competition,
    Inquiry,
    Question,
    State,
)
from tests.pages import counted_queries, fields, text

DAY = timedelta(days=1)
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
NAUGHTY = json.loads((Path(__file__).parents[2] / "core/blns.json").read_text("utf-8"))


@pytest.fixture
def officer(client, make):
    client.sign_in(make.person(Role.OFFICER))
    return client


@pytest.fixture
def draft(make) -> Competition:
    return make.competition("draft", slug="melnraksts")


def board(competition: Competition, *rest: str) -> str:
    return "/".join(("/board/competitions", competition.slug, *rest))


def part(competition: Competition, what: str) -> str:
    return {
        "section": str(competition.sections[0].id),
        "question": str(competition.sections[0].questions[0].id),
        "criterion": str(competition.criteria[-1].id),
    }[what]


def pages_of(competition: Competition) -> list[str]:
    section, question = part(competition, "section"), part(competition, "question")
    sections = board(competition, "form", "sections")
    read = ("terms", "documents", "form", "form/preview", "criteria", "amendments", "questions")
    write = (
        *("terms/edit", "documents/new", "criteria/new/quality", "criteria/new/eligibility"),
        *("announce", "cancel", f"criteria/{part(competition, 'criterion')}"),
    )
    return [
        board(competition),
        *(board(competition, room) for room in (*read, *write)),
        *(f"{sections}/{rest}" for rest in ("new", section, f"{section}/remove")),
        *(f"{sections}/{section}/questions/{rest}" for rest in ("new", question)),
    ]


READ = 8  # the first of pages_of are for reading


# ------------------------------------------------------------------ in public


@pytest.mark.parametrize("lang", ["lv", "en"])
@pytest.mark.parametrize(
    "stand", ["announced", "open", "closed", "decided", "published", "cancelled"]
)
def test_a_call_is_public_from_its_announcement_on(client, make, stand, lang):
    competition = make.competition(stand)
    page = client.page(f"/competitions/{competition.slug}?lang={lang}")
    assert page.h1.get_text() == competition.title.in_language(lang)
    assert "2 × " in page.select_one(".asns-band").get_text() or stand in ("cancelled",)


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
    assert "Atvērts" in words and "vēl 5 dienas" in words.replace("\xa0", " ")
    assert "2 × 4 600 €" in words.replace("\xa0", " ")


def test_an_amended_deadline_is_crossed_through(client, make, session: Session):
    competition = make.competition("open")
    amended(session, competition)
    page = client.page(f"/competitions/{competition.slug}?lang=en")
    moved = page.select_one(".asns-timeline del")
    assert "formerly" in moved.get_text()
    history = client.page(f"/competitions/{competition.slug}/amendments?lang=en")
    assert "1-12/45" in history.get_text() and history.select_one("td del")


def amended(session: Session, competition: Competition, count: int = 1) -> None:
    for number in range(1, count + 1):
        old = competition.deadline - number * DAY
        session.add(
            Amendment(
                competition_id=competition.id,
                number=number,
                order_number="1-12/45",
                order_date=date(2026, 11, 16),
                reason=Words("Vētra.", "A storm."),
                announced_at=clock.now() - DAY,
                changes=[
                    {
                        "field": "deadline",
                        "old": old.isoformat(),
                        "new": competition.deadline.isoformat(),
                    }
                ],
            )
        )
    session.commit()


def inquiry(session: Session, competition: Competition, **values: Any) -> Inquiry:
    found = Inquiry(
        competition_id=competition.id,
        asked_at=clock.now() - DAY,
        question=values.pop("question", "Vai drīkst?"),
        **values,
    )
    session.add(found)
    session.commit()
    return found


def document(session: Session, competition: Competition, versions: int = 1) -> CallDocument:
    made = CallDocument(competition_id=competition.id, kind="regulations", title=Words("Nolikums"))
    session.add(made)
    for number in range(1, versions + 1):
        file = StoredFile(
            object_key=f"{made.id}-{number}",
            name="nolikums.pdf",
            size=412_000,
            sha256="0" * 64,
            media_type="application/pdf",
            purpose="regulations",
        )
        session.add(file)
        session.flush()
        session.add(
            CallDocumentVersion(
                document_id=made.id,
                number=number,
                file_id=file.id,
                issued_on=date(2026, 11, 1),
                note=Words("Jauns.") if number > 1 else Words(),
            )
        )
    session.commit()
    return made


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
    assert "412" in client.page(f"/competitions/{competition.slug}").get_text()


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
    tags = {client.get(path).headers["ETag"]}
    client.sign_in(make.person())
    tags.add(client.get(path).headers["ETag"])
    client.sign_in(make.person())
    tags.add(client.get(path).headers["ETag"])
    client.get("/competitions")
    with clock.at(clock.now() + timedelta(hours=1)):
        tags.add(client.get(path).headers["ETag"])
    assert len(tags) == 4


def test_a_page_with_news_of_what_was_just_done_is_not_kept(client, make):
    competition = make.competition("open")
    client.sign_in(make.person())
    client.post(f"/competitions/{competition.slug}/questions", data={"question": "Vai?"})
    told = client.get(f"/competitions/{competition.slug}")
    assert "ETag" not in told.headers and "asns-flash" in told.text
    assert "ETag" in client.get(f"/competitions/{competition.slug}").headers


def test_an_unchanged_page_costs_two_queries(client, make, app):
    competition = make.competition("open")
    path = f"/competitions/{competition.slug}"
    tag = client.get(path).headers["ETag"]
    with counted_queries(app) as statements:
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
    assert len(statements) <= 2


# ------------------------------------------------------------------ how many queries


def test_the_call_page_stays_within_twelve_queries(client, make, session, app):
    counts = []
    for rows in (1, 30):
        competition = make.competition("open")
        amended(session, competition, rows)
        for _ in range(rows):
            document(session, competition, versions=2)
            inquiry(session, competition, answer="Jā.", answered_at=clock.now())
        client.sign_in(make.person())
        with counted_queries(app) as statements:
            client.page(f"/competitions/{competition.slug}")
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 12


@pytest.mark.parametrize(
    "path", ["/competitions", "/competitions?show=past", "/board/competitions"]
)
def test_lists_ask_as_much_for_30_calls_as_for_one(client, make, app, path):
    client.sign_in(make.person(Role.OFFICER))
    counts = []
    for rows in (1, 29):
        for number in range(rows):
            make.competition(("open", "announced", "published", "closed")[number % 4])
        with counted_queries(app) as statements:
            client.page(path)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 12


@pytest.mark.parametrize("room", ["documents", "form", "criteria", "amendments", "questions"])
def test_the_rooms_of_a_call_ask_as_much_for_many_rows(client, make, session, app, room):
    client.sign_in(make.person(Role.OFFICER))
    counts = []
    for rows in (1, 30):
        competition = make.competition("open")
        amended(session, competition, rows)
        for number in range(rows):
            document(session, competition, versions=2)
            inquiry(session, competition, asked_by_id=make.person().id)
            session.add(
                Question(
                    competition_id=competition.id,
                    section_id=competition.sections[0].id,
                    key=f"more_{number}",
                    kind="date",
                    label=Words("Kad?"),
                    position=number + 10,
                )
            )
        session.commit()
        with counted_queries(app) as statements:
            client.page(board(competition, room))
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 12


def test_the_past_is_paged_by_key(client, make):
    for _ in range(32):
        make.competition("closed")
    first = client.page("/competitions?show=past")
    assert len(first.select(".asns-cards > li")) == 30
    second = client.page(first.select_one(".asns-pager a[rel=next]")["href"])
    assert len(second.select(".asns-cards > li")) == 2
    both = [a["href"] for page in (first, second) for a in page.select(".asns-cards h3 a")]
    assert len(set(both)) == 32
    client.page("/competitions?show=past&before=no-such-call")
    client.page("/competitions?show=nothing")


# ------------------------------------------------------------------ the board, by role


@pytest.mark.parametrize("stand", ["draft", "open"])
def test_an_officer_reaches_every_page_and_heads_and_auditors_read(client, make, stand):
    competition = make.competition(stand)
    client.sign_in(make.person(Role.OFFICER))
    for path in pages_of(competition):
        client.page(path)
    for role in (Role.HEAD, Role.AUDITOR):
        client.sign_in(make.person(role))
        for path in pages_of(competition)[:READ]:
            client.page(path)
        for path in pages_of(competition)[READ:]:
            client.page(path, 403)
        client.page("/board/competitions/new", 403)


def test_a_foreign_officer_and_an_applicant_find_nothing(client, make):
    competition = make.competition("open")
    foreign = make.person(Role.OFFICER, scope=make.municipality("RIX"))
    applicant = make.person(Role.OWNER, scope=make.organisation())
    for person in (foreign, applicant):
        client.sign_in(person)
        for path in pages_of(competition):
            client.page(path, 404)
    client.page("/board/competitions", 404)
    client.page("/board/competitions/new", 404)


def test_a_visitor_is_asked_to_sign_in(client, make):
    competition = make.competition("open")
    assert client.get(board(competition)).status_code == 302


def test_the_list_is_of_ones_own_board(client, make):
    make.competition("draft", title=Words("Mūsu melnraksts"))
    make.competition("draft", municipality=make.municipality("RIX"), title=Words("Svešs"))
    client.sign_in(make.person(Role.OFFICER))
    body = client.page("/board/competitions").get_text()
    assert "Mūsu melnraksts" in body and "Svešs" not in body


def test_parts_of_another_call_are_not_found(client, make, session):
    own, other = make.competition("draft"), make.competition("draft")
    asked, made = inquiry(session, other), document(session, other)
    client.sign_in(make.person(Role.OFFICER))
    theirs = {what: part(other, what) for what in ("section", "question", "criterion")}
    for path in (
        board(own, "form", "sections", theirs["section"]),
        board(own, "form", "sections", part(own, "section"), "questions", theirs["question"]),
        board(own, "form", "sections", theirs["section"], "questions", theirs["question"]),
        board(own, "criteria", theirs["criterion"]),
        board(own, "questions", str(asked.id)),
        board(own, "documents", str(made.id)),
        board(own, "documents", str(made.id), "replace"),
    ):
        client.page(path, 404)
        assert client.post(path, data={}).status_code == 404
    for path in (
        board(own, "form", "sections", theirs["section"], "move"),
        board(own, "criteria", theirs["criterion"], "remove"),
        board(own, "questions", str(asked.id), "withdraw"),
        board(own, "documents", str(made.id), "remove"),
    ):
        assert client.post(path, data={}).status_code == 404


# ------------------------------------------------------------------ the board at work


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
    from bs4 import BeautifulSoup

    return BeautifulSoup(response.text, "html5lib").select_one("main form")


def test_a_question_of_each_kind_is_added_changed_and_seen(officer, draft):
    section = part(draft, "section")
    base = board(draft, "form", "sections", section, "questions")
    words = {"label-lv": "Jautājums", "hint-lv": "Norāde"}
    for kind, more in {
        "short_text": {"max_length": "50"},
        "long_text": {"max_length": "500"},
        "number": {"min": "1", "max": "9", "unit-lv": "cilvēki"},
        "money": {"min": "1", "max": "4600"},
        "date": {},
        "choice": {"options-0-lv": "Jā", "options-1-lv": "Nē"},
        "choices": {"options-0-lv": "Jā", "options-1-lv": "Nē"},
        "table": {
            "columns-0-lv": "Kas",
            "columns-0-kind": "short_text",
            "columns-1-lv": "Kad",
            "columns-1-kind": "date",
        },
        "statement": {"text-lv": "Apliecinu."},
        "file": {"several": "1"},
    }.items():
        answer = officer.send(f"{base}/new?kind={kind}", {**words, **more})
        assert answer.status_code == 302, (kind, text(answer))
    page = officer.page(board(draft, "form"))
    links = [a["href"] for a in page.select(".asns-questions .asns-actions a")]
    assert len(links) == 14
    for link in links:
        assert officer.send(link, {"label-lv": "Pārrakstīts"}).status_code == 302
    assert "Pārrakstīts" in officer.page(board(draft, "form", "preview")).get_text()
    assert officer.get(f"{base}/new?kind=poem").status_code == 404


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
    assert "Vēl jāpanāk" in body
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


# ------------------------------------------------------------------ bad input


def test_naughty_strings_come_back_or_are_refused(officer, draft, session):
    """Every text of the terms takes them all without a 500; what is taken is shown unchanged."""
    edit, section = board(draft, "terms", "edit"), part(draft, "section")
    rename = board(draft, "form", "sections", section)
    for naughty in NAUGHTY[::9]:
        answer = officer.send(edit, {"lead-lv": naughty, "contact-lv": naughty})
        assert answer.status_code in (302, 422)
        assert officer.send(rename, {"title-lv": naughty or "x"}).status_code in (302, 422)
        officer.page(board(draft, "form"))
        officer.page(f"/competitions/{draft.slug}")


@pytest.mark.parametrize(
    "bad",
    [
        {"deadline-day": "31", "deadline-month": "2"},
        {"deadline-time": "25.99"},
        {"fixed_sum": "99999999999999999999"},
        {"fixed_sum": "-1"},
        {"months_min": "x" * 100_001},
        {"participants_min": "2147483648"},
        {"instalments": "50;;x"},
        {"eligible_kinds": "school"},
        {"title-lv": "a\x00b"},
        {"title-lv": "x" * 1_000_000},
        {"version": "one"},
        {"grades_from": "9", "grades_to": "5"},
        {"money_as": "barter"},
    ],
)
def test_bad_input_has_a_message_and_never_a_500(officer, draft, bad):
    answer = officer.send(board(draft, "terms", "edit"), bad)
    assert answer.status_code in (400, 409, 422)


def test_directions_and_ids_that_are_none(officer, draft):
    section = part(draft, "section")
    move = board(draft, "form", "sections", section, "move")
    assert officer.post(move, data={"direction": "sideways"}).status_code == 302
    assert officer.get(board(draft, "form", "sections", "not-a-key")).status_code == 404
    assert officer.get("/competitions/Nav-Tads").status_code == 404
    assert draft.state == State.DRAFT
