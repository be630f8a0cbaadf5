"""The statement that names minors: for its own people and the eligibility officer alone."""

import csv
import io
from datetime import timedelta
from uuid import UUID

import pytest

from portal.core import clock
from portal.core.access import decide
from portal.core.accounts.models import Person, Role
from portal.core.db import db
from portal.core.documents.models import StoredFile
from portal.core.papers.rendering import render_pdf
from portal.core.questions.models import AnswerFile
from portal.grants.applications import printed, queries, rights
from portal.grants.applications.models import Submission
from portal.grants.applications.register.records import record_in
from tests.pages import PageClient
from tests.world.scene import Scene, pdf

SECRET = "jānis-bērziņš-2010.pdf"  # even the name of such a file names a minor


@pytest.fixture
def closed(client: PageClient, scene: Scene) -> Scene:
    """The application with the statement is in, and the deadline has passed."""
    client.sign_in(scene.owner)
    client.send(scene.path("/sections/papers"), {"q_minors": pdf(SECRET), "q_partner": pdf()})
    assert client.send(scene.path("/check"), {}).status_code == 302
    scene.make.rewrite(scene.call, deadline=clock.now() - timedelta(seconds=1))
    scene.make.board_declares()
    return scene


def readers(scene: Scene) -> list[Person]:
    """Everybody else who reads applications."""
    return [
        scene.make.person(Role.HEAD),
        scene.make.person(Role.AUDITOR),
        *scene.make.committee(scene.call, members=3),
    ]


def statement(scene: Scene) -> AnswerFile:
    return scene.make.session.query(AnswerFile).filter_by(question_key="minors").one()


def test_the_officer_sees_it(client: PageClient, closed: Scene) -> None:
    number = closed.fresh(closed.draft).number
    client.sign_in(closed.officer)
    assert SECRET in client.page(closed.board(f"/{number}")).get_text()
    path = closed.board(f"/{number}/files/{statement(closed).id}")
    assert client.get(path, buffered=True).status_code == 200


def test_nobody_else_sees_it_on_any_page(client: PageClient, closed: Scene) -> None:
    number = closed.fresh(closed.draft).number
    for person in readers(closed):
        client.sign_in(person)
        for tail in ("", f"/{number}", f"/{number}/application.pdf", "/export.csv"):
            answer = client.get(closed.board(tail), buffered=True)
            assert SECRET.encode() not in answer.get_data()
        file = client.get(closed.board(f"/{number}/files/{statement(closed).id}"), buffered=True)
        assert file.status_code == 404, person.grants
        assert client.get(closed.path(f"/files/{statement(closed).id}")).status_code == 404


def test_head_and_auditor_read_the_rest_and_its_count(client: PageClient, closed: Scene) -> None:
    number = closed.fresh(closed.draft).number
    for role in (Role.HEAD, Role.AUDITOR):
        client.sign_in(closed.make.person(role))
        page = client.page(closed.board(f"/{number}")).get_text()
        assert "apliecinājums.pdf" in page and SECRET not in page
        assert "1 fails" in page or "1 file" in page
        other = closed.make.session.query(AnswerFile).filter_by(question_key="partner").one()
        path = closed.board(f"/{number}/files/{other.id}")
        assert client.get(path, buffered=True).status_code == 200


def test_it_is_not_in_the_document_either(app: object, closed: Scene, ctx: None) -> None:
    key = closed.make.session.query(Submission).one().id
    submission = db.session.get_one(Submission, key)
    hidden = queries.content_of(submission, minors=False)
    assert SECRET not in repr(hidden)
    assert SECRET in repr(queries.content_of(submission, minors=True))
    paper = printed._application(submission.application, hidden, submission)
    assert SECRET not in repr(paper)
    assert render_pdf(paper).startswith(b"%PDF")


def test_it_is_not_in_the_record_inside_a_receipt(client: PageClient, closed: Scene) -> None:
    number = closed.fresh(closed.draft).number
    for person, holds_it in [(closed.officer, True), (closed.make.person(Role.AUDITOR), False)]:
        client.sign_in(person)
        receipt = client.get(closed.board(f"/{number}/receipt.pdf")).data
        assert receipt.startswith(b"%PDF") and (SECRET in repr(record_in(receipt))) is holds_it


def test_the_public_check_does_not_name_it_even_where_it_is_lost(
    client: PageClient, closed: Scene
) -> None:
    submission = closed.make.session.query(Submission).one()
    lost = closed.make.session.query(AnswerFile).filter_by(question_key="minors").one()
    closed.make.rewrite(lost, file_id=other(closed))
    typed = {"number": submission.content["number"], "seal": submission.seal}
    page = client.post("/verify", data=typed)
    assert "asns-band--refused" in page.text and SECRET not in page.text


def other(scene: Scene) -> UUID:
    """The key of another file, to stand in the place of the right one."""
    row = StoredFile(
        object_key="another",
        name="cits.pdf",
        size=1,
        sha256="1" * 64,
        media_type="application/pdf",
        purpose="attachment",
    )
    key: UUID = scene.make.row(row).id
    return key


def test_the_right_is_the_officers_of_that_municipality(closed: Scene, ctx: None) -> None:
    application = queries.by_key(closed.draft.id)
    elsewhere = closed.make.person(Role.OFFICER, scope=closed.make.municipality("RIX"))
    for person, allowed in [
        (closed.officer, True),
        (elsewhere, False),
        *((other, False) for other in readers(closed)),
    ]:
        actor = db.session.get_one(Person, person.id)
        assert bool(decide(rights.Right.SEE_MINORS_STATEMENT, actor, application)) is allowed


def test_the_export_is_for_the_board_after_the_deadline_and_runs_no_formula(
    client: PageClient, closed: Scene
) -> None:
    closed.make.application(
        *(closed.call,), submitted=True, title="=HYPERLINK(1)", organisation=closed.organisation
    )
    client.sign_in(closed.officer)
    body = client.get(closed.board("/export.csv"), buffered=True).get_data().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(body), delimiter=";"))
    assert rows[0][:2] == ["Numurs", "Projekts"] and len(rows) == 3
    assert "'=HYPERLINK(1)" in {row[1] for row in rows}
    assert SECRET not in body


def test_before_the_deadline_nobody_reads_anything(client: PageClient, scene: Scene) -> None:
    sent = scene.make.application(scene.call, submitted=True, title="Noslēpums")
    for person in (scene.officer, scene.make.person(Role.HEAD), scene.make.person(Role.AUDITOR)):
        client.sign_in(person)
        page = client.page(scene.board()).get_text()
        assert sent.number and sent.number in page and "Noslēpums" not in page
        assert client.get(scene.board(f"/{sent.number}")).status_code == 403
        assert client.get(scene.board(f"/{sent.number}/application.pdf")).status_code == 403
        assert client.get(scene.board("/export.csv")).status_code == 403
    client.sign_in(scene.stranger)
    assert client.get(scene.board()).status_code == 404
