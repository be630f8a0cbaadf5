"""The applicants' pages from the list to the receipt."""

from datetime import timedelta

from portal.core import clock
from tests.core.documents.samples import PDF
from tests.factories import Make
from tests.pages import PageClient, text
from tests.world.scene import Scene, pdf


def test_from_the_call_to_the_receipt(client: PageClient, scene: Scene) -> None:
    client.sign_in(scene.owner)
    assert "Projekts" in client.page("/my/applications").get_text()
    started = client.send(f"/my/applications/start/{scene.call.slug}", {})
    assert started.status_code == 302
    page = client.page(started.location)
    assert "1 no 3" in page.get_text() or "1 of 3" in page.get_text()
    path = started.location
    saved = client.send(
        f"{path}/sections/project",
        {"q_title": "Ķēde", "q_need": "Vajag.", "q_participants": "20", "q_at_risk": "5"},
    )
    assert saved.location.endswith("/sections/papers")
    client.send(f"{path}/sections/papers", {"q_minors": pdf(), "then": "return"})
    check = client.page(f"{path}/check")
    assert "Ķēde" in check.get_text() and "apliecinājums.pdf" in check.get_text()
    sent = client.send(f"{path}/check", {})
    assert sent.location == f"{path}/receipt", text(sent)
    receipt = client.page(sent.location)
    assert scene.call.code in receipt.h1.get_text()
    assert client.get(f"{path}/revisions/1/receipt.pdf").data.startswith(b"%PDF")
    assert client.get(f"{path}/revisions/1/application.pdf").data.startswith(b"%PDF")
    drawn = client.get(f"{path}/application.pdf", follow_redirects=True)
    assert drawn.data.startswith(b"%PDF")
    assert client.get(f"{path}/revisions/1/receipt.json").json["form"] == "asns/receipt/1"
    client.page(path)
    client.page("/my/applications")


def test_results_that_are_late_are_not_promised_any_more(
    client: PageClient, scene: Scene, make: Make
) -> None:
    mine = make.application(
        scene.call, by=scene.owner, organisation=scene.organisation, submitted=True
    )
    pages = ("/my/applications", scene.path(of=mine), f"/competitions/{scene.call.slug}")
    for days in (0, 1):
        with clock.at(clock.end_of(scene.call.results_by + timedelta(days=days))):
            client.sign_in(scene.owner)
            for page in pages:
                assert ("bija solīti līdz" in client.page(page).get_text()) is bool(days), page


def test_a_file_that_is_cut_off_is_marked_to_its_people_and_to_the_board(
    client: PageClient, scene: Scene
) -> None:
    client.sign_in(scene.owner)
    attached = {"q_partner": pdf("vesels.pdf", PDF), "q_plans": pdf("nepilns.pdf", PDF[:-20])}
    client.send(scene.path("/sections/papers"), {**attached, "then": "return"})
    for page in ("/sections/papers", "/check"):
        assert client.page(scene.path(page)).get_text().count("Failam trūkst beigu") == 1, page
    client.send(scene.path("/check"), {})
    number = scene.fresh(scene.draft).number
    scene.make.board_declares()
    with clock.at(scene.call.deadline + timedelta(hours=1)):
        client.sign_in(scene.officer)
        board = client.page(scene.board(f"/{number}"))
    marked = [one.get_text() for one in board.select(".asns-files li") if "beigu" in one.get_text()]
    assert len(marked) == 1 and "nepilns.pdf" in marked[0]
