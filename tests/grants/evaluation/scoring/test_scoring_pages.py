"""The committee's pages, as a browser sees them."""

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.accounts.models import Role
from portal.core.versions import SeenVersion
from portal.grants.evaluation.committee.models import CommitteeRole
from portal.grants.evaluation.models import (
    ConflictKind,
    Declaration,
    Score,
    ScoreSheet,
    SheetState,
    Suspicion,
)
from tests.naughty import COMBINED, stored
from tests.pages import counted_queries, parsed, text


def at(scene, application, *rest):
    return "/".join(["/committee", scene.call.slug, "applications", application.number, *rest])


@pytest.fixture
def desk(scene):
    return f"/committee/{scene.call.slug}"


def reload(session, application, person):
    session.expire_all()
    return session.scalars(
        select(ScoreSheet).where(
            ScoreSheet.application_id == application.id,
            ScoreSheet.person_id == person.id,
            ScoreSheet.state != SheetState.REPLACED,
        )
    ).one_or_none()


def test_my_committees_and_my_work(client, scene, desk):
    scene.scored(*[("7", "7")] * 3)
    scene.assigned(title="Kora nometne")
    client.sign_in(scene.member)
    assert "1 no 2" in text(client.get("/committee"))
    page = client.page(desk)
    assert "1 no 2" in page.get_text()
    assert "Kora nometne" in page.get_text()


def test_content_opens_after_the_declaration_only(client, scene, desk):
    application = scene.assigned(declared=False, title="Slepena doma")
    client.sign_in(scene.member)
    assert "Slepena doma" not in text(client.get(desk))
    assert client.get(at(scene, application)).location.endswith("/declaration")
    page = client.page(at(scene, application, "declaration"))
    assert "Slepena doma" not in page.get_text()
    answer = client.send(at(scene, application, "declaration"), {"kind": "none"})
    assert answer.location == at(scene, application)
    assert "Slepena doma" in text(client.get(at(scene, application)))


def test_a_declared_conflict_closes_the_application_for_good(client, scene, desk):
    application = scene.assigned(title="Slepena doma")
    client.sign_in(scene.member)
    client.send(at(scene, application, "declaration"), {"kind": "family", "note": "Māsa."})
    refused = client.get(at(scene, application))
    assert refused.status_code == 403
    assert "Slepena doma" not in text(refused)
    assert "Slepena doma" not in text(client.get(desk))
    assert "Māsa." in text(client.get(at(scene, application, "declaration")))
    assert client.post(at(scene, application), data={}).status_code == 403


def test_ticking_by_name(client, scene, desk):
    first, second = (scene.assigned(declared=False) for _ in range(2))
    client.sign_in(scene.member)
    nothing = client.send(f"{desk}/declarations")
    assert nothing.status_code == 422
    client.send(f"{desk}/declarations", {"applications": [first.number]})
    scene.make.session.expire_all()
    rows = scene.make.session.scalars(
        select(Declaration).where(Declaration.person_id == scene.member.id)
    ).all()
    assert [(d.application_id, d.kind) for d in rows] == [(first.id, ConflictKind.NONE)]
    assert second.number in text(client.get(f"{desk}/declarations"))


def test_scoring_without_javascript(client, scene, session):
    application = scene.assigned()
    client.sign_in(scene.member)
    saved = client.send(
        at(scene, application), {"p_c1": "7.5", "c_c1": "Labi pamatots.", "check": "1"}
    )
    assert saved.location == at(scene, application, "check")
    page = client.page(at(scene, application, "check"))
    assert "Labi pamatots." in page.get_text()
    assert not page.select("main form[method=post]"), "not complete: nothing to submit"
    client.send(at(scene, application), {"p_c2": "6", "check": "1"})
    assert reload(session, application, scene.member).state is SheetState.DRAFT
    done = client.send(at(scene, application, "check"))
    assert done.location.endswith(scene.call.slug)
    assert reload(session, application, scene.member).state is SheetState.SUBMITTED
    page = client.page(at(scene, application))
    assert all(radio.has_attr("disabled") for radio in page.select("input[type=radio]"))
    late = client.post(at(scene, application), data={"p_c1": "1"})
    assert late.status_code == 409


def test_autosave_answers_with_the_time_and_the_version(client, scene, session):
    application = scene.assigned()
    client.sign_in(scene.member)
    answer = client.post(at(scene, application, "autosave"), data={"p_c1": "3", "version": "0"})
    first = answer.json["version"]
    assert answer.json["saved"] == "16.30"
    answer = client.post(at(scene, application, "autosave"), data={"p_c1": "4", "version": first})
    second = answer.json["version"]
    stale = client.post(at(scene, application, "autosave"), data={"p_c1": "5", "version": first})
    assert stale.status_code == 409
    assert stale.json["code"] == "stale"
    wrong = client.post(at(scene, application, "autosave"), data={"p_c1": "11", "version": second})
    assert wrong.status_code == 422 and wrong.json["message"]
    kept = session.scalars(select(Score)).all()
    assert {str(score.points) for score in kept if score.points is not None} == {"4"}


def test_two_windows_show_both_versions(client, scene, session):
    application = scene.assigned()
    client.sign_in(scene.member)
    client.post(at(scene, application), data={"p_c1": "3", "version": "0"})
    version = client.page(at(scene, application)).select_one("[name=version]")["value"]
    client.post(at(scene, application), data={"p_c1": "8", "version": version})
    data = {"p_c1": "5", "c_c1": "Mans", "version": version}
    stale = client.post(at(scene, application), data=data)
    assert stale.status_code == 409
    page = parsed(stale.text)
    (row,) = page.select("[role=alert] tbody tr")
    assert [cell.get_text() for cell in row.select("td")][1:] == ["5", "8"]
    assert page.select_one("textarea[name=c_c1]").get_text() == "Mans"
    page = client.page(at(scene, application))
    assert page.select_one("input[name=p_c1][value='8']").has_attr("checked")


def test_an_old_tab_does_not_overwrite_the_copy_after_a_reopening(client, scene, session):
    """The copy has the version that the old tab shows; it is another sheet all the same."""
    application = scene.scored(("7", "7"))  # the chair's, who then may see the others'
    sheet = scene.make.sheet(application, scene.member, {"c1": "3", "c2": "3"}, submitted=False)
    scene.call.discussion_opened_at = clock.now()
    session.commit()
    client.sign_in(scene.member)
    old = client.page(at(scene, application)).select_one("[name=version]")["value"]
    client.send(at(scene, application, "check"))
    client.sign_in(scene.chair)
    client.send(at(scene, application, "sheets", str(sheet.id), "reopen"), {"reason": "Kļūda."})
    client.sign_in(scene.member)
    new = client.page(at(scene, application)).select_one("[name=version]")["value"]
    assert SeenVersion.read(old) == SeenVersion.read(new), "the same number"
    sent = {"p_c1": "9", "version": old}
    assert client.post(at(scene, application), data=sent).status_code == 409
    assert client.post(at(scene, application, "autosave"), data=sent).json["code"] == "stale"
    again = client.post(at(scene, application, "check"), data={"version": old})
    assert again.status_code == 409
    assert reload(session, application, scene.member).state is SheetState.DRAFT


def test_a_comment_comes_back_as_it_was(client, scene, session):
    application = scene.assigned()
    client.sign_in(scene.member)
    data = {"c_c1": COMBINED, "overall": COMBINED, "version": "0"}
    assert client.post(at(scene, application, "autosave"), data=data).status_code == 200
    kept = stored(COMBINED)
    assert reload(session, application, scene.member).overall == kept
    assert kept in session.scalars(select(Score.comment)).all()
    field = client.page(at(scene, application)).select_one("[name=overall]")
    assert stored(field.get_text()) == kept
    client.page(at(scene, application, "check"))


@pytest.mark.parametrize("words", ["a\x00b", "a" * 200_000])
def test_comments_that_cannot_be_kept_are_refused_and_nothing_is_lost(client, scene, words):
    application = scene.assigned()
    client.sign_in(scene.member)
    data = {"c_c1": words, "c_c2": "Cits komentārs", "version": "0"}
    refused = client.post(at(scene, application), data=data)
    assert refused.status_code in (400, 422)
    if refused.status_code == 422:
        assert "Cits komentārs" in refused.text


@pytest.mark.parametrize("points", ["11", "-1", "0.25", "x", "1e3", "NaN", "٣"])
def test_points_off_the_scale(client, scene, points):
    application = scene.assigned()
    client.sign_in(scene.member)
    refused = client.post(at(scene, application), data={"p_c1": points, "version": "0"})
    assert refused.status_code == 422


def test_a_suspected_conflict_waits_for_the_chair(client, scene, desk, make):
    application = scene.assigned(title="Slepena doma")
    make.row(
        Suspicion(
            person_id=scene.member.id,
            application_id=application.id,
            grounds=["same_organisation"],
        )
    )
    client.sign_in(scene.member)
    assert client.get(at(scene, application)).status_code == 403
    client.sign_in(scene.chair)
    page = client.page(f"{desk}/conflicts")
    link = page.select_one("main table a")["href"]
    assert client.send(link, {"verdict": "cleared"}).status_code == 422, "a reason is owed"
    client.send(link, {"verdict": "cleared", "reason": "Cits Jānis."})
    client.sign_in(scene.member)
    assert client.get(at(scene, application)).status_code == 200


class TestTheChair:
    def test_progress_and_reminders(self, client, scene, desk):
        scene.eligible()
        client.sign_in(scene.chair)
        data = {"mode": "all", "due-day": "1", "due-month": "12", "due-year": "2026"}
        assert client.send(f"{desk}/assignment", data).location == f"{desk}/progress"
        page = client.page(f"{desk}/progress")
        assert "0 no 3" in page.get_text()
        sent = client.send(f"{desk}/progress", {"people": [str(scene.member.id)]})
        assert sent.status_code == 302

    def test_reopening(self, client, scene, session):
        application = scene.scored(*[("7", "7")] * 3)
        scene.call.discussion_opened_at = clock.now()
        session.commit()
        sheet = reload(session, application, scene.member)
        client.sign_in(scene.chair)
        url = at(scene, application, "sheets", str(sheet.id), "reopen")
        client.send(url, {"reason": "Pārrēķinies."})
        assert reload(session, application, scene.member).state is SheetState.DRAFT
        assert "Pārrēķinies." in text(client.get(at(scene, application, "sheets")))
        client.sign_in(scene.secretary)
        assert client.get(url).status_code == 403

    def test_the_secretary_leads_nothing(self, client, scene, desk):
        client.sign_in(scene.secretary)
        for page in ("assignment", "discussion"):
            assert client.get(f"{desk}/{page}").status_code == 403
        assert client.post(f"{desk}/progress", data={"people": "x"}).status_code == 403


def test_foreign_children_are_not_found(client, make, scene):
    elsewhere = make.competition("closed")
    make.grant(scene.member, CommitteeRole.MEMBER, elsewhere)
    foreign = make.application(elsewhere, submitted=True)
    make.eligible(foreign)
    make.assigned(foreign, scene.member)
    sheet = make.sheet(foreign, scene.member, {"c1": "5", "c2": "5"})
    own = scene.scored(*[("7", "7")] * 3)
    client.sign_in(scene.member)
    for rest in ([], ["declaration"], ["check"], ["sheets"]):
        assert client.get(at(scene, foreign, *rest)).status_code == 404
    assert client.post(at(scene, foreign), data={"p_c1": "5"}).status_code == 404
    client.sign_in(scene.chair)
    assert client.get(at(scene, own, "sheets", str(sheet.id), "reopen")).status_code == 404


def test_an_administrator_and_a_stranger_find_nothing(client, make, scene, desk):
    application = scene.assigned()
    urls = [desk, f"{desk}/progress", f"{desk}/ranking", f"{desk}/meetings", at(scene, application)]
    for person in (make.person(Role.ADMINISTRATOR), make.person()):
        client.sign_in(person)
        for url in urls:
            assert client.get(url).status_code == 404, url


def test_the_pages_make_the_same_number_of_queries_for_one_and_for_many(client, scene, desk, app):
    client.sign_in(scene.chair)
    counts = []
    for more in (1, 8):
        for _ in range(more):
            scene.scored(("7", "7"))
        counts.append([])
        for url in (desk, f"{desk}/progress", f"{desk}/conflicts", f"{desk}/declarations"):
            with counted_queries(app) as queries:
                client.page(url)
            counts[-1].append(len(queries))
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 14, counts


def test_in_english(client, scene, desk):
    application = scene.assigned()
    client.sign_in(scene.member)
    assert "My committee work" in text(client.get(f"{desk}?lang=en"))
    assert "Check and submit" in text(client.get(at(scene, application) + "?lang=en"))


def test_before_the_assignment_a_declaration_leads_nowhere_yet(client, scene, desk):
    """What cannot be opened yet is no link, and nobody is said to score it."""
    application = scene.eligible(title="Slepena doma")
    client.sign_in(scene.member)
    answer = client.send(at(scene, application, "declaration"), {"kind": "none"})
    assert answer.location == desk
    page = client.page(desk)
    assert "kad priekšsēdētājs" in page.get_text() and "vērtē citi" not in page.get_text()
    assert not page.select(f'a[href="{at(scene, application)}"]')


def test_the_board_of_progress_counts_who_is_recused_before_the_assignment(client, scene, desk):
    application = scene.eligible()
    client.sign_in(scene.member)
    client.send(at(scene, application, "declaration"), {"kind": "family", "note": "Māsa."})
    client.sign_in(scene.chair)
    recused = {
        row.select_one(".first").get_text(): row.select_one(
            '[data-label="Atstatīšanās"]'
        ).get_text()
        for row in client.page(f"{desk}/progress").select("tbody tr")
    }
    assert recused == {m.name: "1" if m is scene.member else "0" for m in scene.members}


def test_a_sheet_that_is_open_again_says_why(client, scene, desk):
    application = scene.scored(*[("7", "7")] * 3)
    client.sign_in(scene.chair)
    client.send(f"{desk}/discussion")
    sheets = client.page(at(scene, application, "sheets"))
    client.send(
        sheets.select_one('a[href$="/reopen"]')["href"], {"reason": "Punkti nav tajā rindā."}
    )
    said = [
        client.sign_in(person).page(at(scene, application)).get_text() for person in scene.members
    ]
    assert sum("Punkti nav tajā rindā." in words for words in said) == 1
