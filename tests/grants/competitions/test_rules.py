"""The phases of a competition, their moves, and what the terms must keep to."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core import clock
from portal.core.clock import RIGA
from portal.core.db import Words
from portal.core.errors import StateConflict
from portal.grants.competitions.call_templates import templates
from portal.grants.competitions.models import Competition, CompetitionState
from portal.grants.competitions.rules import (
    STORED,
    WORKFLOW,
    CompetitionEvent,
    Phase,
    allows,
    frozen,
    phase,
    plain,
    state_after,
)
from portal.grants.competitions.terms.rules import (
    DATES,
    Terms,
    amendable,
    day_of,
    moved,
    problems,
    proposed,
    shifted,
)

SECOND = timedelta(seconds=1)


def call(state: CompetitionState = CompetitionState.ANNOUNCED, **dates: datetime) -> Any:
    return SimpleNamespace(
        state=state,
        opens_at=dates.get("opens_at", datetime(2026, 3, 1, tzinfo=UTC)),
        deadline=dates.get("deadline", datetime(2026, 3, 20, tzinfo=UTC)),
    )


# A deadline is a wall-clock time in Riga: before, on and after both changes of the clocks.
DEADLINES = [
    clock.end_of(date(2020, 3, 28)),
    clock.end_of(date(2020, 3, 29)),  # summer time began that night
    clock.end_of(date(2020, 4, 14)),
    clock.end_of(date(2020, 10, 24)),
    clock.end_of(date(2020, 10, 25)),  # and ended that one
    clock.riga(date(2020, 10, 25), 3, 30),
]


@pytest.mark.parametrize("deadline", DEADLINES)
def test_a_second_before_and_at_the_deadline_is_open_and_a_second_after_it_is_closed(deadline):
    competition = call(opens_at=deadline - timedelta(days=20), deadline=deadline)
    assert phase(competition, deadline - SECOND) is Phase.OPEN
    assert phase(competition, deadline) is Phase.OPEN
    assert phase(competition, deadline + SECOND) is Phase.CLOSED


def test_a_deadline_on_a_date_ends_with_the_day_in_riga_and_not_at_utc_midnight():
    deadline = clock.end_of(date(2020, 4, 14))
    assert deadline == datetime(2020, 4, 14, 20, 59, 59, tzinfo=UTC)
    assert deadline.astimezone(RIGA).hour == 23


def test_what_comes_within_the_deadlines_second_comes_at_it():
    competition = call()
    assert phase(competition, competition.deadline + timedelta(microseconds=999_999)) is Phase.OPEN


@pytest.mark.parametrize("opening", [clock.riga(date(2020, 3, 29)), clock.riga(date(2020, 10, 25))])
def test_it_is_announced_until_the_opening_and_open_from_that_instant_on(opening):
    competition = call(opens_at=opening, deadline=opening + timedelta(days=20))
    assert phase(competition, opening - SECOND) is Phase.ANNOUNCED
    assert phase(competition, opening) is Phase.OPEN
    assert phase(competition, opening + SECOND) is Phase.OPEN


@given(st.datetimes(timezones=st.just(UTC)), st.sampled_from(CompetitionState))
def test_only_the_announced_state_moves_with_the_clock(now, state):
    competition = call(state)
    found = phase(competition, now)
    assert STORED[found] is state
    if state is not CompetitionState.ANNOUNCED:
        assert found.value == state.value


@given(
    st.datetimes(timezones=st.just(UTC)),
    st.sampled_from(CompetitionState),
    st.sampled_from(CompetitionEvent),
)
def test_every_move_is_in_the_table_or_refused(now, state, event):
    competition = call(state)
    if allows(competition, event, now):
        to = WORKFLOW.next(competition, phase(competition, now), event)
        assert state_after(competition, event, now) is STORED[to]
    else:
        with pytest.raises(StateConflict):
            state_after(competition, event, now)


def test_nothing_is_decided_before_the_close_nor_cancelled_after_publication():
    assert not WORKFLOW.allows(Phase.OPEN, CompetitionEvent.SIGN_OFF)
    assert not WORKFLOW.allows(Phase.PUBLISHED, CompetitionEvent.CANCEL)
    assert not WORKFLOW.allows(Phase.DECIDED, CompetitionEvent.EXTEND)
    assert WORKFLOW.allows(Phase.CLOSED, CompetitionEvent.EXTEND)


def test_form_and_criteria_freeze_at_the_opening():
    competition = call()
    assert not frozen(competition, competition.opens_at - SECOND)
    assert frozen(competition, competition.opens_at)
    assert not frozen(call(CompetitionState.DRAFT), competition.deadline)


# ------------------------------------------------------------------ terms

MODEL = Terms.read(templates()["pumpurs-2020"]["terms"])


def said(terms: Terms) -> set[str]:
    return {problem.field for problem in problems(terms)}


def test_the_template_keeps_to_the_rules_and_reads_as_it_is_written():
    assert problems(MODEL) == []
    assert MODEL.deadline == clock.end_of(date(2020, 3, 23))
    assert MODEL.opens_at == clock.riga(date(2020, 3, 1))
    assert Terms.read({name: plain(getattr(MODEL, name)) for name in MODEL.__slots__}) == MODEL


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"deadline": MODEL.opens_at}, "deadline"),
        ({"results_by": date(2020, 3, 22)}, "results_by"),
        ({"start_from": date(2020, 4, 24)}, "start_from"),
        ({"start_to": date(2020, 5, 31)}, "start_to"),
        ({"months_max": 2}, "months_max"),
        ({"months_min": 0}, "months_min"),
        ({"fixed_sum": 0}, "fixed_sum"),
        ({"grants": None, "budget": 459_999}, "budget"),
        ({"grants": None, "budget": None}, "budget"),
        ({"grants": 8, "budget": 460_000}, "budget"),
        ({"grants": 0}, "grants"),
        ({"instalments": [50, 40]}, "instalments"),
        ({"instalments": []}, "instalments"),
        ({"instalments": [150, -50]}, "instalments"),
        ({"at_risk_min": 11}, "at_risk_min"),
        ({"eligible_kinds": []}, "eligible_kinds"),
        ({"eligible_kinds": ["school"]}, "eligible_kinds"),
        ({"applications_per_organisation": 0}, "applications_per_organisation"),
        ({"intensity_percent": 101}, "intensity_percent"),
        (
            {"target_groups": [{"kind": "general_education", "from": 9, "to": 5}]},
            "target_groups",
        ),
        ({"target_groups": [{"kind": "kindergarten", "from": 1, "to": 1}]}, "target_groups"),
    ],
)
def test_a_contradiction_is_named_at_its_field(change, field):
    assert field in said(replace(MODEL, **change))


@given(st.integers(1, 10_000_000), st.integers(0, 2_000_000_000))
def test_a_budget_gives_as_many_grants_as_fit_into_it(fixed_sum, budget):
    grants = Competition(fixed_sum=fixed_sum, budget=budget).number_of_grants
    assert grants * fixed_sum <= budget < (grants + 1) * fixed_sum


# ------------------------------------------------------------------ dates that depend on others


def test_a_deadline_moved_by_22_days_takes_the_later_dates_along():
    later = replace(MODEL, deadline=clock.end_of(date(2020, 4, 14)))
    after = proposed(MODEL, later)
    assert after.results_by == date(2020, 5, 17)
    assert after.start_from == date(2020, 6, 23)
    assert after.start_to == date(2021, 1, 22)
    assert after.opens_at == MODEL.opens_at


def test_a_date_that_was_moved_by_hand_stays_where_it_was_put():
    wanted = replace(MODEL, deadline=clock.end_of(date(2020, 4, 14)), results_by=date(2020, 4, 26))
    after = proposed(MODEL, wanted)
    assert after.results_by == date(2020, 4, 26)
    assert after.start_from == date(2020, 6, 2)  # along with the results, which moved by a day


@given(st.dictionaries(st.sampled_from(DATES), st.integers(-40, 400)))
def test_nothing_is_proposed_earlier_and_what_was_typed_is_kept(days):
    typed = replace(MODEL, **{name: moved(getattr(MODEL, name), n) for name, n in days.items()})
    after = proposed(MODEL, typed)
    for name in DATES:
        if getattr(typed, name) != getattr(MODEL, name):
            assert getattr(after, name) == getattr(typed, name)
        else:
            assert getattr(after, name) >= getattr(MODEL, name)
    assert proposed(MODEL, MODEL) == MODEL


@given(st.integers(-3000, 3000))
def test_moving_by_days_keeps_the_wall_clock_in_riga(days):
    later = moved(MODEL.deadline, days)
    assert day_of(later) == day_of(MODEL.deadline) + timedelta(days=days)
    local = later.astimezone(RIGA)
    assert (local.hour, local.minute, local.second) == (23, 59, 59)


@given(st.dates(date(2021, 1, 1), date(2100, 1, 1)), st.none() | st.integers(5, 60))
def test_a_copy_for_another_year_still_keeps_to_the_rules(day, length):
    opens_at = clock.riga(day, 9)
    deadline = None if length is None else clock.end_of(day + timedelta(days=length))
    terms = shifted(MODEL, opens_at, deadline)
    assert terms.opens_at == opens_at
    assert problems(terms) == []
    assert deadline is None or terms.deadline == deadline


# ------------------------------------------------------------------ what may still be changed


def refused(change: dict[str, Any], *, opened: bool, now: datetime | None = None) -> set[str]:
    at = now or MODEL.opens_at + timedelta(days=1)
    found = amendable(MODEL, replace(MODEL, **change), opened=opened, now=at)
    return {problem.field for problem in found}


@given(st.integers(1, 100_000_000))
def test_a_deadline_is_never_moved_earlier(seconds):
    earlier = {"deadline": MODEL.deadline - timedelta(seconds=seconds)}
    assert "deadline" in refused(earlier, opened=True)
    assert "deadline" in refused(earlier, opened=False)


def test_after_the_close_the_new_deadline_must_lie_in_the_future():
    now = MODEL.deadline + timedelta(days=3)
    assert refused({"deadline": now - SECOND}, opened=True, now=now) == {"deadline"}
    assert refused({"deadline": now + SECOND}, opened=True, now=now) == set()


def test_what_applicants_rely_on_stands_once_the_call_is_open():
    opening = {"opens_at": MODEL.opens_at + timedelta(days=1)}
    fewer = {"eligible_kinds": ["association"]}
    assert refused(opening, opened=True) == {"opens_at"}
    assert refused({"fixed_sum": 470_000}, opened=True) == {"fixed_sum"}
    assert refused(fewer, opened=True) == {"eligible_kinds"}
    assert refused({"grants": 9}, opened=True) == set()
    assert refused(fewer, opened=False) == set()
    before = MODEL.opens_at - timedelta(days=9)
    assert refused(opening, opened=False, now=before) == set()


def test_a_promise_that_was_already_broken_can_be_moved_again():
    """The 2020 results came late; the promise may still be amended then."""
    assert refused({"results_by": date(2020, 5, 20)}, opened=True) == set()


def test_words_are_compared_in_both_languages():
    assert replace(MODEL, title=Words(MODEL.title.lv, "Another")) != MODEL
