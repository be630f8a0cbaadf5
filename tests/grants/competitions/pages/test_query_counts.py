"""Lists and rooms of calls ask the database as much for many rows as for one."""

import pytest

from portal.core import clock
from portal.core.accounts.models import Role
from portal.core.db import Words
from portal.core.questions.models import Question
from tests.grants.competitions.rows import amended, board, document, inquiry
from tests.pages import counted_queries


def test_the_call_page_stays_within_twelve_queries(client, make, session, app):
    counts = []
    for rows in (1, 30):
        competition = make.competition("open")
        amended(session, competition, rows)
        for _ in range(rows):
            document(session, competition, versions=2)
            inquiry(session, competition, answer="Jā.", answered_at=clock.now())
        client.sign_in(make.person())
        with counted_queries(app) as statements:
            client.page(f"/competitions/{competition.slug}")
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 9


@pytest.mark.parametrize(
    "path", ["/competitions", "/competitions?show=past", "/board/competitions"]
)
def test_lists_ask_as_much_for_30_calls_as_for_one(client, make, app, path):
    client.sign_in(make.person(Role.OFFICER))
    counts = []
    for rows in (1, 29):
        for number in range(rows):
            make.competition(("open", "announced", "published", "closed")[number % 4])
        with counted_queries(app) as statements:
            client.page(path)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 12


@pytest.mark.parametrize("room", ["documents", "form", "criteria", "amendments", "questions"])
def test_the_rooms_of_a_call_ask_as_much_for_many_rows(client, make, session, app, room):
    client.sign_in(make.person(Role.OFFICER))
    counts = []
    for rows in (1, 30):
        competition = make.competition("open")
        amended(session, competition, rows)
        for number in range(rows):
            document(session, competition, versions=2)
            inquiry(session, competition, asked_by_id=make.person().id)
            session.add(
                Question(
                    form_id=competition.form.id,
                    section_id=competition.sections[0].id,
                    key=f"more_{number}",
                    kind="date",
                    label=Words("Kad?"),
                    position=number + 10,
                )
            )
        session.commit()
        with counted_queries(app) as statements:
            client.page(board(competition, room))
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 12


def test_the_past_is_paged_by_key(client, make):
    for _ in range(32):
        make.competition("closed")
    first = client.page("/competitions?show=past")
    assert len(first.select(".asns-cards > li")) == 30
    second = client.page(first.select_one(".asns-pager a[rel=next]")["href"])
    assert len(second.select(".asns-cards > li")) == 2
    both = [a["href"] for page in (first, second) for a in page.select(".asns-cards h3 a")]
    assert len(set(both)) == 32
    client.page("/competitions?show=past&before=no-such-call")
    client.page("/competitions?show=nothing")
