"""The second level of navigation, and how far an evaluation is on the board's pages."""

import pytest

from portal.core import clock
from portal.core.accounts.models import Role
from tests.pages import counted_queries, text

# Letters of: my work, eligibility, committee, conflicts, progress, ranking, meetings.
ADDRESSES = {
    "w": "/committee/{}",
    "e": "/board/competitions/{}/eligibility",
    "a": "/board/competitions/{}/committee",
    "c": "/committee/{}/conflicts",
    "p": "/committee/{}/progress",
    "r": "/committee/{}/ranking",
    "m": "/committee/{}/meetings",
}


def rooms(page):
    return [link["href"] for link in page.select(".asns-rooms a")]


@pytest.fixture
def address(scene):
    return {letter: url.format(scene.call.slug) for letter, url in ADDRESSES.items()}


@pytest.fixture
def person_of(scene, make):
    board = {"officer": Role.OFFICER, "head": Role.HEAD, "auditor": Role.AUDITOR}
    scene.assigned()
    return lambda who: make.person(board[who]) if who in board else getattr(scene, who)


@pytest.mark.parametrize(
    ("who", "letters"),
    [
        ("member", "wm"),
        ("chair", "wcprm"),
        ("secretary", "wcprm"),
        ("officer", "eacprm"),
        ("head", "eacprm"),
        ("auditor", "eacprm"),
    ],
)
def test_each_finds_the_pages_that_concern_them_and_no_others(
    client, person_of, address, who, letters
):
    client.sign_in(person_of(who))
    wanted = [address[letter] for letter in letters]
    for url in wanted:
        page = client.page(url)
        assert rooms(page) == wanted
        assert page.select_one(".asns-rooms a[aria-current]")["href"] == url


def test_a_member_finds_the_ranking_once_the_discussion_is_open(client, scene, session, address):
    scene.scored(*[("9", "9")] * 3)
    scene.call.discussion_opened_at = clock.now()
    session.flush()
    client.sign_in(scene.member)
    assert address["r"] in rooms(client.page(address["w"]))


def test_every_stage_stands_on_the_competitions_page(client, make, scene, address):
    scene.scored(("9", "9"), ("8", "8"))
    scene.eligible()
    scene.make.application(scene.call, submitted=True)
    client.sign_in(make.person(Role.OFFICER))
    page = client.page(f"/board/competitions/{scene.call.slug}")
    stages = {link["href"]: text(link) for link in page.select(".asns-strip a")}
    counted = {letter: stages[address[letter]][0] for letter in "earm"}
    assert counted == {"e": "2", "a": "3", "r": "–", "m": "0"}, "nothing is ranked yet"
    assert "2 / 3" in stages[address["p"]]
    assert text(page.select_one(".asns-strip .is-now")).startswith("2"), "one is not checked yet"


def test_counting_costs_as_much_for_many_competitions(client, app, make, scene):
    client.sign_in(make.person(Role.OFFICER))
    with counted_queries(app) as one:
        client.page("/board/competitions")
    for _each in range(5):
        make.competition("closed")
    with counted_queries(app) as many:
        client.page("/board/competitions")
    assert len(many) == len(one)
