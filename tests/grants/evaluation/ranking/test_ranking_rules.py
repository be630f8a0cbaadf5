"""The ranking as its users would say it."""

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.grants.evaluation.ranking.rules import (
    Measure,
    Placed,
    Proposal,
    Rubric,
    Sheet,
    Tally,
    proposals,
    rank,
)
from portal.grants.evaluation.scoring.rules import median

PLAIN = Rubric((Measure("need", Fraction(5)), Measure("voice", Fraction(5))))


def rubric(minimums: Sequence[int | None], total: int = 0, **values: object) -> Rubric:
    return Rubric(
        tuple(
            Measure(f"c{i}", Fraction(10), minimum=None if m is None else Fraction(m), tie_break=i)
            for i, m in enumerate(minimums)
        ),
        Fraction(total),
        **values,  # type: ignore[arg-type]
    )


def places(ranking: Sequence[Placed]) -> dict[str, int | None]:
    return {placed.number: placed.place for placed in ranking}


weights = st.sampled_from(
    [Fraction(1), Fraction(2), Fraction(1, 2), Fraction(5, 4), Fraction(1, 3)]
)


@st.composite
def rubrics(draw: st.DrawFn) -> Rubric:
    count = draw(st.integers(1, 4))
    order = draw(st.permutations(range(1, count + 1)))
    broken = draw(st.integers(0, count))
    return Rubric(
        tuple(
            Measure(
                f"c{i}",
                Fraction(5),
                draw(weights),
                draw(st.none() | st.integers(0, 5).map(Fraction)),
                order[i] if order[i] <= broken else None,
            )
            for i in range(count)
        ),
        Fraction(draw(st.integers(0, 10))),
        Fraction(draw(st.integers(1, 10))),
    )


def sheets_for(rubric: Rubric, least: int = 0) -> st.SearchStrategy[list[Sheet]]:
    sheet = st.tuples(*[st.integers(0, 10) for _ in rubric.measures])
    return st.lists(sheet, min_size=least, max_size=5)


@st.composite
def fields(draw: st.DrawFn, least: int = 0) -> tuple[Rubric, list[Tally]]:
    """A rubric, and applications with their sheets."""
    rubric = draw(rubrics())
    lists = draw(st.lists(sheets_for(rubric, least), max_size=8))
    return rubric, [Tally(f"LIE-2026-1-{i:03d}", s, rubric) for i, s in enumerate(lists, 1)]


@given(fields(), st.randoms())
def test_the_order_in_which_sheets_and_applications_come_changes_nothing(field, random):
    rubric, scores = field
    shuffled = [
        Tally(s.number, random.sample(list(s.sheets), s.n), rubric)
        for s in random.sample(scores, len(scores))
    ]
    before, after = rank(scores, rubric), rank(shuffled, rubric)
    assert [p.number for p in before] == [p.number for p in after]
    assert places(before) == places(after)
    assert [p.tally.total for p in before] == [p.tally.total for p in after]


@given(fields(least=1), st.data())
def test_more_points_never_make_a_place_worse(field, data):
    rubric, scores = field
    if not scores:
        return
    lucky = data.draw(st.sampled_from(scores))
    member = data.draw(st.integers(0, lucky.n - 1))
    index = data.draw(st.integers(0, len(rubric.measures) - 1))
    sheets = [list(sheet) for sheet in lucky.sheets]
    sheets[member][index] += 1
    better = Tally(lucky.number, [tuple(sheet) for sheet in sheets], rubric)
    before = places(rank(scores, rubric))[lucky.number]
    after = places(rank([better if s is lucky else s for s in scores], rubric))[lucky.number]
    assert better.total is not None and lucky.total is not None and better.total > lucky.total
    assert before is None or (after is not None and after <= before)


@given(fields())
def test_the_total_is_the_weighted_sum_of_the_means_and_exact(field):
    rubric, scores = field
    for score in scores:
        if not score.n:
            assert score.total is None and score.mean(0) is None
            continue
        means = [score.mean(i) for i in range(len(rubric.measures))]
        assert score.total == sum(
            m.weight * mean for m, mean in zip(rubric.measures, means, strict=True)
        )
        assert score.total == sum(score.totals) / score.n
        assert all(type(mean) is Fraction for mean in means) and type(score.total) is Fraction
        assert score.spread == max(score.totals) - min(score.totals)


@given(fields())
def test_places_are_standard_competition_places_and_only_for_who_clears_the_minimums(field):
    rubric, scores = field
    ranking = rank(scores, rubric)
    assert sorted(p.number for p in ranking) == sorted(s.number for s in scores)
    placed = [p for p in ranking if p.place is not None]
    assert all(p.tally.clears_minimums for p in placed)
    assert len(placed) == sum(s.clears_minimums for s in scores)
    assert ranking[: len(placed)] == placed, "those without a place stand behind"
    for p in placed:
        assert p.place == 1 + sum(1 for q in placed if q.place < p.place)
        assert p.tied == (sum(1 for q in placed if q.place == p.place) > 1)
    totals = [p.tally.total for p in placed]
    assert totals == sorted(totals, reverse=True)


@given(fields(least=1), st.data())
def test_a_vote_on_a_tie_decides_it_and_nothing_else(field, data):
    rubric, scores = field
    ranking = rank(scores, rubric)
    tied = [p.number for p in ranking if p.tied]
    vote = data.draw(st.permutations(tied))
    after = rank(scores, rubric, [vote])
    assert not any(p.tied for p in after)
    assert {p.number for p in after if p.by_vote} == set(tied)
    assert [p.place for p in after if p.place] == list(
        range(1, 1 + sum(1 for p in after if p.place))
    )
    for p, q in zip(ranking, after, strict=True):
        assert p.tied or p == q


def test_44_and_a_half_points_with_a_criterion_below_its_minimum_cannot_be_awarded():
    scale = rubric([3, None, None, None, None], total=30)
    strong = Tally("A", [(5, 20, 20, 20, 20), (5, 22, 22, 22, 22)], scale)
    modest = Tally("B", [(8, 13, 13, 13, 13)], scale)
    assert strong.mean(0) == Fraction(5, 2)
    strong = Tally("A", [(5, 21, 21, 21, 21)], scale)
    assert strong.total == Fraction(89, 2)
    assert strong.below == ("c0",) and not strong.below_total
    assert places(rank([strong, modest], scale)) == {"B": 1, "A": None}


def test_exactly_the_minimum_is_enough():
    scale = rubric([3, None], total=8)
    assert Tally("A", [(6, 10)], scale).clears_minimums
    assert not Tally("A", [(6, 9)], scale).clears_minimums
    # 3 is owed; five members give 2.5, 3, 3, 3 and 3.5
    assert Tally("A", [(h, 14) for h in (5, 6, 6, 6, 7)], scale).clears_minimums
    assert Tally("A", [(h, 14) for h in (5, 6, 6, 6, 6)], scale).below == ("c0",)


def test_a_third_is_a_third():
    score = Tally("A", [(1, 0), (0, 0), (0, 0)], PLAIN)
    assert score.mean(0) == Fraction(1, 6)
    assert score.total == Fraction(1, 6)


def test_a_zero_counts():
    assert Tally("A", [(10, 10), (0, 0)], PLAIN).total == 5
    assert Tally("A", [(0, 0)], PLAIN).total == 0


def test_a_sheet_without_every_criterion_is_refused():
    with pytest.raises(ValueError, match="every criterion"):
        Tally("A", [(10,)], PLAIN)


def test_ties_take_one_place_and_leave_the_next_out():
    scale = rubric([None, None])
    scores = [
        Tally("A", [(10, 10)], scale),
        Tally("B", [(8, 8)], scale),
        Tally("C", [(8, 8)], scale),
        Tally("D", [(2, 2)], scale),
    ]
    assert places(rank(scores, scale)) == {"A": 1, "B": 2, "C": 2, "D": 4}
    assert places(rank(scores, scale, [["C", "B"]])) == {"A": 1, "C": 2, "B": 3, "D": 4}
    assert places(rank(scores, scale, [["C", "B"], ["B", "C"]]))["B"] == 2, "the last vote counts"
    assert places(rank(scores, scale, [["B", "D"]]))["B"] == 2, "not a vote on this tie"


def test_equal_totals_are_set_apart_by_the_first_criterion_of_the_order():
    scale = Rubric((Measure("x", Fraction(5), tie_break=2), Measure("y", Fraction(5), tie_break=1)))
    scores = [Tally("A", [(6, 4)], scale), Tally("B", [(4, 6)], scale)]
    assert places(rank(scores, scale)) == {"B": 1, "A": 2}
    assert [p.by_criteria for p in rank(scores, scale)] == [("y",), ("y",)]


def test_what_decided_a_tie_is_said_of_each_of_those_with_as_many_points():
    scale = Rubric(
        (
            Measure("x", Fraction(5), tie_break=1),
            Measure("y", Fraction(5), tie_break=2),
            Measure("z", Fraction(5)),
        )
    )
    points = {
        **{"more": (10, 10, 0), "A": (8, 2, 0), "B": (6, 4, 0), "C": (6, 2, 2), "D": (6, 2, 2)},
        "less": (2, 2, 2),
    }
    scores = [Tally(number, [sheet], scale) for number, sheet in points.items()]
    said = {p.number: (p.by_criteria, p.by_vote) for p in rank(scores, scale, [["D", "C"]])}
    assert said == {
        "more": ((), False),
        "A": (("x",), False),
        "B": (("x", "y"), False),
        "C": (("y",), True),
        "D": (("y",), True),
        "less": ((), False),
    }


def test_equal_means_from_more_members_are_equal():
    scale = rubric([None, None])
    scores = [Tally("A", [(6, 4)], scale), Tally("B", [(6, 4)] * 3, scale)]
    assert places(rank(scores, scale)) == {"A": 1, "B": 1}


def test_wide_spread_is_flagged_from_its_limit_on():
    scale = rubric([None, None], spread_flag=Fraction(10))
    assert Tally("A", [(20, 0), (0, 0)], scale).is_wide
    assert not Tally("A", [(19, 0), (0, 0)], scale).is_wide
    assert not Tally("A", [(20, 0)], scale).is_wide


def test_an_application_without_sheets_stands_last_and_clears_nothing():
    scale = rubric([None])
    ranking = rank([Tally("A", [], scale), Tally("B", [(0,)], scale)], scale)
    assert places(ranking) == {"B": 1, "A": None}
    assert not ranking[1].tally.clears_minimums
    assert rank([], scale) == []


def test_the_median_is_a_median():
    assert median([]) is None
    assert median([Fraction(1), Fraction(9), Fraction(2)]) == 2
    assert median([Fraction(1), Fraction(2), Fraction(4), Fraction(9)]) == 3


@given(fields(), st.integers(0, 8))
def test_grants_go_to_the_best_that_clear_the_minimums_until_none_is_left(field, grants):
    rubric, scores = field
    ranking = rank(scores, rubric)
    led_to = proposals(ranking, grants)
    at = {
        p: [x.place for x, one in zip(ranking, led_to, strict=True) if one is p] for p in Proposal
    }
    approved, reserve, rejected = (at[p] for p in Proposal)
    assert set(rejected) <= {None} and None not in approved + reserve
    assert len(approved) <= grants and (len(approved) == grants or not reserve)
    assert not approved or not reserve or max(approved) <= min(reserve)
