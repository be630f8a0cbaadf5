"""The demo data, as somebody meets them who has just started the portal."""

from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from flask import Flask

from portal.core import clock
from portal.core.accounts.models import Person
from portal.core.audit.models import JournalEntry
from portal.core.db import db
from portal.core.messages.models import Message
from portal.grants.applications import queries as applications
from portal.grants.applications.models import Application, ApplicationState, Register, Submission
from portal.grants.awards import queries as awards
from portal.grants.competitions.models import Competition
from portal.grants.competitions.rules import Phase, phase
from portal.grants.evaluation.models import Clarification, Score, ScoreSheet
from portal.grants.evaluation.ranking.queries import ranking_of
from tests.conftest import NOW
from tests.pages import text


@pytest.fixture(scope="module")
def demo(demo_portal: Callable[..., Flask]) -> Flask:
    """A portal of its own, in demo mode, with the demo data loaded for good."""
    app = demo_portal("demo")
    with clock.at(NOW):  # the fixture has marked it: this begins anew what was broken off
        result = app.test_cli_runner().invoke(args=["demo"])
    assert result.exit_code == 0, result.output
    return app


@pytest.fixture
def calls(demo: Flask) -> Iterator[dict[Phase, Competition]]:
    with demo.app_context():
        yield {phase(call, clock.now()): call for call in db.session.query(Competition)}


def test_there_is_a_call_in_every_stage(calls: dict[Phase, Competition]) -> None:
    assert set(calls) == {
        Phase.PUBLISHED,
        Phase.DECIDED,
        Phase.CLOSED,
        Phase.OPEN,
        Phase.ANNOUNCED,
    }


def test_the_call_of_2020_has_its_amendment_and_its_numbers(
    calls: dict[Phase, Competition],
) -> None:
    call = calls[Phase.PUBLISHED]
    assert (call.slug, call.code, call.fixed_sum) == ("liepaja-2020", "LIE-2020-1", 460_000)
    assert [a.changes[0]["field"] for a in call.amendments] == ["deadline"]
    assert call.deadline == clock.end_of(call.deadline.astimezone(clock.RIGA).date())
    results = awards.results(call)[call.id]
    assert (results.decided, len(results.awards)) == (14, 8)


def test_the_page_of_the_call_of_2020_says_what_was_published(demo: Flask) -> None:
    """Word by word, as the board published its terms in 2020."""
    page = " ".join(text(demo.test_client().get("/competitions/liepaja-2020?lang=lv")).split())
    for published in (
        "Liepājas pilsētas Izglītības pārvalde",
        "ESF projekts Nr. 8.3.4.0/16/I/001 „Atbalsts priekšlaicīgas mācību pārtraukšanas"
        " samazināšanai” (PuMPuRS)",
        "Ministru kabineta 12.07.2016. noteikumi Nr. 460",
        "Priekšlaicīgas mācību pārtraukšanas riska jauniešu iesaiste"
        " jaunatnes iniciatīvu projektos",
        "jauniešu iniciatīvu grupa sadarbībā ar reģistrētu organizāciju",
        "5.–12. klases",
        "1.–4. kursa",
        "8 × 4 600 €",
        "3–18 mēneši",
        "no 01.06.2020. līdz 31.12.2020.",
        "kā elektronisku dokumentu, kas parakstīts ar drošu elektronisko parakstu",
        "20.02.2020.",
        "01.03.2020.",
        "23.03.2020. 23.59",
        "14.04.2020. 23.59",
        "25.04.2020. gaidāmi rezultāti",
        "20.05.2020.",
        "Izglītības iestādes pasākumu plāns",
        "Darbības programmas īstenošanas noteikumi",
    ):
        assert published in page


def test_under_evaluation_there_is_a_tie_a_recusal_and_a_high_total_below_a_minimum(
    calls: dict[Phase, Competition],
) -> None:
    ranking = ranking_of(calls[Phase.CLOSED])
    assert len(ranking.entries) == 14
    assert sum(entry.placed.tied for entry in ranking.entries) == 2
    assert sum(entry.recused for entry in ranking.entries) == 1
    below = [e for e in ranking.entries if e.tally.below]
    assert [(e.total, e.tally.clears_minimums) for e in below] == [(Decimal("44.5"), False)]
    sheets = sum(entry.tally.n for entry in ranking.entries)
    assert 30 <= sheets <= 40  # of 69


def test_the_open_call_has_drafts_and_submissions(calls: dict[Phase, Competition]) -> None:
    states = [
        application.state
        for application in db.session.query(Application).filter_by(
            competition_id=calls[Phase.OPEN].id
        )
    ]
    assert states.count(ApplicationState.DRAFT) == 3
    assert states.count(ApplicationState.SUBMITTED) == 3


def test_every_closed_call_has_its_register(calls: dict[Phase, Competition]) -> None:
    for stage in (Phase.PUBLISHED, Phase.DECIDED, Phase.CLOSED):
        register = db.session.query(Register).filter_by(competition_id=calls[stage].id).one()
        assert len(register.entries) == len(applications.counted(calls[stage]))


def test_demo_data_are_refused_outside_of_demo_mode(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["demo"])
    assert result.exit_code != 0 and "DEMO=1" in result.output


def test_demo_data_are_loaded_once(demo: Flask) -> None:
    result = demo.test_cli_runner().invoke(args=["demo"])
    assert result.exit_code == 1 and "empty database" in result.output


def test_the_journal_keeps_nothing_that_was_written_in_confidence(demo: Flask) -> None:
    """What applicants and judges wrote, letters, and how people are reached."""
    with demo.app_context():
        written = {
            *texts([one.content["answers"] for one in db.session.query(Submission)]),
            *texts([one.overall for one in db.session.query(ScoreSheet)]),
            *texts([one.comment for one in db.session.query(Score)]),
            *texts([one.message for one in db.session.query(Clarification)]),
            *texts([one.text for one in db.session.query(Message)]),
        }
        reached = {one.email for one in db.session.query(Person)}
        entries = db.session.query(JournalEntry).all()
    assert len(written) > 20 and len(reached) > 5
    journal = " ".join(texts([[e.facts, e.changes] for e in entries], longer_than=0))
    assert [one for one in written | reached if one in journal] == []
    saved = [e for e in entries if e.event == "application.part_saved"]
    assert saved and all(e.actor_id and e.facts["section"] for e in saved)


def texts(value: object, longer_than: int = 80) -> Iterator[str]:
    """The longer texts in a JSON value: no codes, names or titles, which others may say too."""
    match value:
        case str() if len(value) > longer_than:
            yield value
        case dict():
            yield from texts(list(value.values()), longer_than)
        case list():
            for each in value:
                yield from texts(each, longer_than)
