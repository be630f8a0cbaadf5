"""Nobody learns of points that are not theirs to see yet: pages say the same whatever was given.

Two worlds that differ in nothing but what others gave must look alike, on every page of the board
and of the committee, before the discussion and to whoever still owes a sheet after it.
"""

import io
import re

import pytest
from docx import Document

from portal.core import clock
from portal.core.accounts.models import Role
from portal.grants.evaluation.models import Attendance, Meeting, Score, ScoreSheet
from tests.factories.people import without_triggers

ROOMS = ("appointments", "committee", "decisions", "eligibility", "intake", "journal", "meetings")
ROOMS += ("ranking", "scoring")
SLOW = {"meetings.minutes_pdf", "intake.pdf", "intake.receipt_pdf"}  # set from the same records


@pytest.fixture
def scored(make, scene):
    """Two applications are tied, the third lacks the sheet of the last member."""
    pair = [scene.scored(*[("8", "8")] * 3) for _ in range(2)]
    last = scene.scored(("5", "5"), ("6", "6"))
    meeting = make.row(
        Meeting(competition_id=scene.call.id, number=1, held_at=clock.now(), place="Rožu iela")
    )
    for member in scene.members:
        make.row(Attendance(meeting_id=meeting.id, person_id=member.id))
    return [*pair, last], meeting


@pytest.fixture
def pages(app, scene, scored):
    """Every address of the board and the committee that these rows have."""
    (*_pair, last), meeting = scored
    known = {"competition": scene.call.slug, "application": last.number, "meeting": meeting.id}
    urls = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.partition(".")[0] in ROOMS
        and "GET" in (rule.methods or ())
        and rule.endpoint not in SLOW
        and rule.arguments <= known.keys()
    ]
    assert len(urls) > 30, urls
    found = [re.sub(r"<(?:\w+:)?(\w+)>", lambda name: str(known[name[1]]), rule) for rule in urls]
    call = f"/board/competitions/{scene.call.slug}"
    return [*found, f"/committee/{scene.call.slug}/ranking?grants=2", "/board", call]


def said(response):
    """The status, the name, and all words of an answer."""
    if response.mimetype.endswith("wordprocessingml.document"):
        document = Document(io.BytesIO(response.data))
        cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
        words = "\n".join([p.text for p in document.paragraphs] + cells)
    else:
        words = re.sub(r'name="csrf_token"[^>]*>', "", response.text)
    return response.status_code, response.headers.get("ETag"), words


def others_give(session, scene, reader, only=None):
    """The sheets of others say something else, as if always: below a minimum, and far apart."""
    sheets = session.query(ScoreSheet.id).filter(ScoreSheet.person_id != reader.id)
    if only is not None:
        sheets = sheets.filter(ScoreSheet.application_id == only.id)
    with without_triggers(session):
        for score in session.query(Score).filter(Score.sheet_id.in_(sheets)):
            score.points = 10 if score.sheet.person_id == scene.chair.id else 1
        session.flush()
    session.commit()


def reads(client, pages):
    return {url: said(client.get(url)) for url in pages}


def reader_of(make, scene, role):
    if isinstance(role, Role):
        return make.person(role)
    return getattr(scene, role)


READERS = [Role.OFFICER, Role.HEAD, "chair", "secretary", "member"]


@pytest.mark.parametrize("role", READERS)
def test_before_the_discussion_no_page_depends_on_what_others_gave(
    client, make, session, scene, scored, pages, role
):
    reader = reader_of(make, scene, role)
    client.sign_in(reader)
    first = reads(client, pages)
    others_give(session, scene, reader)
    assert reads(client, pages) == first


def test_after_it_none_does_of_an_application_on_which_the_reader_owes_a_sheet(
    client, make, session, scene, scored, pages
):
    (*_pair, last), _meeting = scored
    scene.call.discussion_opened_at = clock.now()
    session.commit()
    client.sign_in(scene.member)
    first = reads(client, pages)
    ranking = f"/committee/{scene.call.slug}/ranking"
    assert "16,00" in first[ranking][2], "of the others they see points"
    others_give(session, scene, scene.member, only=last)
    assert reads(client, pages) == first


def test_the_auditor_sees_all_of_it(client, make, session, scene, scored):
    auditor = make.person(Role.AUDITOR)
    ranking = f"/committee/{scene.call.slug}/ranking"
    pages = [ranking, f"{ranking}.csv"]
    first = reads(client.sign_in(auditor), pages)
    assert "11,00" in first[ranking][2] and "neizšķirts" in first[ranking][2]
    others_give(session, scene, auditor)
    then = reads(client, pages)
    assert all(first[page] != then[page] for page in pages)


@pytest.mark.parametrize("role", READERS)
def test_before_the_discussion_there_is_nothing_to_download(client, make, scene, scored, role):
    """The difference of two downloads would give a member's sheet away."""
    client.sign_in(reader_of(make, scene, role))
    assert client.get(f"/committee/{scene.call.slug}/ranking.csv").status_code == 403


def test_until_then_the_page_says_what_is_missing_and_what_comes_next(client, make, scene, scored):
    (*_pair, last), _meeting = scored
    path = f"/committee/{scene.call.slug}/ranking"
    for reader in (scene.chair, make.person(Role.OFFICER)):
        page = client.sign_in(reader).page(path)
        assert f"{scene.member.name}: {last.number[-3:]}" in " ".join(page.get_text(" ").split())
        assert not page.select("main table")
    make.sheet(last, scene.member, {"c1": "7", "c2": "7"})
    page = client.sign_in(scene.chair).page(path)
    assert page.select_one(".asns-band a")["href"].endswith("/discussion")
