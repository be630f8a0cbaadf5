"""The check and the clarification round in the browser."""

import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.accounts.models import Person, Role
from portal.core.db import Words
from portal.core.documents.models import StoredFile
from portal.core.questions.models import AnswerFile, Section
from portal.grants.evaluation.committee.models import CommitteeRole
from portal.grants.evaluation.eligibility import clarifications
from portal.grants.evaluation.models import Clarification, EligibilityCheck
from tests.core.documents.samples import PDF
from tests.pages import counted_queries, text


@pytest.fixture
def call(make, session):
    """A call that also asks for a file, and for one that names minors."""
    call = make.competition("closed")
    section = session.scalars(select(Section).filter_by(form_id=call.form.id)).one()
    for position, (key, settings) in enumerate(
        {"plan": {}, "statement": {"names_minors": True}}.items(), 10
    ):
        make.question(
            section,
            key,
            "file",
            label=Words(key),
            settings=settings,
            required=False,
            position=position,
        )
    return call


@pytest.fixture
def applied(make, call):
    return make.application(call, submitted=True, title="Kora nometne")


@pytest.fixture
def officer(make):
    return make.person(Role.OFFICER)


@pytest.fixture
def board(call, applied):
    return f"/board/competitions/{call.slug}/eligibility/{applied.number}"


@pytest.fixture
def mine(applied):
    return f"/my/applications/{applied.id}/clarification"


def owner(session, applied):
    return session.get(Person, applied.started_by_id)


def ask(client, officer, board, *keys):
    client.sign_in(officer)
    data = {"questions": list(keys or ["need"]), "message": "Kam tas vajadzīgs?"}
    sent = client.send(f"{board}/clarification", data)
    assert sent.status_code == 302, text(sent)


@pytest.mark.parametrize(("seconds", "status"), [(0, 302), (0.9, 302), (1, 409)])
@pytest.mark.parametrize("button", ["save", "send"])
def test_a_reply_that_had_to_wait_is_judged_by_when_it_was_received(
    client, session, applied, officer, board, mine, proxied, seconds, status, button
):
    ask(client, officer, board)
    (asked,) = session.scalars(select(Clarification)).all()
    with clock.at(asked.until):
        client.sign_in(owner(session, applied))
    with clock.at(asked.until + timedelta(minutes=1)):
        sent = client.post(
            mine,
            data={"q_need": "Laikā rakstīts.", button: "1"},
            headers=proxied(asked.until + timedelta(seconds=seconds)),
        )
    assert sent.status_code == status
    assert "Laikā rakstīts." in sent.text or status == 302


def download(client, link):
    with client.get(link) as response:
        assert response.status_code == 200
        return response.data


def state(session):
    session.expire_all()
    return session.scalars(select(EligibilityCheck.state)).one()


def test_from_the_list_to_eligible(client, officer, call, applied, board, session):
    client.sign_in(officer)
    page = client.page(f"/board/competitions/{call.slug}/eligibility")
    assert "Kora nometne" in page.get_text()
    assert page.select_one(".asns-band a")["href"] == board
    refused = client.send(board, {"verdict_e1": "no", "then": "save"})
    assert refused.status_code == 422
    done = client.send(board, {"verdict_e1": "yes", "then": "accept"})
    assert done.location.endswith("/eligibility")
    assert state(session) == "eligible"
    for query in ("?state=eligible", "?state=x'", "?state="):
        client.page(f"/board/competitions/{call.slug}/eligibility{query}")


def test_a_rejection_takes_two(client, make, officer, board, session):
    client.sign_in(officer)
    data = {"verdict_e1": "no", "reason_e1": "Nav reģistrēta.", "then": "propose"}
    client.send(board, data)
    assert client.post(f"{board}/rejection", data={"version": "1"}).status_code == 409
    assert state(session) == "rejection_proposed"
    client.sign_in(make.person(Role.HEAD))
    client.send(f"{board}/rejection/return", {"note": "Ir gan."}, form="main form")
    assert state(session) == "open"
    client.sign_in(officer)
    assert "Ir gan." in text(client.get(board))
    client.send(board, data)
    client.sign_in(make.person(Role.OFFICER))
    client.send(f"{board}/rejection")
    assert state(session) == "ineligible"


def test_two_officers_see_both_versions(client, make, officer, board):
    client.sign_in(officer)
    client.post(board, data={"verdict_e1": "no", "reason_e1": "Mans", "version": "0"})
    client.sign_in(make.person(Role.OFFICER))
    data = {"verdict_e1": "yes", "reason_e1": "", "version": "0"}
    stale = client.post(board, data=data)
    assert stale.status_code == 409
    said = stale.text.partition('role="alert"')[2]
    assert "Jā" in said and "Nē" in said and "Mans" in said


def answer_to(page, key):
    """What stands under a question of the application."""
    return page.select_one(f"#answer-{key}").get_text()


class TestClarifying:
    def test_the_round(self, client, officer, applied, board, mine, session):
        ask(client, officer, board, "need", "plan")
        client.sign_in(owner(session, applied))
        page = client.page(mine)
        assert "Jauniešiem vajag vietu." in page.get_text(), "the original answer"
        assert page.select_one("[name=q_need]") and not page.select("[name=q_title]")
        file = (io.BytesIO(PDF), "plāns.pdf")
        client.send(mine, {"q_need": "Visiem.", "q_title": "Cits", "q_plan": file, "send": "1"})
        session.expire_all()
        row = session.scalars(select(Clarification)).one()
        assert row.reply.content["answers"] == {"need": "Visiem."}
        assert [f["name"] for f in row.reply.content["attachments"]] == ["plāns.pdf"]
        assert row.reply.seal
        assert "Visiem." in text(client.get(mine))
        client.sign_in(officer)
        said = text(client.get(board))
        assert "Jauniešiem vajag vietu." in said and "Visiem." in said and "plāns.pdf" in said
        link = client.page(board).select_one("a[href*='/files/']")["href"]
        assert download(client, link) == PDF

    def test_the_board_does_not_see_what_is_not_sent(
        self, client, officer, applied, board, mine, session
    ):
        ask(client, officer, board, "need", "plan")
        client.sign_in(owner(session, applied))
        file = (io.BytesIO(PDF), "melnraksts.pdf")
        client.send(mine, {"q_need": "Vēl domāju.", "q_plan": file})
        kept = client.page(mine)
        assert "Vēl domāju." in kept.get_text() and "melnraksts.pdf" in kept.get_text()
        link = kept.select_one("a[href*='/files/']")["href"].rsplit("/", 1)[1]
        client.sign_in(officer)
        said = text(client.get(board))
        assert "Vēl domāju." not in said and "melnraksts.pdf" not in said
        assert client.get(f"{board}/files/{link}").status_code == 404

    def test_late_is_refused_and_nothing_typed_is_lost(
        self, client, officer, applied, board, mine, session
    ):
        ask(client, officer, board)
        until = session.scalars(select(Clarification.until)).one()
        client.sign_in(owner(session, applied))
        version = client.page(mine).select_one("[name=version]")["value"]
        data = {"q_need": "Par vēlu rakstīts", "version": version, "send": "1"}
        with clock.at(until + timedelta(seconds=1)):
            client.sign_in(owner(session, applied))
            late = client.post(mine, data=data)
            assert late.status_code == 409
            assert "Par vēlu rakstīts" in late.text and "23.59.59" in text(late)

    def test_autosave(self, client, officer, applied, board, mine, session):
        ask(client, officer, board)
        client.sign_in(owner(session, applied))
        version = client.page(mine).select_one("[name=version]")["value"]
        sent = client.post(f"{mine}/autosave", data={"q_need": "A", "version": version})
        assert sent.json["saved"] == "16.30" and sent.json["version"] != version
        other = f"tab;{version.partition(';')[2]}"
        stale = client.post(f"{mine}/autosave", data={"q_need": "B", "version": other})
        assert stale.status_code == 409

    def test_a_reply_to_what_was_asked_before_is_none_to_what_is_asked_now(
        self, client, officer, applied, board, mine, session
    ):
        ask(client, officer, board)
        client.sign_in(owner(session, applied))
        version = client.page(mine).select_one("[name=version]")["value"]
        client.sign_in(officer)
        client.post(f"{board}/clarification/take-back")
        ask(client, officer, board)
        client.sign_in(owner(session, applied))
        sent = client.post(f"{mine}/autosave", data={"q_need": "A", "version": version})
        assert sent.status_code == 409 and sent.json["code"] == "stale"

    def test_a_file_that_names_minors_is_the_officers_alone(
        self, client, make, officer, call, applied, board, mine, session
    ):
        ask(client, officer, board, "statement")
        client.sign_in(owner(session, applied))
        file = (io.BytesIO(PDF), "saraksts.pdf")
        client.send(mine, {"q_statement": file, "send": "1"})
        client.sign_in(officer)
        link = client.page(board).select_one("a[href*='/files/']")["href"]
        assert download(client, link) == PDF
        for role in (Role.HEAD, Role.AUDITOR):
            client.sign_in(make.person(role))
            assert "saraksts.pdf" not in text(client.get(board))
            assert client.get(link).status_code == 404

    def test_the_committee_reads_the_reply_and_no_file_that_names_minors(
        self, client, make, officer, call, applied, board, mine, session
    ):
        ask(client, officer, board, "need", "plan", "statement")
        client.sign_in(owner(session, applied))
        files = {
            "q_plan": (io.BytesIO(PDF), "plāns.pdf"),
            "q_statement": (io.BytesIO(PDF), "saraksts.pdf"),
        }
        client.send(mine, {"q_need": "Visiem.", **files, "send": "1"})
        client.sign_in(officer)
        client.send(board, {"verdict_e1": "yes", "then": "accept"})
        member = make.person(CommitteeRole.MEMBER, scope=call)
        make.assigned(applied, member)
        client.sign_in(member)
        page = client.page(f"/committee/{call.slug}/applications/{applied.number}")
        said = page.get_text()
        assert "Visiem." in said and "plāns.pdf" in said and "saraksts.pdf" not in said
        client.sign_in(officer)
        for seen in (page, client.page(board)):
            for key in ("need", "plan", "statement"):
                assert "precizēts" in answer_to(seen, key)
                assert ("Jaunāks fails" in answer_to(seen, key)) is (key != "need")
        client.sign_in(member)
        assert download(client, page.select_one("a[href*='/replies/']")["href"]) == PDF
        names = session.scalars(select(AnswerFile).filter_by(names_minors=True)).one()
        hidden = f"/committee/{call.slug}/applications/{applied.number}/replies/{names.id}"
        assert client.get(hidden).status_code == 404

    def test_the_files_that_were_submitted_stand_beside_the_reply(
        self, client, make, monkeypatch, officer, call, applied, board, mine, session
    ):
        submitted = {
            "attachments": [
                {"question": "plan", "name": "vecais plāns.pdf", "names_minors": False},
                {"question": "statement", "name": "vecais saraksts.pdf", "names_minors": True},
            ]
        }
        monkeypatch.setattr(clarifications, "_content", lambda application: submitted)
        ask(client, officer, board, "plan", "statement")
        client.sign_in(owner(session, applied))
        said = client.page(mine).get_text()
        assert "vecais plāns.pdf" in said and "vecais saraksts.pdf" in said
        client.send(mine, {"q_plan": (io.BytesIO(PDF), "plāns.pdf"), "send": "1"})
        client.sign_in(officer)
        assert "vecais saraksts.pdf" in text(client.get(board))
        client.sign_in(make.person(Role.AUDITOR))
        said = text(client.get(board))
        assert "vecais plāns.pdf" in said and "vecais saraksts.pdf" not in said

    def test_only_the_applicants_own_people(self, client, make, officer, applied, board, mine):
        ask(client, officer, board)
        for stranger in (officer, make.person(Role.OWNER, scope=make.organisation())):
            client.sign_in(stranger)
            assert client.get(mine).status_code == 404
            assert client.post(mine, data={"q_need": "x"}).status_code == 404
        reader = make.person()
        make.grant(reader, Role.READER, make.session.merge(applied).organisation)
        client.sign_in(reader)
        assert client.get(mine).status_code == 200
        assert client.post(mine, data={"q_need": "x"}).status_code == 403

    def test_nothing_was_asked(self, client, applied, mine, session):
        client.sign_in(owner(session, applied))
        assert client.get(mine).status_code == 404


def test_the_statement_on_minors_in_the_application_is_the_officers_alone(
    client, make, officer, call, applied, session
):
    stored = make.row(
        StoredFile(
            object_key="x/y",
            name="saraksts.pdf",
            size=1,
            sha256="0" * 64,
            media_type="application/pdf",
            purpose="attachment",
        )
    )
    attached = make.row(
        AnswerFile(
            set_id=applied.answer_set_id,
            question_key="statement",
            file_id=stored.id,
            names_minors=True,
            added_by_id=applied.started_by_id,
        )
    )
    member = make.person(CommitteeRole.MEMBER, scope=call)
    make.eligible(applied)
    make.assigned(applied, member)
    here = f"/board/competitions/{call.slug}/applications/{applied.number}/files/{attached.id}"
    for role in (Role.HEAD, Role.AUDITOR):
        client.sign_in(make.person(role))
        assert client.get(here).status_code in (403, 404)
    client.sign_in(member)
    theirs = f"/committee/{call.slug}/applications/{applied.number}/files/{attached.id}"
    assert client.get(theirs).status_code == 404


def test_queries_do_not_depend_on_rows(client, make, officer, call, app):
    client.sign_in(officer)
    counts = []
    for more in (1, 10):
        for _ in range(more):
            make.application(call, submitted=True)
        with counted_queries(app) as queries:
            client.page(f"/board/competitions/{call.slug}/eligibility")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


def test_a_foreign_application_is_not_found(client, make, officer, call, applied):
    elsewhere = make.competition("closed")
    foreign = make.application(elsewhere, submitted=True)
    client.sign_in(officer)
    base = f"/board/competitions/{call.slug}/eligibility/{foreign.number}"
    for rest in ("", "/clarification", "/rejection"):
        assert client.get(base + rest).status_code == 404
    assert client.post(base, data={"then": "accept"}).status_code == 404


def test_the_desk_of_the_applicant_says_what_waits(client, officer, applied, board, session):
    ask(client, officer, board)
    client.sign_in(owner(session, applied))
    assert applied.number in text(client.get("/my/applications"))
    page = client.page(f"/my/applications/{applied.id}")
    assert page.select(".asns-band--due a.govuk-button[href$='/clarification']")
    assert len(page.select("a[href$='/clarification']")) == 1


@pytest.mark.parametrize("role", [Role.OFFICER, Role.HEAD, Role.AUDITOR])
def test_nobody_checks_or_reads_before_the_deadline(client, make, role):
    call = make.competition("open")
    applied = make.application(call, submitted=True, title="Kora nometne")
    client.sign_in(make.person(role))
    listed = f"/board/competitions/{call.slug}/eligibility"
    page = client.page(listed)
    assert "Kora nometne" not in page.get_text() and applied.number not in page.get_text()
    refused = client.get(f"{listed}/{applied.number}")
    assert refused.status_code == 403
    assert "Kora nometne" not in refused.get_data(as_text=True)


def test_what_is_not_clear_begins_the_question_to_the_applicant(client, officer, board):
    client.sign_in(officer)
    client.send(board, {"verdict_e1": "clarify", "reason_e1": "Nav paraksta.", "then": "save"})
    assert "Nav paraksta." in client.page(f"{board}/clarification").textarea.get_text()


def test_a_check_is_opened_again_until_the_competition_is_decided(
    client, make, call, applied, officer, board
):
    make.eligible(applied)
    client.sign_in(officer)
    page = client.page(board)
    assert page.select_one(f'a[href="{board}/reopen"]')
    assert client.send(f"{board}/reopen", {"note": ""}).status_code == 422
    assert client.send(f"{board}/reopen", {"note": "Pielikums nav parakstīts."}).location == board
    page = client.page(board)
    assert "Atvērts no jauna: Pielikums nav parakstīts." in page.get_text()
    assert not page.select(f'a[href="{board}/reopen"]')
    assert "nav pabeigta" in client.page(f"{board}/reopen").get_text()
