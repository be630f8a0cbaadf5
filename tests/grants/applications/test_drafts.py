"""Writing a draft: saving anything, two editors, files, and who may not."""

import io
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask

from portal.core import clock
from portal.core.accounts.demo import registration_number
from portal.core.accounts.models import Role
from portal.core.audit.models import JournalEntry
from portal.core.db import Words
from portal.core.documents.uploads import Limits
from portal.core.questions.answers import service
from portal.core.questions.models import AnswerFile, Question, Section
from portal.grants.applications.models import ApplicationState
from tests.core.documents.samples import PDF
from tests.pages import PageClient, counted_queries, fields, parsed, text
from tests.world.scene import Scene, pdf


def answers(scene: Scene) -> dict[str, Any]:
    return scene.make.answered(scene.draft.answer_set_id)


def test_saving_takes_anything_and_shows_what_is_wrong(client: PageClient, scene: Scene) -> None:
    client.sign_in(scene.owner)
    typed = {"q_title": "", "q_participants": "divdesmit", "q_at_risk": "5", "q_need": "y" * 2500}
    saved = client.send(scene.path("/sections/project"), {**typed, "then": "return"})
    assert saved.status_code == 302
    assert answers(scene)["participants"] == "divdesmit"
    page = client.page(scene.path("/sections/project"))
    assert page.select_one("#question-participants .govuk-error-message")
    assert page.select_one("[name=q_participants]")["value"] == "divdesmit"  # type: ignore[index]
    assert not page.select_one("#question-title .govuk-error-message"), "missing is no matter yet"


def test_the_buttons_lead_on_and_back(client: PageClient, scene: Scene) -> None:
    client.sign_in(scene.owner)
    path = scene.path("/sections/project")
    assert client.send(path, {"then": "next"}).location == scene.path("/sections/papers")
    assert client.send(path, {"then": "return"}).location == scene.path()
    assert client.send(scene.path("/sections/papers"), {"then": "next"}).location == scene.path()


def test_autosave_says_when_and_gives_the_new_version(client: PageClient, scene: Scene) -> None:
    client.sign_in(scene.owner)
    version = client.page(scene.path("/sections/project")).select_one("[name=version]")
    assert version
    path, line = scene.path("/sections/project/autosave"), str(version["value"])

    def save(line: str, **typed: str) -> Any:
        """All that the page shows, as it sends it."""
        shown = {"title": "Sākums", "need": "", "participants": "20", "at_risk": "5", **typed}
        return client.post(
            path, data={"version": line, **{f"q_{key}": value for key, value in shown.items()}}
        )

    saved = save(line, title="Pirmais")
    assert saved.json["saved"] == "16.30"
    assert save(saved.json["version"], title="Otrais").status_code == 200
    assert save(line, title="Trešais").status_code == 200, (
        "an answer lost on its way is no conflict"
    )
    other_tab = f"other;{line.partition(';')[2]}"
    stale = save(other_tab, title="Ceturtais", participants="30")
    assert stale.status_code == 409
    assert stale.json["code"] == "stale" and "title" in stale.json["message"]
    assert answers(scene) == {"title": "Trešais", "participants": 30, "at_risk": 5}


def test_autosave_of_an_expired_session_is_401(client: PageClient, scene: Scene) -> None:
    refused = client.post(
        scene.path("/sections/project/autosave"),
        data={"q_title": "x"},
        headers={"Accept": "application/json"},
    )
    assert refused.status_code == 401 and refused.json


def test_two_editors_see_both_versions_and_nothing_is_overwritten(
    client: PageClient, scene: Scene
) -> None:
    client.sign_in(scene.owner)
    mine = client.page(scene.path("/sections/project")).select_one("[name=version]")
    assert mine
    client.sign_in(scene.editor)
    client.send(scene.path("/sections/project"), {"q_need": "Ilzes vajadzība", "q_at_risk": "7"})
    client.sign_in(scene.owner)
    typed = {
        **{"q_title": "Mans nosaukums", "q_need": "Annas vajadzība"},
        **{"q_participants": "20", "q_at_risk": "5", "version": mine["value"]},
    }
    refused = client.post(scene.path("/sections/project"), data=typed)
    assert refused.status_code == 409
    assert "Ilzes vajadzība" in refused.text and "Annas vajadzība" in refused.text
    assert answers(scene)["need"] == "Ilzes vajadzība"
    assert answers(scene)["title"] == "Mans nosaukums", "what only I changed is saved at once"

    form = parsed(refused.text).select_one("main form[method=post]")
    assert form
    values = fields(form)
    assert values["q_at_risk"] == ["7"], "what only the other changed is taken"
    assert values["q_title"] == ["Mans nosaukums"], "what only I changed stays"
    chosen = client.post(
        scene.path("/sections/project"), data={**values, "take": "need", "then": "return"}
    )
    assert chosen.status_code == 302, text(chosen)
    assert answers(scene) == {
        **{"title": "Mans nosaukums", "need": "Ilzes vajadzība"},
        **{"participants": 20, "at_risk": 7},
    }


# ------------------------------------------------------------------------ files


def files(scene: Scene, key: str | None = None) -> list[AnswerFile]:
    scene.make.session.expire_all()
    found = scene.make.session.query(AnswerFile).filter_by(set_id=scene.draft.answer_set_id)
    return [
        one
        for one in found
        if one.removed_at is None and (key or one.question_key) == one.question_key
    ]


def test_a_refused_file_loses_neither_the_text_nor_the_other_files(
    client: PageClient, scene: Scene
) -> None:
    client.sign_in(scene.owner)
    bad = (io.BytesIO(b"MZ\x90\x00 a program"), "plāns.pdf")
    refused = client.send(scene.path("/sections/papers"), {"q_partner": bad, "q_minors": pdf()})
    assert refused.status_code == 422 and "plāns.pdf" in refused.text
    assert [one.question_key for one in files(scene)] == ["minors"]


def test_the_journal_tells_a_file_that_came_from_one_that_was_refused(
    client: PageClient, scene: Scene
) -> None:
    client.sign_in(scene.owner)
    for name, events in (("virus.exe", 0), ("plans.pdf", 1)):
        client.send(scene.path("/sections/papers"), {"q_partner": pdf(name)})
        attached = scene.make.session.query(JournalEntry).filter_by(
            event="application.file_attached", subject_id=scene.draft.id
        )
        assert attached.count() == events, name


def test_a_second_file_for_a_single_place_asks_and_several_stand_together(
    client: PageClient, scene: Scene
) -> None:
    client.sign_in(scene.owner)
    path = scene.path("/sections/papers")
    for name, status in (("viens.pdf", 302), ("divi.pdf", 409)):
        sent = client.send(path, {"q_partner": pdf(name), "q_plans": pdf(name)})
        assert sent.status_code == status
    assert [one.file.name for one in files(scene, "partner")] == ["viens.pdf"]
    client.send(path, {"q_partner": pdf("trīs.pdf"), "replace": "partner"})
    assert [one.file.name for one in files(scene, "partner")] == ["trīs.pdf"]
    assert [one.file.name for one in files(scene, "plans")] == ["viens.pdf", "divi.pdf"]


def test_the_same_bytes_under_another_name_are_said_to_stand_under_the_first(
    client: PageClient, scene: Scene
) -> None:
    client.sign_in(scene.owner)
    for name in ("viens.pdf", "divi.pdf"):
        sent = {"question": "plans", "file": pdf(name, PDF)}
        answer = client.post(scene.path("/files"), data=sent).json
        assert answer and "viens.pdf" in answer["said"] and "divi.pdf" not in answer["files"]


def test_a_file_is_removed_and_what_was_typed_is_kept(client: PageClient, scene: Scene) -> None:
    client.sign_in(scene.owner)
    client.send(scene.path("/sections/papers"), {"q_partner": pdf()})
    (attached,) = files(scene)
    assert client.get(scene.path(f"/files/{attached.id}"), buffered=True).data.startswith(b"%PDF")
    client.send(scene.path("/sections/papers"), {"remove": str(attached.id)})
    assert not files(scene)


def test_all_files_together_have_a_limit(
    client: PageClient, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "Limits", partial(Limits, together=1200))
    client.sign_in(scene.owner)
    client.send(scene.path("/sections/papers"), {"q_plans": pdf("viens.pdf")})
    client.send(scene.path("/sections/papers"), {"q_plans": pdf("divi.pdf")})
    refused = client.send(scene.path("/sections/papers"), {"q_plans": pdf("trīs.pdf")})
    assert refused.status_code == 422 and "trīs.pdf" in refused.text
    assert len(files(scene)) == 2


def test_rows_come_and_go_without_scripts_and_lose_nothing(
    client: PageClient, scene: Scene
) -> None:
    section = (
        scene.make.session.query(Section).filter_by(form_id=scene.call.form.id, key="project").one()
    )
    columns = [
        {"key": "what", "kind": "short_text", "lv": "Kas"},
        {"key": "cost", "kind": "money", "lv": "Cik"},
        {"key": "day", "kind": "date", "lv": "Kad"},
    ]
    plan = Question(
        form_id=section.form_id,
        section_id=section.id,
        key="plan",
        kind="table",
        label=Words("Plāns"),
        position=9,
    )
    scene.make.rewrite(plan, settings={"columns": columns})
    client.sign_in(scene.owner)
    row = {"q_plan-0-what": "Sākums", "q_plan-0-cost": "lēti", "q_plan-0-day": "31.2.2026"}
    added = client.send(scene.path("/sections/project"), {**row, "q_plan-add": "1"})
    assert added.status_code == 200 and "lēti" in added.text
    focused = parsed(added.text).select("[autofocus]")
    assert [one["name"] for one in focused] == ["q_plan-1-what"], "the page goes on in the new row"
    assert (
        client.send(scene.path("/sections/project"), {**row, "then": "return"}).status_code == 302
    )
    assert answers(scene)["plan"] == [{"what": "Sākums", "cost": "lēti", "day": "31.2.2026"}]
    page = client.page(scene.path("/sections/project?check=1"))
    assert page.select_one("[name=q_plan-0-day]")["value"] == "31.2.2026"  # type: ignore[index]
    assert len(page.select("#question-plan .govuk-error-message")) == 3
    assert page.get_text().count("Tāda datuma nav") == 2, "in the summary and at its cell"
    assert "(nav obligāti)" not in page.select_one("#question-plan").get_text()  # type: ignore[union-attr]
    link = client.page(scene.path("/check")).select_one("a[href$='#q_plan-0-cost']")
    assert link and link.get_text().startswith("Cik, 1. rinda: ")
    assert page.select_one("#q_plan-0-cost"), "the link leads to the cell"
    many = {f"q_plan-{index}-what": "x" for index in range(250)}
    assert client.send(scene.path("/sections/project"), many).status_code == 422
    assert len(answers(scene)["plan"]) == 1, "too many rows are refused, not cut off"


def test_what_is_wrong_is_said_at_once_and_what_is_missing_is_not(
    client: PageClient, scene: Scene
) -> None:
    client.sign_in(scene.owner)
    at = scene.path("/sections/project")
    saved = client.send(at, {"q_title": "Ķēde", "q_participants": "divpadsmit"})
    assert client.page(saved.location).select(".asns-flash--warning")
    saved = client.send(at, {"q_title": "Ķēde", "q_participants": ""})
    assert not client.page(saved.location).select(".asns-flash--warning")


def test_a_youth_group_owes_a_partner_and_is_told_where(client: PageClient, scene: Scene) -> None:
    group = scene.make.organisation(kind="youth_group", registration_number=None)
    client.sign_in(scene.make.person(Role.OWNER, scope=group))
    start = f"/my/applications/start/{scene.call.slug}"
    assert "nav obligāti" not in client.page(start).get_text()
    refused = client.send(start, {"partner_number": registration_number(815)})
    page = parsed(refused.text)
    assert refused.status_code == 422
    assert page.select_one("#partner_name-error") and page.select_one("#partner_kind-error")
    assert not page.select_one("#partner_number-error")


def test_a_youth_group_changes_its_partner_until_the_deadline(
    client: PageClient, scene: Scene
) -> None:
    group = scene.make.organisation(kind="youth_group", registration_number=None)
    first = scene.make.organisation(name="Pirmā")
    draft = scene.make.application(
        scene.call,
        by=scene.make.person(Role.OWNER, scope=group),
        organisation=group,
        partner_id=first.id,
    )
    at = scene.path("/partner", of=draft)
    client.sign_in(scene.make.person(Role.EDITOR, scope=group))
    assert client.page(scene.path(of=draft)).select(f'a[href="{at}"]')
    other = {
        "partner_number": registration_number(816),
        "partner_name": "Otrā",
        "partner_kind": "association",
    }
    assert client.send(at, {**other, "partner_name": ""}).status_code == 422
    assert client.send(at, other).status_code == 302
    assert "Otrā" in text(client.get(scene.path(of=draft)))
    with clock.at(scene.call.deadline + timedelta(seconds=1)):
        client.sign_in(scene.make.person(Role.EDITOR, scope=group))
        assert client.send(at, {**other, "partner_name": "Trešā"}).status_code == 409
    client.sign_in(scene.owner)
    assert client.get(scene.path("/partner")).status_code == 404


def test_each_page_of_the_form_says_when_it_is_due(client: PageClient, scene: Scene) -> None:
    client.sign_in(scene.owner)
    at = scene.path("/sections/project")
    assert client.page(at).select_one(".asns-due:not(.asns-due--now)")
    with clock.at(scene.call.deadline - timedelta(minutes=50)):
        client.sign_in(scene.owner)
        page = client.page(at)
        due, version = page.select_one(".asns-due--now"), page.select_one("[name=version]")
        assert version
        typed = {"q_title": "Ķēde", "version": version["value"]}
        saved = client.post(f"{at}/autosave", data=typed)
    assert due and saved.json
    for left in (due.get_text(), saved.json["left"]):
        assert "vēl 50 minūtes" in left.replace("\N{NO-BREAK SPACE}", " ")
    with clock.at(scene.call.deadline + timedelta(minutes=1)):
        client.sign_in(scene.owner)
        assert not client.page(at).select(".asns-due")


# ------------------------------------------------------------------ who may not


def test_nested_ids_belong_to_their_application(client: PageClient, scene: Scene) -> None:
    other = scene.make.application(
        scene.call, by=scene.stranger, organisation=scene.make.organisation()
    )
    client.sign_in(scene.owner)
    client.send(scene.path("/sections/papers"), {"q_partner": pdf()})
    (attached,) = files(scene)
    scene.make.grant(scene.owner, Role.OWNER, other.organisation)
    client.sign_in(scene.owner)
    assert client.get(scene.path(f"/files/{attached.id}", of=other)).status_code == 404
    assert client.get(scene.path("/sections/none")).status_code == 404
    client.send(scene.path("/sections/papers", of=other), {"remove": str(attached.id)})
    assert files(scene), "removed through another application"


def test_a_draft_is_thrown_away_and_a_submitted_one_is_not(
    client: PageClient, scene: Scene
) -> None:
    client.sign_in(scene.owner)
    sent = scene.make.application(
        scene.call, by=scene.owner, organisation=scene.organisation, submitted=True
    )
    assert client.post(scene.path("/discard", of=sent)).status_code == 409
    assert client.send(scene.path("/discard"), {}).status_code == 302
    assert client.get(scene.path()).status_code == 404
    assert scene.fresh(sent).state is ApplicationState.SUBMITTED


def test_the_board_and_the_committee_never_see_a_draft(client: PageClient, scene: Scene) -> None:
    for person in (scene.officer, scene.make.person(Role.HEAD), *scene.make.committee(scene.call)):
        client.sign_in(person)
        assert client.get(scene.path()).status_code == 404


# ----------------------------------------------------------------------- queries


@pytest.mark.parametrize("path", ["/my/applications", ""])
def test_queries_do_not_grow_with_what_is_shown(
    app: Flask, client: PageClient, scene: Scene, path: str
) -> None:
    counts: list[Any] = []
    for extra in (0, 29):
        for _ in range(extra):
            scene.make.application(scene.call, by=scene.owner, organisation=scene.organisation)
        client.sign_in(scene.owner)
        with counted_queries(app) as statements:
            client.page(path or scene.path())
        counts.append(len(statements))
    assert counts[0] == counts[1] and counts[0] <= 12, counts


def test_a_final_application_is_shown_without_its_answers(
    app: Flask, client: PageClient, scene: Scene
) -> None:
    sent = scene.make.application(
        scene.call, by=scene.owner, organisation=scene.organisation, submitted=True
    )
    with clock.at(scene.call.deadline + timedelta(seconds=1)):
        client.sign_in(scene.owner)
        client.page(scene.path(of=sent))
        with counted_queries(app) as statements:
            client.page(scene.path(of=sent))
    assert not any("FROM answers" in one for one in statements)
    assert len(statements) <= 9, statements  # two of them the form, which a process then keeps
