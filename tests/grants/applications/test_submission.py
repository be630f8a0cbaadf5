"""Submitting once, twice, anew; withdrawing; what must not half happen."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from portal.core.accounts.models import Organisation, Role
from portal.core.messages.models import Message
from portal.core.questions.models import Answer
from portal.core.work import Work
from portal.grants.applications import rules
from portal.grants.applications.models import Application, ApplicationState, Submission
from tests.pages import PageClient, counted_queries, fields, text
from tests.world.scene import Scene, pdf


def submit(client: PageClient, scene: Scene, of: Application | None = None) -> TestResponse:
    return client.send(scene.path("/check", of), {})


def test_an_upload_and_a_submission_ask_only_so_much(client: PageClient, scene: Scene) -> None:
    client.sign_in(scene.owner)
    page = client.page(scene.path("/sections/papers"))
    sent = {**fields(page.select_one("form[data-autosave]")), "q_plans": pdf()}
    with counted_queries(client.application) as upload:
        assert client.post(scene.path("/sections/papers"), data=sent).status_code == 302
    seen = client.page(scene.path("/check")).select_one("[name=seen]")
    with counted_queries(client.application) as submission:
        client.post(scene.path("/submit"), data={"seen": seen["value"]})
    assert len(submissions(scene)) == 1
    assert len(upload) <= 15 and len(submission) <= 19, (upload, submission)


def submissions(scene: Scene) -> list[Submission]:
    scene.make.session.expire_all()
    return scene.make.session.query(Submission).order_by(Submission.revision).all()


def test_it_gets_a_number_a_seal_and_a_receipt(client: PageClient, scene: Scene) -> None:
    client.sign_in(scene.editor)
    assert submit(client, scene).status_code == 302
    application, (submission,) = scene.fresh(scene.draft), submissions(scene)
    assert application.number == f"{scene.call.code}-001"
    assert rules.seal(submission.content) == submission.seal
    assert submission.content["answers"]["project"]["participants"] == 20
    assert submission.submitted_by_id == scene.editor.id
    letters = {one.recipient for one in scene.make.session.query(Message)}
    assert letters == {scene.owner.email, scene.editor.email}


def test_twice_in_a_row_and_from_a_second_tab_it_is_in_once(
    client: PageClient, scene: Scene
) -> None:
    client.sign_in(scene.owner)
    first = client.page(scene.path("/check")).select_one("[name=seen]")
    second = client.page(scene.path("/check")).select_one("[name=seen]")
    assert first and second
    for seen in (first, first, second):
        sent = client.post(scene.path("/submit"), data={"seen": seen["value"]})
        assert sent.location == scene.path("/receipt")
    assert len(submissions(scene)) == 1
    assert scene.make.session.query(Message).count() == 2


def test_what_somebody_changed_since_it_was_checked_is_checked_again(
    client: PageClient, scene: Scene
) -> None:
    client.sign_in(scene.owner)
    seen = client.page(scene.path("/check")).select_one("[name=seen]")
    assert seen
    scene.make.session.query(Answer).filter_by(
        set_id=scene.draft.answer_set_id, question_key="need"
    ).update({"value": "Ilze to pārrakstīja."})
    scene.make.session.commit()
    sent = client.post(scene.path("/submit"), data={"seen": seen["value"]})
    assert sent.status_code == 409 and "Ilze to pārrakstīja." in sent.text
    assert not submissions(scene)
    assert submit(client, scene).status_code == 302


def test_submitted_anew_the_last_counts_and_all_are_kept(client: PageClient, scene: Scene) -> None:
    client.sign_in(scene.owner)
    submit(client, scene)
    client.send(scene.path("/sections/project"), {"q_need": "Pārdomāts.", "then": "return"})
    page = client.page(scene.path())
    assert "joprojām ir spēkā" in page.get_text() or "still counts" in page.get_text()
    assert [one.superseded_at for one in submissions(scene)] == [None]
    submit(client, scene)
    first, second = submissions(scene)
    assert first.superseded_at and second.superseded_at is None
    assert first.content["answers"]["project"]["need"] == "Jauniešiem vajag vietu."
    assert second.content["answers"]["project"]["need"] == "Pārdomāts."
    assert scene.fresh(scene.draft).number == f"{scene.call.code}-001"
    assert client.get(scene.path("/revisions/1/receipt.pdf")).status_code == 200
    assert client.get(scene.path("/revisions/3/receipt.pdf")).status_code == 404


def test_withdrawn_it_does_not_count_until_it_is_submitted_again(
    client: PageClient, scene: Scene
) -> None:
    client.sign_in(scene.owner)
    submit(client, scene)
    client.send(scene.path("/withdraw"), {})
    assert scene.fresh(scene.draft).state is ApplicationState.WITHDRAWN
    assert submissions(scene)[0].superseded_at
    client.page(scene.path("/receipt"))
    assert client.post(scene.path("/withdraw")).status_code == 409
    submit(client, scene)
    assert scene.fresh(scene.draft).state is ApplicationState.SUBMITTED
    assert [one.superseded_at is None for one in submissions(scene)] == [False, True]


def test_numbers_have_no_gaps(client: PageClient, scene: Scene) -> None:
    client.sign_in(scene.owner)
    for _ in range(3):
        application = scene.make.application(
            scene.call, by=scene.owner, organisation=scene.organisation
        )
        submit(client, scene, application)
        client.send(scene.path("/withdraw", application), {})
    scene.make.session.expire_all()
    numbers = [one.number for one in scene.make.session.query(Application) if one.number]
    assert sorted(numbers) == [f"{scene.call.code}-{n:03d}" for n in (1, 2, 3)]


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"q_title": ""}, "title"),
        ({"q_participants": "daudz"}, "participants"),
        ({"q_participants": "3"}, "participants"),
        ({"q_at_risk": "30"}, "at_risk"),
        ({"q_need": "x" * 2001}, "need"),
    ],
)
def test_what_is_missing_or_wrong_is_refused_with_a_link_to_its_field(
    client: PageClient, scene: Scene, answers: dict[str, str], field: str
) -> None:
    scene.make.rewrite(scene.call, participants_min=10)
    client.sign_in(scene.owner)
    saved = client.send(scene.path("/sections/project"), {**answers, "then": "return"})
    assert saved.status_code == 302, "saving takes anything"
    sent = client.send(scene.path("/check"), {})
    assert sent.status_code == 409
    target = f"{scene.path('/sections/project')}?check=1#question-{field}"
    assert target in sent.text
    page = client.page(target)
    assert page.select_one(f"#question-{field} .govuk-error-message")
    assert not submissions(scene)


def test_an_organisation_submits_as_many_as_it_may(client: PageClient, scene: Scene) -> None:
    scene.make.rewrite(scene.call, applications_per_organisation=1)
    other = scene.make.application(scene.call, by=scene.owner, organisation=scene.organisation)
    client.sign_in(scene.owner)
    submit(client, scene)
    refused = submit(client, scene, other)
    assert refused.status_code == 409 and len(submissions(scene)) == 1
    started = client.send(f"/my/applications/start/{scene.call.slug}", {})
    assert started.status_code == 422


def test_a_kind_that_the_call_does_not_name_cannot_start(client: PageClient, scene: Scene) -> None:
    scene.make.rewrite(scene.call, eligible_kinds=["foundation"])
    client.sign_in(scene.owner)
    assert client.send(f"/my/applications/start/{scene.call.slug}", {}).status_code == 422


def test_a_youth_group_names_its_partner(client: PageClient, scene: Scene) -> None:
    group = scene.make.organisation(kind="youth_group", registration_number=None)
    person = scene.make.person()
    scene.make.grant(person, Role.OWNER, group)
    client.sign_in(person)
    path = f"/my/applications/start/{scene.call.slug}"
    assert client.send(path, {}).status_code == 422
    wrong = client.send(path, {"partner_number": "40008000010", "partner_name": "Kaut kas"})
    assert wrong.status_code == 422
    started = client.send(
        path,
        {
            "partner_number": "40003032949",
            "partner_name": "Biedrība „Partneris”",
            "partner_kind": "association",
        },
    )
    assert started.status_code == 302, text(started)
    partner = scene.make.session.query(Organisation).filter_by(registration_number="40003032949")
    assert partner.one().name == "Biedrība „Partneris”"


def test_a_request_that_dies_halfway_leaves_nothing(
    client: PageClient, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.sign_in(scene.owner)
    sent: list[str] = []

    def dies_at_the_second(self: Work, template: str, **values: Any) -> None:
        sent.append(template)
        if len(sent) == 2:
            raise RuntimeError("the light went out")

    monkeypatch.setattr(Work, "send", dies_at_the_second)
    with pytest.raises(RuntimeError):
        submit(client, scene)
    application = scene.fresh(scene.draft)
    assert application.state is ApplicationState.DRAFT and application.number is None
    assert not submissions(scene) and not scene.make.session.query(Message).count()


def test_the_seal_covers_the_files(client: PageClient, scene: Scene) -> None:
    client.sign_in(scene.owner)
    client.send(scene.path("/sections/papers"), {"q_partner": pdf(), "then": "return"})
    submit(client, scene)
    (submission,) = submissions(scene)
    (sealed,) = submission.content["attachments"]
    assert sealed["name"] == "apliecinājums.pdf" and len(sealed["sha256"]) == 64


def test_a_stranger_finds_nothing(client: PageClient, scene: Scene) -> None:
    client.sign_in(scene.owner)
    submit(client, scene)
    client.sign_in(scene.stranger)
    for tail in (
        "",
        "/check",
        "/receipt",
        "/application.pdf",
        "/withdraw",
        "/discard",
        "/sections/project",
        "/revisions/1/receipt.pdf",
        "/revisions/1/receipt.json",
    ):
        assert client.get(scene.path(tail)).status_code == 404, tail
    for tail in ("/submit", "/withdraw", "/discard", "/sections/project"):
        assert client.post(scene.path(tail), data={}).status_code == 404, tail
