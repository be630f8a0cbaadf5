"""The ranking's page and its export."""

import csv
import io
from decimal import Decimal

import pytest

from portal.core import clock
from portal.core.accounts.models import Role
from tests.pages import counted_queries, text
from tests.world.scene import evaluating


@pytest.fixture
def page_of(client, scene):
    def get(query=""):
        return client.page(f"/committee/{scene.call.slug}/ranking{query}")

    return get


def rows(page):
    return page.select("main tbody tr")


def cut(page):
    """How many lines stand above the line where the money ends; None without one."""
    marks = ["cut" in (row.get("class") or []) for row in rows(page)]
    return marks.index(True) if True in marks else None


def test_places_points_and_the_cut_line(client, scene):
    scene.scored(*[("9", "9")] * 3, title="Otrā vieta")
    scene.scored(("10", "10"), ("9", "9"), ("9.5", "9"), title="Pirmā vieta")
    client.sign_in(scene.chair)
    page = client.page(f"/committee/{scene.call.slug}/ranking")
    first, cut, second = rows(page)
    assert "Pirmā vieta" in first.get_text() and "18,83" in first.get_text()
    assert "cut" in cut["class"]
    assert "1 × 4 600 € = 4 600 €" in cut.get_text()
    assert "Otrā vieta" in second.get_text() and "18,00" in second.get_text()
    assert len(first.select("svg circle")) == 3


def test_what_if_moves_the_line_and_saves_nothing(client, scene, page_of, session):
    for points in ("9", "8", "7"):
        scene.scored(*[(points, points)] * 3)
    client.sign_in(scene.chair)
    for query, line in (("", 1), ("?grants=2", 2), ("?budget=9200", 2), ("?grants=0", 0)):
        assert cut(page_of(query)) == line
    for query in ("?grants=3", "?grants=99", "?budget=99999999999"):
        assert cut(page_of(query)) is None, "all of them get one"
    for query in ("?grants=x", "?grants=-1", "?grants=1e3", "?budget=%F0%9F%8E%89", "?grants="):
        assert cut(page_of(query)) == 1, "as the terms say"
    session.expire_all()
    assert scene.call.grants == 1


def test_flags(client, make):
    scene = evaluating(make, spread_flag=Decimal(6), discussion_opened_at=clock.now())
    scene.scored(*[("10", "2.5")] * 3, title="Zem minimuma")
    scene.scored(("3", "4"), ("6", "7"), ("6", "7"), title="Izkliede")
    scene.scored(*[("6", "6")] * 3, title="Tā pati A")
    scene.scored(*[("6", "6")] * 3, title="Tā pati B")
    client.sign_in(scene.chair)
    page = client.page(f"/committee/{scene.call.slug}/ranking")

    def line(title):
        return next(row.get_text() for row in rows(page) if title in row.get_text())

    assert "zem minimuma: Kritērijs c2" in line("Zem minimuma")
    assert "plaša izkliede" in line("Izkliede")
    assert "neizšķirts" in line("Tā pati A") and "neizšķirts" in line("Tā pati B")


def test_what_blocks_the_decision_stands_above(client, scene, page_of):
    scene.scored(("7", "7"))
    client.sign_in(scene.chair)
    said = " ".join(page_of().get_text(" ").split())
    assert "Trūkst 2 vērtēšanas veidlapu" in said
    assert scene.secretary.name in said and scene.member.name in said


def test_members_see_it_when_the_discussion_is_open(client, make):
    scene = evaluating(make)
    scene.scored(*[("7", "7")] * 3)
    client.sign_in(scene.member)
    assert client.get(f"/committee/{scene.call.slug}/ranking").status_code == 403
    scene.call.discussion_opened_at = clock.now()
    make.session.commit()
    assert "14,00" in text(client.get(f"/committee/{scene.call.slug}/ranking"))


@pytest.mark.parametrize("role", [Role.OFFICER, Role.HEAD, Role.AUDITOR])
def test_the_board_reads_it(client, make, scene, role, page_of):
    scene.scored(*[("7", "7")] * 3)
    client.sign_in(make.person(role))
    assert "14,00" in page_of().get_text()


def test_csv_has_every_mean_and_no_formula(client, make, scene):
    organisation = make.organisation(name="=HYPERLINK(1)")
    scene.scored(("7.5", "8"), ("8", "8.5"), organisation=organisation, title="@SUM(A1)")
    client.sign_in(scene.chair)
    sent = client.get(f"/committee/{scene.call.slug}/ranking.csv")
    assert sent.mimetype == "text/csv"
    table = list(csv.reader(io.StringIO(sent.data.decode("utf-8-sig")), delimiter=";"))
    line = dict(zip(table[0], table[1], strict=True))
    assert {"'=HYPERLINK(1)", "'@SUM(A1)"} <= set(line.values())
    assert line["Kritērijs c1"] == "7,75" and line["Kritērijs c2"] == "8,25"
    assert line["Kopā"] == "16,00" and line["Veidlapas"] == "2"


def test_at_most_twenty_queries_for_one_and_for_thirty(client, scene, app):
    client.sign_in(scene.chair)
    counts = []
    for more in (1, 29):
        for _ in range(more):
            scene.scored(("7", "7"))
        with counted_queries(app) as queries:
            client.page(f"/committee/{scene.call.slug}/ranking")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 20, counts


def test_before_anything_is_eligible(client, scene, page_of):
    client.sign_in(scene.chair)
    assert page_of().select(".asns-empty")
