"""Amending announced terms, and public questions, as verbs; and the time line that shows them."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.accounts.models import Person, Role
from portal.core.db import Words, db
from portal.core.errors import Invalid, InvalidFields, StaleForm, StateConflict, TooMany
from portal.core.messages.models import Message
from portal.grants.competitions import hooks
from portal.grants.competitions.amendments import service
from portal.grants.competitions.inquiries import service as inquiries
from portal.grants.competitions.models import Amendment, Competition, TermsVersion
from portal.grants.competitions.public.rules import milestones
from portal.grants.competitions.rules import Phase, phase
from portal.grants.competitions.terms.rules import Terms, moved
from tests.grants.competitions.rows import applying

pytestmark = pytest.mark.usefixtures("ctx")
DAY = timedelta(days=1)
ORDER = service.AmendmentOrder("1-12/45", date(2026, 11, 16), Words("Vētra.", "A storm."))


def mine(row: Any) -> Any:
    """The row in the application's own session, which then stands outside any transaction."""
    found = db.session.get_one(type(row), row.id)
    db.session.commit()
    return found


@pytest.fixture
def officer(make) -> Person:
    return mine(make.person(Role.OFFICER))


def later(competition: Competition, days: int = 22) -> Terms:
    terms = Terms.of(competition)
    dates = ("deadline", "results_by", "start_from", "start_to")
    return replace(terms, **{name: moved(getattr(terms, name), days) for name in dates})


def letters() -> list[Message]:
    return list(db.session.scalars(select(Message).order_by(Message.id)))


def test_a_moved_deadline_is_kept_with_its_old_value_and_told_to_all(officer, make):
    competition = mine(make.competition("open"))
    applying(make, competition)
    old, terms = competition.deadline, later(competition)
    made = service.amend(officer, competition, ORDER, terms, competition.version)
    assert competition.deadline == old + 22 * DAY
    assert (made.number, made.order_number) == (1, "1-12/45")
    assert {change["field"] for change in made.changes} == {
        *("deadline", "results_by", "start_from", "start_to")
    }
    assert made.changes[0]["old"] == old.isoformat()
    kept = db.session.scalars(select(TermsVersion).order_by(TermsVersion.number.desc())).first()
    assert kept.number == competition.terms_version == 2
    assert kept.content["terms"]["deadline"] == competition.deadline.isoformat()
    first, second = letters()
    assert first.template == "competitions/amended" and "Vētra." in first.text
    assert second.language == "en" and "A storm." in second.text
    assert f"/competitions/{competition.slug}/amendments" in first.text


def test_another_change_has_another_letter(officer, make):
    competition = mine(make.competition("open"))
    applying(make, competition)
    service.amend(officer, competition, ORDER, replace(Terms.of(competition), grants=3))
    assert {letter.template for letter in letters()} == {"competitions/changed"}


def test_after_the_close_an_order_opens_the_call_again(officer, make, monkeypatch):
    competition = mine(make.competition("closed"))
    told: list[Competition] = []
    monkeypatch.setattr(hooks.deadline_extended, "_functions", [lambda work, one: told.append(one)])
    assert phase(competition, clock.now()) is Phase.CLOSED
    service.amend(officer, competition, ORDER, later(competition))
    assert phase(competition, clock.now()) is Phase.OPEN
    assert told == [competition]


def test_after_the_close_a_new_deadline_that_has_passed_as_well_is_refused(officer, make):
    competition = mine(make.competition("closed"))
    with pytest.raises(InvalidFields) as refusal:
        service.amend(officer, competition, ORDER, later(competition, 3))
    assert refusal.value.field == "deadline"
    assert db.session.scalars(select(Amendment)).all() == []


@pytest.mark.parametrize("stand", ["draft", "decided", "published", "cancelled"])
def test_nothing_is_amended_before_the_announcement_or_after_the_decision(officer, make, stand):
    competition = mine(make.competition(stand))
    with pytest.raises(StateConflict):
        service.amend(officer, competition, ORDER, later(competition, 60))


def test_an_amendment_changes_something_and_nothing_that_was_seen_too_early(officer, make):
    competition = mine(make.competition("open"))
    with pytest.raises(Invalid):
        service.amend(officer, competition, ORDER, Terms.of(competition))
    seen = competition.version
    service.amend(officer, competition, ORDER, later(competition), seen)
    with pytest.raises(StaleForm):
        service.amend(officer, competition, ORDER, later(competition), seen)
    assert service.amend(officer, competition, ORDER, later(competition)).number == 2


# ------------------------------------------------------------------ the time line


def test_the_time_line_shows_every_former_deadline_and_what_comes_next(officer, make):
    competition = mine(make.competition("open"))
    first = competition.deadline
    for _ in range(2):
        service.amend(officer, competition, ORDER, later(competition))
    entries = milestones(competition, clock.now())
    deadline = next(one for one in entries if one.code == "deadline")
    assert deadline.was == (first, first + 22 * DAY)
    assert [one.code for one in entries if one.state == "now"] == ["deadline"]
    assert [one.code for one in entries].count("amended") == 2
    times = [str(one.when) for one in entries]
    assert times == sorted(times)


def test_what_was_cancelled_has_nothing_to_come(make):
    competition = mine(make.competition("cancelled"))
    entries = milestones(competition, clock.now())
    assert [one.code for one in entries] == ["announced", "cancelled"]
    assert {one.state for one in entries} == {"past"}


# ------------------------------------------------------------------ questions


def test_an_answer_goes_to_whoever_asked_and_again_when_corrected(officer, make):
    competition, person = mine(make.competition("open")), mine(make.person())
    asked = inquiries.ask(person, competition, "Vai drīkst?")
    inquiries.answer(officer, competition, asked, "Drīkst.", asked.version)
    inquiries.answer(officer, competition, asked, "Tomēr nedrīkst.", asked.version)
    assert [letter.recipient for letter in letters()] == [person.email] * 2
    assert "Tomēr nedrīkst." in letters()[1].text


def test_questions_end_with_the_deadline_and_do_not_pile_up(make):
    competition, person = mine(make.competition("open")), mine(make.person())
    for number in range(inquiries.UNANSWERED):
        inquiries.ask(person, competition, f"Jautājums {number}?")
    with pytest.raises(TooMany):
        inquiries.ask(person, competition, "Vēl viens?")
    other = mine(make.person())
    with clock.at(competition.deadline):
        inquiries.ask(other, competition, "Pēdējā sekundē?")
    with clock.at(competition.deadline + timedelta(seconds=1)), pytest.raises(StateConflict):
        inquiries.ask(other, competition, "Par vēlu?")


def test_whoever_asked_takes_the_question_back_until_it_is_answered(officer, make):
    competition, person = mine(make.competition("open")), mine(make.person())
    asked = inquiries.ask(person, competition, "Vai drīkst?")
    inquiries.take_back(person, competition, asked)
    assert asked.withdrawn_at is not None
    with pytest.raises(StateConflict):
        inquiries.answer(officer, competition, asked, "Drīkst.", asked.version)
    again = inquiries.ask(person, competition, "Vai tomēr drīkst?")
    inquiries.answer(officer, competition, again, "Drīkst.", again.version)
    with pytest.raises(StateConflict):
        inquiries.take_back(person, competition, again)
    assert again.withdrawn_at is None


def test_what_was_withdrawn_is_not_answered(officer, make):
    competition, person = mine(make.competition("open")), mine(make.person())
    asked = inquiries.ask(person, competition, "Reklāma!")
    inquiries.withdraw(officer, competition, asked)
    with pytest.raises(StateConflict):
        inquiries.answer(officer, competition, asked, "Atbilde.", asked.version)
    assert letters() == []
