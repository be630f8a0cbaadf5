"""A meeting in the browser, from convening it to the minutes."""

import io
from urllib.parse import urlencode

import pytest
from docx import Document
from sqlalchemy import select

from portal.core import clock
from portal.core.accounts.models import Role
from portal.grants.evaluation.committee.models import CommitteeRole
from portal.grants.evaluation.models import ConflictKind, Declaration, Meeting
from tests.pages import text

HELD = {"held_at-day": "20", "held_at-month": "11", "held_at-year": "2026", "held_at-time": "15.00"}


@pytest.fixture
def meetings(scene):
    return f"/committee/{scene.call.slug}/meetings"


def ballots(page, **votes):
    """The names of the radio groups by the member's name, filled."""
    names = {
        fieldset.legend.get_text(strip=True): fieldset.select_one("input")["name"]
        for fieldset in page.select("main fieldset")
    }
    return {names[name]: choice for name, choice in votes.items()}


def test_the_whole_way(client, scene, meetings, session):
    first, second = (scene.scored(*[("7", "7")] * 3) for _ in range(2))
    client.sign_in(scene.secretary)
    here = client.send(f"{meetings}/new", {**HELD, "place": "Rožu iela 6"}).location
    everybody = [str(member.id) for member in scene.members]
    client.send(f"{here}/attendance", {"present": everybody})
    page = client.page(here)
    assert "ir kvorums" in page.get_text()
    tie = page.select_one(".asns-band a")["href"]
    vote = ballots(
        client.page(tie),
        **{m.name: second.number for m in scene.members[:2]},
        **{scene.member.name: "-"},
    )
    assert client.send(tie, vote).location == here
    choices = ballots(
        client.page(f"{here}/votes/ranking"), **{m.name: "for" for m in scene.members}
    )
    assert client.send(f"{here}/votes/ranking", choices).location == here
    described = {**HELD, "place": "Rožu iela 6", "notes": "Runāja par <b>visu</b>."}
    client.send(f"{here}/description", described)
    assert client.get(f"{here}/close").status_code == 403, "the chair closes"
    draft = client.get(f"{here}/minutes.pdf")
    assert draft.data.startswith(b"%PDF-")
    client.sign_in(scene.chair)
    assert client.send(f"{here}/close").location == here
    page = client.page(here)
    assert "Runāja par <b>visu</b>." in page.get_text()
    assert second.number in page.get_text() and first.number in page.get_text()
    assert client.get(f"{here}/minutes.docx").data.startswith(b"PK")
    assert client.post(f"{here}/attendance", data={}).status_code == 409
    session.expire_all()
    record = session.scalars(select(Meeting)).one().record
    assert record["ranking"][0]["number"] == second.number


def test_minutes_are_latvian_and_can_be_read_in_english(client, scene, meetings):
    client.sign_in(scene.secretary)
    here = client.send(f"{meetings}/new", {**HELD, "place": "x"}).location
    names = {
        str(link["href"]): client.get(link["href"]).headers["Content-Disposition"]
        for link in client.page(here).select('a[href*="/minutes."]')
    }
    assert len(names) == 4
    for path, name in names.items():
        assert ("minutes-" if "language=en" in path else "protokols-") in name


def test_a_meeting_that_is_to_come_asks_for_nothing_yet(client, scene, meetings):
    client.sign_in(scene.secretary)
    later = {**HELD, "held_at-year": "2027", "place": "x"}
    page = client.page(client.send(f"{meetings}/new", later).location)
    assert "sasaukta" in page.select_one(".asns-band").get_text()


def test_a_draft_of_the_minutes_says_that_it_is_not_to_be_signed(client, scene, meetings):
    client.sign_in(scene.secretary)
    here = client.send(f"{meetings}/new", {**HELD, "place": "x"}).location
    draft = Document(io.BytesIO(client.get(f"{here}/minutes.docx").data))
    assert any("neparaksta" in p.text for p in draft.paragraphs)


def test_without_a_quorum_the_page_offers_no_vote(client, scene, meetings):
    for _ in range(2):
        scene.scored(*[("7", "7")] * 3)
    client.sign_in(scene.secretary)
    here = client.send(f"{meetings}/new", {**HELD, "place": "x"}).location
    client.send(f"{here}/attendance", {"present": [str(scene.member.id)]})
    page = client.page(here)
    assert page.select_one(".asns-band a")["href"].endswith("/attendance")
    assert "Bez kvoruma" in page.get_text() and not page.select('a[href*="/votes/"]')
    client.send(f"{here}/attendance", {"present": [str(m.id) for m in scene.members]})
    votes = [str(a["href"]) for a in client.page(here).select('a[href*="/votes/"]')]
    assert votes and all("/votes/tie" in vote for vote in votes), "the tie comes first"


def test_closing_without_an_approved_ranking_says_so(client, scene, meetings):
    client.sign_in(scene.chair)
    here = client.send(f"{meetings}/new", {**HELD, "place": "x"}).location
    client.send(f"{here}/attendance", {"present": [str(m.id) for m in scene.members]})
    assert "nav apstiprināts" in client.page(f"{here}/close").get_text()


def test_who_has_not_declared_is_named_with_the_applications(client, make, scene, meetings):
    application = scene.scored(*[("7", "7")] * 3)
    new = make.person(CommitteeRole.MEMBER, scope=scene.call)
    client.sign_in(scene.secretary)
    here = client.send(f"{meetings}/new", {**HELD, "place": "x"}).location
    word = Document(io.BytesIO(client.get(f"{here}/minutes.docx").data))
    minutes = "\n".join(paragraph.text for paragraph in word.paragraphs)
    assert f"{new.name} ({application.number})" in minutes
    assert "Katrs loceklis par katru iesniegumu" not in minutes


def test_only_the_secretary_and_the_chair_write(client, make, scene, meetings):
    client.sign_in(scene.secretary)
    here = client.send(f"{meetings}/new", {**HELD, "place": "x"}).location
    for person in (scene.member, make.person(Role.AUDITOR), make.person(Role.HEAD)):
        client.sign_in(person)
        assert client.get(here).status_code == 200
        for page in ("attendance", "description", "votes/ranking", "close"):
            assert client.get(f"{here}/{page}").status_code == 403
            assert client.post(f"{here}/{page}", data={}).status_code == 403


def test_a_meeting_of_another_competition_is_not_found(client, make, scene, meetings):
    elsewhere = make.competition("closed")
    foreign = make.row(
        Meeting(competition_id=elsewhere.id, number=1, held_at=elsewhere.deadline, place="x")
    )
    client.sign_in(scene.chair)
    for rest in ("", "/attendance", "/minutes.pdf", "/close"):
        assert client.get(f"{meetings}/{foreign.id}{rest}").status_code == 404


def test_what_is_missing_is_said(client, scene, meetings):
    scene.scored(("7", "7"))
    client.sign_in(scene.secretary)
    here = client.send(f"{meetings}/new", {**HELD, "place": "x"}).location
    client.send(f"{here}/attendance", {"present": [str(m.id) for m in scene.members]})
    page = client.page(here)
    assert page.select_one(".asns-band a")["href"].endswith("/progress"), "what comes before a vote"
    assert not page.select('a[href*="/votes/"]')
    choices = ballots(
        client.page(f"{here}/votes/ranking"), **{m.name: "for" for m in scene.members}
    )
    refused = client.send(f"{here}/votes/ranking", choices)
    assert refused.status_code == 409
    assert "Trūkst 2 vērtēšanas veidlapu" in text(refused)
    strange = f"{here}/votes/tie?{urlencode({'between': 'LIE-1-1'})}"
    assert client.get(strange).status_code == 404
    refused = client.send(f"{meetings}/new", {"held_at-day": "31", "held_at-month": "2"})
    assert refused.status_code == 422


def test_where_nobody_may_vote_the_page_says_before_the_vote_who_helps(
    client, make, scene, meetings, session
):
    application = scene.scored(*[("7", "7")] * 3)
    session.query(Declaration).update({"kind": ConflictKind.FAMILY})
    keeper = scene.another_secretary()
    make.declared(keeper, application.id)
    client.sign_in(keeper)
    here = client.send(f"{meetings}/new", {**HELD, "place": "x"}).location
    client.send(f"{here}/attendance", {"present": [str(m.id) for m in scene.members]})
    page = client.page(f"{here}/votes/ranking").get_text()
    assert "balsot nedrīkst neviens" in page and "ieceļ aizstājēju" in page
    for role, links in ((Role.OFFICER, 1), (Role.AUDITOR, 0)):
        client.sign_in(make.person(role))
        shown = client.page(here)
        assert "ieceļ aizstājēju" in shown.get_text()
        assert len(shown.select('a[href$="/committee/new"]')) == links


def test_an_application_that_was_withdrawn_makes_no_extract_of_the_minutes(
    client, make, scene, meetings
):
    scene.scored(*[("7", "7")] * 3)
    gone = make.application(scene.call, submitted=True)
    make.rewrite(gone, state="withdrawn", withdrawn_at=clock.now())
    client.sign_in(scene.chair)
    here = client.send(f"{meetings}/new", {**HELD, "place": "x"}).location
    minutes = Document(io.BytesIO(client.get(f"{here}/minutes.docx").data))
    assert "Izraksts" not in " ".join(p.text for p in minutes.paragraphs)


def test_before_the_discussion_nothing_of_points_is_told(client, scene, meetings, session):
    for _ in range(2):
        scene.scored(*[("7", "7")] * 3)
    scene.make.rewrite(scene.call, discussion_opened_at=None)
    client.sign_in(scene.chair)
    here = client.send(f"{meetings}/new", {**HELD, "place": "x"}).location
    client.send(f"{here}/attendance", {"present": [str(m.id) for m in scene.members]})
    page = client.page(here)
    assert "kad priekšsēdētājs būs atvēris apspriešanu" in page.get_text()
    assert not page.select('a[href*="/votes/"]')
    draft = Document(io.BytesIO(client.get(f"{here}/minutes.docx").data))
    cells = [cell.text for table in draft.tables for row in table.rows for cell in row.cells]
    assert not any("14,00" in cell or "7,00" in cell for cell in cells)
    assert "Izraksts" not in " ".join(p.text for p in draft.paragraphs)
