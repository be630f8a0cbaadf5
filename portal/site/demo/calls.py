"""The five calls of the demo, from that of 2020 to one about to open."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from portal.core import clock
from portal.core.accounts.administration.service import set_logo
from portal.core.accounts.demo.cast import personas
from portal.core.db import Words, db
from portal.grants.awards import service as awards
from portal.grants.competitions import service as competitions
from portal.grants.competitions.amendments.service import AmendmentOrder, amend
from portal.grants.competitions.inquiries import service as inquiries
from portal.grants.competitions.models import Competition
from portal.grants.competitions.terms import service as terms_service
from portal.grants.competitions.terms.rules import Terms
from portal.grants.evaluation.committee import service as committee
from portal.grants.evaluation.scoring import service as scoring
from portal.site.demo import samples
from portal.site.demo.people import other_applicants
from portal.site.demo.players import Players
from portal.site.demo.stories import Story, stories

DAY = timedelta(days=1)
CAST_AT = datetime(2020, 1, 2, 8, tzinfo=UTC)


def load() -> None:
    """Load everything into an empty database; dates of present calls are relative to today."""
    # One session carries out what would be hundreds of requests: rows must be reloaded after each
    # verb.
    db.session().expire_on_commit = True
    with clock.at(CAST_AT):
        cast = personas()
        set_logo(cast.people["admin"], cast.municipality, samples.logo())
        players = Players(cast, other_applicants(cast))
    of_2020(players)
    decided(players)
    under_evaluation(players)
    open_now(players)
    announced(players)


def of_2020(players: Players) -> None:
    """The call of 2020: dates, amendment and numbers as published, applicants invented."""
    with clock.at(clock.riga(date(2020, 2, 20), 9)):
        call = players.draft_call(
            clock.riga(date(2020, 3, 1)), clock.end_of(date(2020, 3, 23)), slug="liepaja-2020"
        )
        competitions.announce(players.officer, call)
    with clock.at(clock.riga(date(2020, 3, 3), 18, 40)):
        question = inquiries.ask(
            players.cast.people["ngo-other"],
            call,
            "Vai viena biedrība var iesniegt divus projektus?",
        )
    with clock.at(clock.riga(date(2020, 3, 4), 10)):
        inquiries.answer(
            players.officer,
            call,
            question,
            "Jā, ja tie ir dažādiem jauniešiem.",
            question.version,
        )
    with clock.at(clock.riga(date(2020, 3, 16), 15)):
        amend(
            players.officer,
            call,
            AmendmentOrder(
                "1-DEMO",
                date(2020, 3, 16),
                Words(
                    "Termiņš pagarināts valstī izsludinātās ārkārtējās situācijas dēļ.",
                    "The deadline is extended because of the state of emergency.",
                ),
            ),
            replace(Terms.of(call), deadline=clock.end_of(date(2020, 4, 14))),
        )
    applications = players.apply(call, stories(), 0, clock.riga(date(2020, 4, 8), 10))
    with clock.at(clock.riga(date(2020, 4, 16), 9)):
        players.appoint(call, "2-DEMO")
        players.check(call, applications)
        committee.assign(players.chair, call, each=None, due_at=clock.riga(date(2020, 5, 8), 17))
    with clock.at(clock.riga(date(2020, 5, 4), 19)):
        players.declare(applications)
        players.score(call, list(zip(applications, stories(), strict=True)))
    with clock.at(clock.riga(date(2020, 5, 12), 10)):
        scoring.open_discussion(players.chair, call)
    with clock.at(clock.riga(date(2020, 5, 12), 14)):
        players.meet(call, clock.riga(date(2020, 5, 12), 11))
    with clock.at(clock.riga(date(2020, 5, 18), 10)):
        players.decide(call, date(2020, 5, 18))
    with clock.at(clock.riga(date(2020, 5, 20), 12)):
        awards.publish(players.head, call)


def decided(players: Players) -> None:
    """Signed, unpublished decisions; one application was not eligible."""
    today = clock.today()
    opens, deadline = _day(today, -66), clock.riga(today - 31 * DAY, 17)
    with clock.at(opens - 20 * DAY):
        call = players.draft_call(opens, deadline, slug=None)
        _rename(players, call, "Jauniešu iniciatīvas vasarā", "Youth initiatives in summer")
        competitions.announce(players.officer, call)
    projects = _order(2, 0, 4, 1, 7, 3, 8, 9, 5, 13)
    applications = players.apply(call, projects, 2, deadline - 6 * DAY)
    with clock.at(deadline + 2 * DAY):
        players.appoint(call, "3-DEMO")
        players.check(call, applications[:-1])
        players.reject(
            call,
            applications[-1],
            "partner_statement",
            "Apliecinājumu nav parakstījusi neviena no nosauktajām skolām.",
        )
        committee.assign(players.chair, call, each=None, due_at=deadline + 25 * DAY)
    with clock.at(deadline + 20 * DAY):
        players.declare(applications[:-1])
        players.score(call, list(zip(applications[:-1], projects[:-1], strict=True)))
    with clock.at(deadline + 28 * DAY):
        scoring.open_discussion(players.chair, call)
        players.meet(call, clock.now() - timedelta(hours=2))
    with clock.at(clock.now() - 2 * DAY):
        players.decide(call, clock.today())


def under_evaluation(players: Players) -> None:
    """Half of the sheets are submitted; one recusal, one tie, one high total below a criterion's
    minimum."""
    today = clock.today()
    opens, deadline = _day(today, -55), clock.riga(today - 15 * DAY, 17)
    with clock.at(opens - 20 * DAY):
        call = players.draft_call(opens, deadline, slug=None)
        _rename(players, call, "Jauniešu iniciatīvas rudenī", "Youth initiatives in autumn")
        competitions.announce(players.officer, call)
    projects = _tied(_order(3, 1, 0, 6, 2, 4, 5, 7, 8, 9, 10, 11, 12, 13))
    applications = players.apply(call, projects, 1, deadline - 7 * DAY)
    recusal = ("member-2", applications[4])
    with clock.at(deadline + 2 * DAY):
        players.appoint(call, "4-DEMO")
        players.check(call, applications)
        committee.assign(players.chair, call, each=None, due_at=clock.riga(today + 5 * DAY, 17))
    with clock.at(deadline + 8 * DAY):
        players.declare(applications, recusal)
        players.score(
            call,
            list(zip(applications, projects, strict=True)),
            submits=lambda member, place: member < 2 or (member == 2 and place < 7),
            starts=lambda member, place: member < 3 or (member == 3 and place < 2),
            skip=recusal,
        )


def open_now(players: Players) -> None:
    """Open for three more days: drafts and submissions, and an unanswered question."""
    today = clock.today()
    opens, deadline = _day(today, -20), clock.riga(today + 3 * DAY, 23, 59, 59)
    with clock.at(opens - 14 * DAY):
        call = players.draft_call(opens, deadline, slug=None)
        _rename(players, call, "Jauniešu iniciatīvas pavasarī", "Youth initiatives in spring")
        competitions.announce(players.officer, call)
    now = clock.now()
    with clock.at(now - 2 * DAY):
        for story in _order(4, 9, 10):
            players.submit(players.write(call, story, 2))
        players.write(call, stories()[0], 2, sections=5)
        players.write(call, stories()[1], 1, sections=2)
        players.write(call, stories()[7], 2, sections=3)
        inquiries.ask(
            players.cast.people["ngo-other"],
            call,
            "Vai par piešķirto naudu drīkst iegādāties datoru?",
        )


def announced(players: Players) -> None:
    today = clock.today()
    opens, deadline = _day(today, 9), clock.riga(today + 40 * DAY, 23, 59, 59)
    with clock.at(clock.now() - 3 * DAY):
        call = players.draft_call(opens, deadline, slug=None)
        _rename(players, call, "Jauniešu iniciatīvas ziemā", "Youth initiatives in winter")
        competitions.announce(players.officer, call)


def _rename(players: Players, call: Competition, lv: str, en: str) -> None:
    terms = replace(Terms.of(call), title=Words(lv, en), programme=Words(), legal_basis=Words())
    terms_service.save(players.officer, call, terms, call.version)


def _day(today: date, offset: int) -> datetime:
    """Nine in the morning in Riga, `offset` days from today."""
    return clock.riga(today + offset * DAY, 9)


def _order(*places: int) -> list[Story]:
    return [stories()[place] for place in places]


def _tied(projects: list[Story]) -> list[Story]:
    """The tenth and eleventh get the same points from everybody: a tie at the cut."""
    points = projects[9].points
    alike = [replace(projects[place], points=points, below=True) for place in (9, 10)]
    return [*projects[:9], *alike, *projects[11:]]
