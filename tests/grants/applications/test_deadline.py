"""At the deadline it is in, a second later it is out: for each role, verb and channel."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from portal.core import clock
from portal.core.clock import riga
from portal.core.formats import NBSP, exact_instant, until
from portal.core.periods import whole_second
from portal.core.questions.models import Answer
from portal.grants.applications.models import ApplicationState, Submission
from tests.conftest import NOW
from tests.pages import PageClient, text
from tests.world.scene import Scene, pdf

SECOND = timedelta(seconds=1)
DEADLINES = [
    riga(date(2026, 11, 25), 23, 59, 59),
    riga(date(2027, 3, 27), 23, 59, 59),  # the night in which the clocks go forward
    riga(date(2027, 3, 28), 23, 59, 59),
    riga(date(2026, 10, 24), 23, 59, 59),  # and back
    riga(date(2026, 10, 25), 23, 59, 59),
]
PARTNER = {
    "partner_number": "40008000013",
    "partner_name": "Biedrība",
    "partner_kind": "association",
}
MOMENTS = [
    (-SECOND, True),
    (timedelta(0), True),
    (timedelta(milliseconds=900), True),
    (SECOND, False),
]


@contextmanager
def closing(scene: Scene, deadline: datetime) -> Iterator[None]:
    """The call closes at `deadline`; its people have signed in a little before."""
    scene.make.rewrite(
        scene.call,
        opens_at=deadline - timedelta(days=10),
        announced_at=deadline - timedelta(days=20),
        deadline=deadline,
    )
    with clock.at(deadline - timedelta(minutes=5)):
        yield


@pytest.mark.parametrize("deadline", DEADLINES)
@pytest.mark.parametrize(("moment", "counts"), MOMENTS)
def test_submitting(
    client: PageClient, scene: Scene, deadline: datetime, moment: timedelta, counts: bool
) -> None:
    with closing(scene, deadline):
        client.sign_in(scene.owner)
        seen = client.page(scene.path("/check")).select_one("[name=seen]")
        assert seen
    with clock.at(deadline + moment):
        sent = client.post(scene.path("/submit"), data={"seen": seen["value"]})
    application = scene.fresh(scene.draft)
    if counts:
        assert sent.status_code == 302
        assert application.state is ApplicationState.SUBMITTED
    else:
        assert sent.status_code == 409
        received = exact_instant(deadline + moment)
        assert f"Viss nosūtītais saņemts {received}, bet tam bija jābūt saņemtam līdz" in text(sent)
        assert exact_instant(deadline) in text(sent)
        assert application.state is ApplicationState.DRAFT and application.number is None


@pytest.mark.parametrize("who", ["owner", "editor"])
@pytest.mark.parametrize(("moment", "counts"), MOMENTS)
def test_every_other_verb(
    client: PageClient, scene: Scene, who: str, moment: timedelta, counts: bool
) -> None:
    with closing(scene, DEADLINES[0]):
        client.sign_in(getattr(scene, who))
        form = {"q_title": "Pirms termiņa rakstīts", "version": scene.version, "then": "return"}
        submitted = scene.make.application(
            scene.call, by=scene.owner, organisation=scene.organisation, submitted=True
        )
    with clock.at(DEADLINES[0] + moment):
        saved = client.post(scene.path("/sections/project"), data=form)
        auto = client.post(scene.path("/sections/project/autosave"), data=form)
        attached = client.post(
            scene.path("/sections/papers"), data={"q_partner": pdf(), "version": scene.version}
        )
        withdrawn = client.post(scene.path("/withdraw", of=submitted))
        started = client.post(
            f"/my/applications/start/{scene.call.slug}",
            data={"organisation": str(scene.organisation.id)},
        )
    expected = 302 if counts else 409
    assert [one.status_code for one in (saved, attached, withdrawn)] == [expected] * 3
    assert auto.status_code == (200 if counts else 409)
    assert started.status_code == (302 if counts else 403)
    if not counts:
        assert "Pirms termiņa rakstīts" in saved.text, "what was typed is lost"
        assert "Nekas nav saglabāts" in saved.text and "Vēl jāizlabo" not in saved.text
        assert auto.json and auto.json["code"] == "too_late"


@pytest.mark.parametrize(("moment", "counts"), MOMENTS)
def test_what_had_to_wait_is_judged_by_when_it_was_received(
    client: PageClient,
    scene: Scene,
    proxied: Callable[[datetime], dict[str, str]],
    moment: timedelta,
    counts: bool,
) -> None:
    """A minute in the queue costs nobody anything, and gives nobody a second."""
    make, headers = scene.make, proxied(DEADLINES[0] + moment)
    form = {"q_title": "Rakstīts pēdējā minūtē", "version": scene.version, "then": "return"}
    own = {"by": scene.owner, "organisation": scene.organisation}
    partnered = make.application(scene.call, **own, partner_id=make.organisation().id)
    submitted = make.application(scene.call, **own, submitted=True)
    with closing(scene, DEADLINES[0]):
        client.sign_in(scene.owner)
        seen = client.page(scene.path("/check")).select_one("[name=seen]")
        assert seen
    call, project = scene.call.slug, scene.path("/sections/project")
    requests: list[tuple[str, dict[str, Any]]] = [
        (scene.path("/submit"), {"seen": seen["value"]}),
        (scene.path("/partner", of=partnered), PARTNER),
        (project, form),
        (f"{project}/autosave", form),
        (scene.path("/sections/papers"), {"q_partner": pdf(), "version": scene.version}),
        (scene.path("/withdraw", of=submitted), {}),
        (f"/my/applications/start/{call}", {"organisation": str(scene.organisation.id)}),
        (f"/competitions/{call}/questions", {"question": "Vai vēl drīkst?"}),
    ]
    with clock.at(DEADLINES[0] + timedelta(minutes=1)):
        answers = [client.post(path, data=data, headers=headers) for path, data in requests]
    assert [one.status_code for one in answers] == (
        [302, 302, 302, 200, 302, 302, 302, 302]
        if counts
        else [409, 409, 409, 409, 409, 409, 403, 403]
    )
    received = [one.submitted_at for one in scene.fresh(scene.draft).submissions]
    assert received == ([whole_second(DEADLINES[0] + moment)] if counts else [])


@pytest.mark.parametrize("tail", ["", "/check", "/sections/project"])
def test_pages_say_by_when_it_must_be_received(client: PageClient, scene: Scene, tail: str) -> None:
    said = f"Jābūt saņemtam līdz {until(DEADLINES[0])}".replace(NBSP, " ")
    with closing(scene, DEADLINES[0]):
        client.sign_in(scene.owner)
        assert said in " ".join(client.page(scene.path(tail)).get_text(" ").split())
    with clock.at(DEADLINES[0] + SECOND):
        assert "Jābūt saņemtam" not in client.page(scene.path(tail)).get_text()


def test_a_reader_never_submits(client: PageClient, scene: Scene) -> None:
    client.sign_in(scene.reader)
    client.page(scene.path())
    client.page(scene.path("/check"))
    client.page(scene.path("/sections/project"))
    for tail in ("/submit", "/withdraw", "/discard", "/sections/project"):
        assert client.post(scene.path(tail), data={}).status_code == 403


def test_what_is_in_already_gives_its_receipt_even_after_the_deadline(
    client: PageClient, scene: Scene
) -> None:
    with closing(scene, DEADLINES[0]):
        client.sign_in(scene.owner)
        seen = client.page(scene.path("/check")).select_one("[name=seen]")
        assert seen
        data = {"seen": seen["value"]}
        assert client.post(scene.path("/submit"), data=data).status_code == 302
    with clock.at(DEADLINES[0] + SECOND):
        again = client.post(scene.path("/submit"), data=data)
    assert again.location.endswith("/receipt")
    assert scene.make.session.query(Submission).count() == 1


@pytest.mark.parametrize("phase", ["announced", "draft", "closed", "cancelled"])
def test_nothing_is_started_where_a_call_is_not_open(
    client: PageClient, scene: Scene, phase: str
) -> None:
    call = scene.make.competition(phase)
    client.sign_in(scene.owner)
    status = 404 if phase == "draft" else 403
    assert client.get(f"/my/applications/start/{call.slug}").status_code == status
    sent = client.post(
        f"/my/applications/start/{call.slug}", data={"organisation": str(scene.organisation.id)}
    )
    assert sent.status_code == status


def test_after_the_deadline_the_answers_ask_for_nothing_more(
    client: PageClient, scene: Scene
) -> None:
    with closing(scene, DEADLINES[0]):
        client.sign_in(scene.owner)
        client.send(scene.path("/sections/project"), {"q_need": ""})
        assert client.page(scene.path("/check")).select(".asns-owed")
    with clock.at(DEADLINES[0] + SECOND):
        assert not client.page(scene.path("/check")).select(".asns-owed")


def test_a_deadline_that_moves_lets_a_late_draft_in(client: PageClient, scene: Scene) -> None:
    with closing(scene, DEADLINES[0]):
        client.sign_in(scene.owner)
    scene.make.rewrite(scene.call, deadline=DEADLINES[0] + timedelta(days=3))
    with clock.at(DEADLINES[0] + timedelta(minutes=1)):
        sent = client.send(scene.path("/check"), {})
        assert sent.location.endswith("/receipt")


def test_the_clock_of_the_tests_stands_before_these_deadlines(scene: Scene) -> None:
    assert DEADLINES[0] > NOW
    rows = scene.make.session.query(Answer).filter_by(set_id=scene.draft.answer_set_id)
    assert {one.version for one in rows} == {1}
