"""What is changed after it was submitted: marked while it can be submitted anew, then not shown."""

from datetime import timedelta

import pytest

from portal.core import clock
from portal.core.accounts.models import Role
from portal.core.questions.models import AnswerFile
from portal.grants.applications.models import Submission
from tests.core.papers.samples import read
from tests.pages import PageClient, counted_queries, text
from tests.world.scene import Scene, pdf

CHANGED = "Iesniegts, tad mainīts"


@pytest.fixture
def changed(client: PageClient, scene: Scene) -> Scene:
    """Submitted as „Pirmais”; then the title is changed, and a file is attached."""
    client.sign_in(scene.owner)
    client.send(scene.path("/sections/project"), {"q_title": "Pirmais"})
    assert client.send(scene.path("/check"), {}).status_code == 302
    client.send(scene.path("/sections/project"), {"q_title": "Otrais"})
    client.post(scene.path("/sections/papers"), data={"q_plans": pdf("vēlāk.pdf"), "version": "0;"})
    return scene


@pytest.mark.parametrize("page", ["list", "task list", "section", "receipt", "check"])
def test_every_page_says_so_with_the_one_step(
    client: PageClient, changed: Scene, page: str
) -> None:
    tails = {"section": "/sections/project", "receipt": "/receipt", "check": "/check"}
    path = "/my/applications" if page == "list" else changed.path(tails.get(page, ""))
    shown = client.page(path)
    assert CHANGED in shown.get_text()
    if page != "check":
        step = shown.select_one(f'main a[href="{changed.path("/check")}"]')
        assert step and step.get_text() == "Pārbaudīt un iesniegt no jauna"
    else:
        assert shown.select_one("main form button")
    assert "vairāk nekas nav vajadzīgs" not in shown.get_text()


def test_a_section_that_is_as_it_was_submitted_is_not_marked(
    client: PageClient, changed: Scene
) -> None:
    client.send(changed.path("/check"), {})
    client.send(changed.path("/sections/project"), {"q_title": "Trešais"})
    assert CHANGED in client.page(changed.path("/sections/project")).get_text()
    assert CHANGED not in client.page(changed.path("/sections/papers")).get_text()


def test_submitted_anew_or_put_back_it_is_marked_no_longer(
    client: PageClient, changed: Scene
) -> None:
    client.send(changed.path("/check"), {})
    for tail in ("", "/receipt", "/sections/project"):
        assert CHANGED not in client.page(changed.path(tail)).get_text()
    client.send(changed.path("/sections/project"), {"q_title": "Trešais"})
    client.send(changed.path("/sections/project"), {"q_title": "Otrais"})
    assert CHANGED not in client.page("/my/applications").get_text()


def test_the_receipt_and_its_papers_say_what_was_submitted(
    client: PageClient, changed: Scene
) -> None:
    assert "Pirmais" in client.page(changed.path("/receipt")).get_text()
    record = client.get(changed.path("/revisions/1/receipt.json")).json
    assert record and record["content"]["title"] == "Pirmais"


def test_a_paper_of_changes_says_what_counts(client: PageClient, changed: Scene) -> None:
    said = read(client.get(changed.path("/application.pdf")).data, "-layout")
    assert "šīs izmaiņas nav iesniegtas" in said and "Otrais" in said


def test_after_the_deadline_only_the_sealed_version_is_shown(
    client: PageClient, changed: Scene
) -> None:
    session = changed.make.session
    later = session.query(AnswerFile).filter_by(question_key="plans").one()
    with client.get(changed.path(f"/files/{later.id}")) as file:
        assert file.status_code == 200
    changed.make.rewrite(changed.call, deadline=clock.now() - timedelta(minutes=1))
    for tail in ("", "/sections/project", "/sections/papers", "/receipt"):
        shown = client.page(changed.path(tail)).get_text()
        assert "Otrais" not in shown and "vēlāk.pdf" not in shown and CHANGED not in shown, tail
    assert "Pirmais" in client.page("/my/applications").get_text()
    assert "Pirmais" in client.page(changed.path("/sections/project")).get_text()
    assert client.get(changed.path(f"/files/{later.id}")).status_code == 404
    drafted = client.get(changed.path("/application.pdf"))
    assert drafted.location.endswith("/revisions/1/application.pdf")
    assert client.get(changed.path("/check")).location.endswith("/receipt")
    for verb in ("/withdraw", "/discard"):
        assert client.get(changed.path(verb)).status_code == 302, verb
    late = client.post(changed.path("/submit"), data={"seen": "x"})
    assert late.status_code == 409 and "Otrais" not in text(late)


def test_the_list_of_own_applications_asks_the_same_for_many(
    client: PageClient, changed: Scene
) -> None:
    """As it compares each submission with its draft."""
    counts = []
    for more in (0, 5):
        for _ in range(more):
            changed.make.application(
                changed.call, by=changed.owner, organisation=changed.organisation, submitted=True
            )
        client.get("/my/applications")
        with counted_queries(client.application) as queries:
            client.page("/my/applications")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_what_a_sealed_reply_says_counts_in_lists_and_exports(
    client: PageClient, scene: Scene
) -> None:
    make = scene.make
    application = make.application(scene.call, submitted=True, title="Pirmais")
    make.rewrite(scene.call, deadline=clock.now() - timedelta(minutes=1))
    owner = scene.owner
    make.reply(
        application.id, owner, title="Precizētais", answers={"title": "Precizētais", "at_risk": 7}
    )
    make.reply(application.id, owner, answers={"participants": 33})
    client.sign_in(make.person(Role.AUDITOR))
    assert "Precizētais" in client.page(scene.board()).get_text()
    shown = client.page(scene.board(f"/{application.number}")).get_text()
    assert "Precizētais" in shown and "precizēts" in shown
    line = client.get(scene.board("/export.csv")).text.splitlines()[1]
    assert "Precizētais" in line and "33" in line and ";7;" in line.replace(",", ";")
    assert make.session.query(Submission).filter_by(title="Pirmais").count() == 1


def test_an_answer_emptied_in_a_sealed_reply_counts_as_empty(
    client: PageClient, scene: Scene
) -> None:
    make = scene.make
    application = make.application(scene.call, submitted=True)
    make.rewrite(scene.call, deadline=clock.now() - timedelta(minutes=1))
    make.reply(application.id, scene.owner, answers={"participants": 4321})
    client.sign_in(make.person(Role.AUDITOR))
    assert "4321" in client.get(scene.board("/export.csv")).text
    with clock.at(clock.now() + timedelta(seconds=1)):
        make.reply(application.id, scene.owner, answers={"participants": None})
    assert "4321" not in client.get(scene.board("/export.csv")).text
