"""The allocation, as its users would say it."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.grants.awards.rules import (
    GRANTED,
    Outcome,
    Ranked,
    UnbrokenTie,
    allocate,
    may_become,
    next_in_reserve,
)


def ranked(places: list[tuple[int, bool]]) -> list[Ranked]:
    return [Ranked(f"N-{i}", place, clears) for i, (place, clears) in enumerate(places)]


rankings = st.lists(st.booleans(), max_size=25).map(
    lambda clears: ranked([(place, ok) for place, ok in enumerate(clears, start=1)])
)


@given(rankings, st.integers(0, 30))
def test_never_more_grants_than_there_are_and_never_one_below_a_minimum(
    ranking: list[Ranked], grants: int
) -> None:
    outcomes = allocate(ranking, grants)
    awarded = [r for r in ranking if outcomes[r.number] is Outcome.APPROVE]
    assert len(awarded) <= grants
    assert all(r.clears_minimums for r in awarded)


@given(rankings, st.integers(0, 30))
def test_no_grant_is_left_while_somebody_waits_in_reserve(
    ranking: list[Ranked], grants: int
) -> None:
    outcomes = list(allocate(ranking, grants).values())
    if Outcome.RESERVE in outcomes:
        assert outcomes.count(Outcome.APPROVE) == grants


@given(rankings, st.integers(0, 30), st.randoms())
def test_the_order_in_which_the_ranking_is_read_does_not_matter(
    ranking: list[Ranked], grants: int, random: Random
) -> None:
    shuffled = ranking.copy()
    random.shuffle(shuffled)
    assert allocate(ranking, grants) == allocate(shuffled, grants)


@given(rankings, st.integers(0, 30))
def test_everybody_awarded_stands_before_everybody_in_reserve(
    ranking: list[Ranked], grants: int
) -> None:
    outcomes = allocate(ranking, grants)
    awarded = [r.place for r in ranking if outcomes[r.number] is Outcome.APPROVE]
    reserve = [r.place for r in ranking if outcomes[r.number] is Outcome.RESERVE]
    assert not awarded or not reserve or max(awarded) < min(reserve)


def test_44_and_a_half_points_with_a_criterion_below_its_minimum_is_rejected() -> None:
    best_but_below, other = Ranked("A", 1, False), Ranked("B", 2, True)
    assert allocate([best_but_below, other], 2) == {"A": Outcome.REJECT, "B": Outcome.APPROVE}


def test_a_tie_across_the_cut_stops_the_allocation() -> None:
    with pytest.raises(UnbrokenTie) as tie:
        allocate(ranked([(1, True), (2, True), (2, True)]), 2)
    assert tie.value.place == 2


@pytest.mark.parametrize("grants", [0, 1, 3])
def test_a_tie_away_from_the_cut_stops_nothing(grants: int) -> None:
    assert len(allocate(ranked([(1, True), (2, True), (2, True)]), grants)) == 3


def test_the_board_may_add_conditions_but_not_change_the_order() -> None:
    assert may_become(Outcome.APPROVE, Outcome.CONDITIONS)
    assert not may_become(Outcome.RESERVE, Outcome.APPROVE)
    assert not may_become(Outcome.REJECT, Outcome.APPROVE)
    assert not may_become(Outcome.APPROVE, Outcome.REJECT)


def test_a_declined_grant_goes_to_the_best_place_in_reserve() -> None:
    standing = {
        "A": (Outcome.APPROVE, 1),
        "B": (Outcome.RESERVE, 4),
        "C": (Outcome.RESERVE, 3),
        "D": (Outcome.REJECT, None),
    }
    assert next_in_reserve(standing) == "C"
    assert next_in_reserve({"A": (GRANTED[0], 1)}) is None
