"""Which pages a browser may take for the same."""

from datetime import timedelta

from portal.core import clock
from portal.core.db import Words
from portal.grants.competitions.models import Competition
from tests.factories import Make
from tests.pages import PageClient


def test_a_changed_page_goes_by_another_tag(make: Make, client: PageClient) -> None:
    competition = make.competition("open", title=Words("Pirmais"))
    pages = ("/", f"/competitions/{competition.slug}")
    tags = {path: client.get(path).headers["ETag"] for path in pages}
    make.rewrite(make.session.get_one(Competition, competition.id), title=Words("Otrais"))
    for path, tag in tags.items():
        assert "Otrais" in client.get(path, headers={"If-None-Match": tag}).text
    with clock.at(competition.deadline + timedelta(seconds=1)):
        assert "Otrais" not in client.get("/").text, "no longer open"


def test_a_deadline_ends_within_the_minute_that_it_begins(make: Make, client: PageClient) -> None:
    """Its first second belongs to the open time, and not another one."""
    competition = make.competition("open", title=Words("Pirmais"))
    assert competition.deadline.second == 0
    for seconds, is_open in ((-1, True), (0.5, True), (1, False), (59, False)):
        with clock.at(competition.deadline + timedelta(seconds=seconds)):
            assert ("Pirmais" in client.get("/").text) == is_open, seconds


def test_nobody_gets_the_page_of_another(make: Make, client: PageClient) -> None:
    path = f"/competitions/{make.competition('open').slug}"
    anonymous = client.get(path).data
    pages = {anonymous}
    for name in ("Anna Pirmā", "Berta Otrā"):
        client.sign_in(make.person(name=name))
        page = client.get(path)
        assert name in page.text
        pages.add(page.data)
    assert len(pages) == 3
    assert client.application.test_client().get(path).data == anonymous
