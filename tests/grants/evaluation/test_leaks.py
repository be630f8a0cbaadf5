"""Three people and every surface: nothing of an application reaches whoever may not see it.

The recused member is the committee's secretary too, so that every page of the committee opens to
them; the other member owes a sheet of their own; the stranger is nobody here.
"""

import io
import re

import pytest
from docx import Document

from portal.core import clock
from portal.core.accounts.models import Role
from portal.grants.evaluation.models import Attendance, ConflictKind, Declaration, Meeting

SECRET = "Zilās durvis"
COMMENT = "Ļoti slepens komentārs"


@pytest.fixture
def secret(make, scene, session):
    """Scored 9.5 and 9.5 by the chair, who commented; the secretary is recused from it."""
    application = scene.assigned(title=SECRET)
    session.query(Declaration).filter_by(
        application_id=application.id, person_id=scene.secretary.id
    ).update({"kind": ConflictKind.FAMILY})
    sheet = make.sheet(application, scene.chair, {"c1": "9.5", "c2": "9.5"}, submitted=False)
    sheet.scores[0].comment = COMMENT
    session.commit()
    sheet.state, sheet.submitted_at = "submitted", clock.now()
    scene.scored(*[("6", "6")] * 3, title="Pārējais")
    scene.scored(*[("5", "5")] * 3, title="Trešais")
    scene.call.discussion_opened_at = clock.now()
    session.commit()
    return application


@pytest.fixture
def meeting(make, scene):
    held = make.row(
        Meeting(competition_id=scene.call.id, number=1, held_at=clock.now(), place="Rožu iela")
    )
    for member in scene.members:
        make.row(Attendance(meeting_id=held.id, person_id=member.id))
    return held


def surfaces(scene, secret, meeting):
    """Every address of the committee that could say something about the application."""
    base = f"/committee/{scene.call.slug}"
    one = f"{base}/applications/{secret.number}"
    return [
        "/committee",
        base,
        f"{base}/declarations",
        f"{base}/progress",
        f"{base}/conflicts",
        f"{base}/ranking",
        f"{base}/ranking?grants=2",
        f"{base}/ranking.csv",
        f"{base}/meetings",
        f"{base}/meetings/{meeting.id}",
        f"{base}/meetings/{meeting.id}/minutes.docx",
        f"{base}/meetings/{meeting.id}/votes/tie?between={secret.number}",
        f"{base}/meetings/{meeting.id}/votes/ranking",
        one,
        f"{one}/declaration",
        f"{one}/check",
        f"{one}/sheets",
        f"/board/competitions/{scene.call.slug}/eligibility",
        f"/board/competitions/{scene.call.slug}/eligibility/{secret.number}",
        f"/board/competitions/{scene.call.slug}/applications/{secret.number}",
        f"/board/competitions/{scene.call.slug}/journal",
    ]


def said(response):
    """All words of a page or a document."""
    if response.mimetype.endswith("wordprocessingml.document"):
        document = Document(io.BytesIO(response.data))
        cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
        return "\n".join([p.text for p in document.paragraphs] + cells)
    return response.text


def everything(client, scene, secret, meeting):
    return {url: said(client.get(url)) for url in surfaces(scene, secret, meeting)}


def test_the_recused_see_neither_content_nor_scores_nor_the_place(client, scene, secret, meeting):
    client.sign_in(scene.secretary)
    for url, words in everything(client, scene, secret, meeting).items():
        assert SECRET not in words, url
        assert COMMENT not in words, url
        assert "19,00" not in words and "9,50" not in words, url
    ranking = client.page(f"/committee/{scene.call.slug}/ranking")
    places = [row.select_one("td").get_text(strip=True) for row in ranking.select("tbody tr")]
    assert places == ["1.", "2."], "no gap, no line where the money ends"


def test_whoever_owes_a_sheet_sees_the_content_and_no_scores(client, scene, secret, meeting):
    client.sign_in(scene.member)
    pages = everything(client, scene, secret, meeting)
    base = f"/committee/{scene.call.slug}"
    assert SECRET in pages[f"{base}/applications/{secret.number}"]
    for url, words in pages.items():
        assert COMMENT not in words, url
        assert "19,00" not in words and "9,50" not in words, url


def test_strangers_find_nothing_at_all(client, make, scene, secret, meeting):
    client.sign_in(make.person(Role.OWNER, scope=make.organisation()))
    for url in surfaces(scene, secret, meeting):
        if url == "/committee":
            continue
        response = client.get(url)
        assert response.status_code == 404, url
        assert SECRET not in response.text, url


@pytest.mark.parametrize("role", [Role.OFFICER])  # a head sits on no committee
def test_the_recused_who_sit_on_the_board_too(client, make, scene, secret, meeting, role):
    make.grant(scene.secretary, role)
    client.sign_in(scene.secretary)
    for url, words in everything(client, scene, secret, meeting).items():
        if not url.endswith("/eligibility"):  # the list names applications and says no more
            assert SECRET not in words, url
        assert COMMENT not in words and "19,00" not in words and "9,50" not in words, url


def test_visitors_are_asked_to_sign_in(client, scene, secret, meeting):
    for url in surfaces(scene, secret, meeting):
        response = client.get(url)
        assert response.status_code in (302, 401), url
        assert SECRET not in response.text


def test_who_may_see_does(client, make, scene, secret, meeting):
    base = f"/committee/{scene.call.slug}"
    for person in (scene.chair, make.person(Role.AUDITOR)):
        client.sign_in(person)
        assert "19,00" in client.get(f"{base}/ranking").text
        assert COMMENT in client.get(f"{base}/applications/{secret.number}/sheets").text


def test_an_auditor_changes_nothing(client, make, scene, secret, meeting):
    client.sign_in(make.person(Role.AUDITOR))
    base = f"/committee/{scene.call.slug}"
    one = f"{base}/applications/{secret.number}"
    board = f"/board/competitions/{scene.call.slug}"
    for url in (
        f"{base}/progress",
        f"{base}/assignment",
        f"{base}/discussion",
        f"{base}/meetings/new",
        f"{base}/meetings/{meeting.id}/close",
        one,
        f"{one}/check",
        f"{one}/autosave",
        f"{one}/declaration",
        f"{board}/committee/new",
        f"{board}/eligibility/{secret.number}",
        f"{board}/eligibility/{secret.number}/clarification",
        f"{board}/eligibility/{secret.number}/rejection",
    ):
        assert client.post(url, data={}).status_code in (403, 404), url


def test_the_error_text_tells_nothing(client, scene, secret, meeting):
    client.sign_in(scene.secretary)
    one = f"/committee/{scene.call.slug}/applications/{secret.number}"
    for url in (one, f"{one}/autosave", f"{one}/check"):
        response = client.post(url, data={"p_c1": "99", "version": "7"})
        assert response.status_code == 403
        assert SECRET not in response.text and not re.search(r"\b9,5\b", response.text)
