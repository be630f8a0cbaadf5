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


def submit(client: PageClient, world: Scene, of: Application | None = None) -> TestResponse:
    return client.send(world.path("/check", of), {})


def test_an_upload_and_a_submission_ask_only_so_much(client: PageClient, world: Scene) -> None:
    client.sign_in(world.owner)
    page = client.page(world.path("/sections/papers"))
    sent = {**fields(page.select_one("form[data-autosave]")), "q_plans": pdf()}
    with counted_queries(client.application) as upload:
        assert client.post(world.path("/sections/papers"), data=sent).status_code == 302
    seen = client.page(world.path("/check")).select_one("[name=seen]")
    with counted_queries(client.application) as submission:
        client.post(world.path("/submit"), data={"seen": seen["value"]})
    assert len(submissions(world)) == 1
    assert len(upload) <= 15 and len(submission) <= 19, (upload, submission)


def submissions(world: Scene) -> list[Submission]:
    world.make.session.expire_all()
    return world.make.session.query(Submission).order_by(Submission.revision).all()


def test_it_gets_a_number_a_seal_and_a_receipt(client: PageClient, world: Scene) -> None:
    client.sign_in(world.editor)
    assert submit(client, world).status_code == 302
    application, (submission,) = world.fresh(world.draft), submissions(world)
    assert application.number == f"{world.call.code}-001"
    assert rules.seal(submission.content) == submission.seal
    assert submission.content["answers"]["project"]["participants"] == 20
    assert submission.submitted_by_id == world.editor.id
    letters = {one.recipient for one in world.make.session.query(Message)}
    assert letters == {world.owner.email, world.editor.email}


def test_twice_in_a_row_and_from_a_second_tab_it_is_in_once(
    client: PageClient, world: Scene
) -> None:
    client.sign_in(world.owner)
    first = client.page(world.path("/check")).select_one("[name=seen]")
    second = client.page(world.path("/check")).select_one("[name=seen]")
    assert first and second
    for seen in (first, first, second):
        sent = client.post(world.path("/submit"), data={"seen": seen["value"]})
        assert sent.location == world.path("/receipt")
    assert len(submissions(world)) == 1
    assert world.make.session.query(Message).count() == 2


def test_what_somebody_changed_since_it_was_checked_is_checked_again(
    client: PageClient, world: Scene
) -> None:
    client.sign_in(world.owner)
    seen = client.page(world.path("/check")).select_one("[name=seen]")
    assert seen
    world.make.session.query(Answer).filter_by(
        set_id=world.draft.answer_set_id, question_key="need"
    ).update({"value": "Ilze to pārrakstīja."})
    world.make.session.commit()
    sent = client.post(world.path("/submit"), data={"seen": seen["value"]})
    assert sent.status_code == 409 and "Ilze to pārrakstīja." in sent.text
    assert not submissions(world)
    assert submit(client, world).status_code == 302


def test_submitted_anew_the_last_counts_and_all_are_kept(client: PageClient, world: Scene) -> None:
    client.sign_in(world.owner)
    submit(client, world)
    client.send(world.path("/sections/project"), {"q_need": "Pārdomāts.", "then": "return"})
    page = client.page(world.path())
    assert "joprojām ir spēkā" in page.get_text() or "still counts" in page.get_text()
    assert [one.superseded_at for one in submissions(world)] == [None]
    submit(client, world)
    first, second = submissions(world)
    assert first.superseded_at and second.superseded_at is None
    assert first.content["answers"]["project"]["need"] == "Jauniešiem vajag vietu."
    assert second.content["answers"]["project"]["need"] == "Pārdomāts."
    assert world.fresh(world.draft).number == f"{world.call.code}-001"
    assert client.get(world.path("/revisions/1/receipt.pdf")).status_code == 200
    assert client.get(world.path("/revisions/3/receipt.pdf")).status_code == 404


def test_withdrawn_it_does_not_count_until_it_is_submitted_again(
    client: PageClient, world: Scene
) -> None:
    client.sign_in(world.owner)
    submit(client, world)
    client.send(world.path("/withdraw"), {})
    assert world.fresh(world.draft).state is ApplicationState.WITHDRAWN
    assert submissions(world)[0].superseded_at
    client.page(world.path("/receipt"))
    assert client.post(world.path("/withdraw")).status_code == 409
    submit(client, world)
    assert world.fresh(world.draft).state is ApplicationState.SUBMITTED
    assert [one.superseded_at is None for one in submissions(world)] == [False, True]


def test_numbers_have_no_gaps(client: PageClient, world: Scene) -> None:
    client.sign_in(world.owner)
    for _ in range(3):
        application = world.make.application(
            world.call, by=world.owner, organisation=world.organisation
        )
        submit(client, world, application)
        client.send(world.path("/withdraw", application), {})
    world.make.session.expire_all()
    numbers = [one.number for one in world.make.session.query(Application) if one.number]
    assert sorted(numbers) == [f"{world.call.code}-{n:03d}" for n in (1, 2, 3)]


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
    client: PageClient, world: Scene, answers: dict[str, str], field: str
) -> None:
    world.make.rewrite(world.call, participants_min=10)
    client.sign_in(world.owner)
    saved = client.send(world.path("/sections/project"), {**answers, "then": "return"})
    assert saved.status_code == 302, "saving takes anything"
    sent = client.send(world.path("/check"), {})
    assert sent.status_code == 409
    target = f"{world.path('/sections/project')}?check=1#question-{field}"
    assert target in sent.text
    page = client.page(target)
    assert page.select_one(f"#question-{field} .govuk-error-message")
    assert not submissions(world)


def test_an_organisation_submits_as_many_as_it_may(client: PageClient, world: Scene) -> None:
    world.make.rewrite(world.call, applications_per_organisation=1)
    other = world.make.application(world.call, by=world.owner, organisation=world.organisation)
    client.sign_in(world.owner)
    submit(client, world)
    refused = submit(client, world, other)
    assert refused.status_code == 409 and len(submissions(world)) == 1
    started = client.send(f"/my/applications/start/{world.call.slug}", {})
    assert started.status_code == 422


def test_a_kind_that_the_call_does_not_name_cannot_start(client: PageClient, world: Scene) -> None:
    world.make.rewrite(world.call, eligible_kinds=["foundation"])
    client.sign_in(world.owner)
    assert client.send(f"/my/applications/start/{world.call.slug}", {}).status_code == 422


def test_a_youth_group_names_its_partner(client: PageClient, world: Scene) -> None:
    group = world.make.organisation(kind="youth_group", registration_number=None)
    person = world.make.person()
    world.make.grant(person, Role.OWNER, group)
    client.sign_in(person)
    path = f"/my/applications/start/{world.call.slug}"
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
    partner = world.make.session.query(Organisation).filter_by(registration_number="40003032949")
    assert partner.one().name == "Biedrība „Partneris”"


def test_a_request_that_dies_halfway_leaves_nothing(
    client: PageClient, world: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.sign_in(world.owner)
    sent: list[str] = []

    def dies_at_the_second(self: Work, template: str, **values: Any) -> None:
        sent.append(template)
        if len(sent) == 2:
            raise RuntimeError("the light went out")

    monkeypatch.setattr(Work, "send", dies_at_the_second)
    with pytest.raises(RuntimeError):
        submit(client, world)
    application = world.fresh(world.draft)
    assert application.state is ApplicationState.DRAFT and application.number is None
    assert not submissions(world) and not world.make.session.query(Message).count()


def test_the_seal_covers_the_files(client: PageClient, world: Scene) -> None:
    client.sign_in(world.owner)
    client.send(world.path("/sections/papers"), {"q_partner": pdf(), "then": "return"})
    submit(client, world)
    (submission,) = submissions(world)
    (sealed,) = submission.content["attachments"]
    assert sealed["name"] == "apliecinājums.pdf" and len(sealed["sha256"]) == 64


def test_a_stranger_finds_nothing(client: PageClient, world: Scene) -> None:
    client.sign_in(world.owner)
    submit(client, world)
    client.sign_in(world.stranger)
    for tail in (
        *("", "/check", "/receipt", "/application.pdf", "/withdraw", "/discard"),
        *("/sections/project", "/revisions/1/receipt.pdf", "/revisions/1/receipt.json"),
    ):
        assert client.get(world.path(tail)).status_code == 404, tail
    for tail in ("/submit", "/withdraw", "/discard", "/sections/project"):
        assert client.post(world.path(tail), data={}).status_code == 404, tail
