"""What came by another way than the portal: checked against the deadline by the right instant."""

import io
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from portal.core import clock
from portal.core.accounts.models import Organisation, Role
from portal.core.clock import riga
from portal.core.messages.models import Message
from portal.core.questions.models import AnswerFile
from portal.grants.applications.models import Application, Channel, Submission
from tests.conftest import NOW
from tests.core.papers.samples import read
from tests.pages import PageClient, counted_queries, text
from tests.world.scene import Scene, pdf

DEADLINE = riga(date(2026, 11, 18), 23, 59, 59)


@pytest.fixture
def closed(client: PageClient, scene: Scene) -> Scene:
    """The deadline was two days ago; the officer has signed in."""
    scene.make.rewrite(scene.call, opens_at=DEADLINE - timedelta(days=10), deadline=DEADLINE)
    client.sign_in(scene.officer)
    return scene


def paper(
    received: datetime = DEADLINE, channel: str = "in_person", **values: Any
) -> dict[str, Any]:
    local = received.astimezone(clock.RIGA)
    return {
        "channel": channel,
        "received-day": str(local.day),
        "received-month": str(local.month),
        "received-year": str(local.year),
        "received-time": f"{local:%H.%M}",
        "kind": "association",
        "registration_number": "40003032949",
        "name": "Biedrība „Papīrs”",
        "email": "papirs@example.lv",
        "q_title": "Papīra projekts",
        "q_participants": "12",
        "scans": pdf("iesniegums.pdf"),
        **values,
    }


def registered(scene: Scene) -> Application | None:
    scene.make.session.expire_all()
    return scene.make.session.query(Application).filter(Application.channel != "portal").first()


def test_it_gets_number_seal_and_a_letter_like_all_others(
    client: PageClient, closed: Scene
) -> None:
    sent = client.send(closed.board("/register"), paper(q_minors=pdf("saraksts.pdf")))
    assert sent.status_code == 302, text(sent)
    application = registered(closed)
    assert application and application.number == f"{closed.call.code}-001"
    closed.make.board_declares()
    page = client.page(closed.board(f"/{application.number}")).get_text()
    copied = application.number.replace("-", " ") + "\u200b"
    assert client.get(closed.board(f"/{copied}")).status_code == 200
    assert "Papīra projekts" in page and "iesniegums.pdf" in page and "personīgi" in page
    assert application.registered_by_id == closed.officer.id
    submission = closed.make.session.query(Submission).one()
    assert submission.content["channel"] == "in_person"
    assert submission.submitted_at == DEADLINE.replace(second=0)
    minors = closed.make.session.query(AnswerFile).filter_by(question_key="minors").one()
    assert minors.names_minors
    assert closed.make.session.query(Message).one().recipient == "papirs@example.lv"


def test_its_paper_says_what_was_entered_and_once_where_the_rest_stands(
    client: PageClient, closed: Scene
) -> None:
    form = client.page(closed.board("/register")).get_text()
    assert "visi kopā līdz" in form, "formats and sizes are said before"
    client.send(closed.board("/register"), paper())
    application = registered(closed)
    assert application
    closed.make.board_declares()
    said = read(client.get(closed.board(f"/{application.number}/application.pdf")).data, "-layout")
    assert f"Reģistrēja {closed.officer.name}" in said and "Iesniedza" not in said
    assert "Papīra projekts" in said and "12" in said and "iesniegums.pdf" in said
    assert "Nav atbildēts" not in said and said.count("Viss pārējais ir pašā iesniegumā") == 1


def test_the_receipt_of_a_late_registration_tells_only_what_is_to_come(
    client: PageClient, closed: Scene
) -> None:
    with clock.at(DEADLINE + timedelta(days=10)):  # after that of the sealed terms, too
        client.sign_in(closed.officer)
        client.send(closed.board("/register"), paper())
        application = registered(closed)
        assert application
        closed.make.board_declares()
        made = client.get(closed.board(f"/{application.number}/receipt.pdf"))
    receipt = read(made.data)
    assert "Kas notiks tālāk Tagad" in receipt and "Konkurss noslēdzas" not in receipt
    assert "Labojumiem" not in receipt


MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("channel", [one for one in Channel if one not in ("portal", "post")])
@pytest.mark.parametrize(
    ("moment", "counts"), [(-MINUTE, True), (timedelta(0), True), (MINUTE, False)]
)
def test_each_channel_by_the_instant_at_which_it_came(
    client: PageClient, closed: Scene, channel: str, moment: timedelta, counts: bool
) -> None:
    sent = client.send(closed.board("/register"), paper(DEADLINE + moment, channel))
    assert sent.status_code == (302 if counts else 422), text(sent)
    assert (registered(closed) is not None) is counts
    if not counts:
        assert "Papīra projekts" in sent.text


@pytest.mark.parametrize(
    ("postmark", "counts"),
    [(date(2026, 11, 17), True), (date(2026, 11, 18), True), (date(2026, 11, 19), False)],
)
def test_by_post_the_postmark_counts(
    client: PageClient, closed: Scene, postmark: date, counts: bool
) -> None:
    marked = {
        "postmark-day": str(postmark.day),
        "postmark-month": str(postmark.month),
        "postmark-year": str(postmark.year),
    }
    sent = client.send(
        closed.board("/register"), paper(DEADLINE + timedelta(days=1), "post", **marked)
    )
    assert sent.status_code == (302 if counts else 422), text(sent)
    application = registered(closed)
    assert (application.postmark if application else None) == (postmark if counts else None)
    if application:
        closed.make.board_declares()
        receipt = read(
            client.get(closed.board(f"/{application.number}/receipt.pdf")).data, "-layout"
        )
        assert f"Pasta zīmogs {postmark.day}.11.2026." in receipt
        assert f"Reģistrēja {closed.officer.name}" in receipt and "Iesniedza" not in receipt


@pytest.mark.parametrize(
    "wrong",
    [
        {"registration_number": ""},
        {"registration_number": "40003032948"},
        {"scans": (io.BytesIO(b""), "")},
        {"scans": (io.BytesIO(b"MZ"), "virus.pdf")},
        {"q_title": ""},
        {"kind": "youth_group"},
        {"received-year": "2031"},
        {"received-day": "31", "received-month": "2"},
        {"channel": "post"},
        {"channel": "portal"},
        {"q_participants": "daudz"},
    ],
)
def test_what_is_wrong_is_refused_and_nothing_is_left(
    client: PageClient, closed: Scene, wrong: dict[str, Any]
) -> None:
    before = closed.make.session.query(Organisation).count()
    sent = client.send(closed.board("/register"), {**paper(), **wrong})
    assert sent.status_code == 422, text(sent)
    assert registered(closed) is None
    assert closed.make.session.query(Organisation).count() == before


def test_a_known_organisation_is_found_by_its_number(client: PageClient, closed: Scene) -> None:
    known = closed.make.organisation(registration_number="40003032949", name="Sen zināma")
    client.send(closed.board("/register"), paper())
    application = registered(closed)
    assert application and application.organisation_id == known.id


def test_only_an_officer_registers(client: PageClient, closed: Scene) -> None:
    for role in (Role.HEAD, Role.AUDITOR):
        client.sign_in(closed.make.person(role))
        assert client.get(closed.board("/register")).status_code == 403
        assert client.post(closed.board("/register"), data=paper()).status_code == 403
    client.sign_in(closed.owner)
    assert client.get(closed.board("/register")).status_code == 404


def test_numbers_go_on_with_those_of_the_portal(client: PageClient, closed: Scene) -> None:
    with clock.at(DEADLINE - timedelta(hours=1)):
        client.sign_in(closed.owner)
        client.send(closed.path("/check"), {})
    client.sign_in(closed.officer)
    client.send(closed.board("/register"), paper())
    application = registered(closed)
    assert application and application.number == f"{closed.call.code}-002"


@pytest.mark.parametrize("sort", ["number", "received", "applicant", "nonsense"])
def test_the_list_is_filtered_sorted_and_paged_by_links(
    client: PageClient, closed: Scene, sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.grants.applications.intake.queries.PAGE", 2)
    sent = [closed.make.application(closed.call, submitted=True) for _ in range(5)]
    for show in ("counted", "paper", "withdrawn", ""):
        seen: list[str] = []
        url: str | None = closed.board(f"?sort={sort}&show={show}")
        while url:
            page = client.page(url)
            seen += [cell.get_text(" ").split()[0] for cell in page.select("tbody td.first")]
            following = page.select_one('a[rel="next"]')
            url = str(following["href"]) if following else None
        expected = [] if show in ("paper", "withdrawn") else [one.number for one in sent]
        assert sorted(seen) == sorted(expected)
    client.page(closed.board("?after=nonsense&sort=received"))


def test_the_list_asks_as_much_for_30_as_for_1(
    app: Flask, client: PageClient, closed: Scene
) -> None:
    counts = []
    for extra in (1, 29):
        for _ in range(extra):
            closed.make.application(closed.call, submitted=True)
        with counted_queries(app) as statements:
            client.page(closed.board())
        counts.append(len(statements))
    assert counts[0] == counts[1] and counts[0] <= 12, counts
    assert NOW > DEADLINE
