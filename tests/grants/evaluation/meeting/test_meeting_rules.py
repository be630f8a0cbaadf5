"""Votes by rule."""

from hypothesis import given
from hypothesis import strategies as st

from portal.grants.evaluation.meeting.models import BallotChoice
from portal.grants.evaluation.meeting.rules import is_carried, order_by_votes, voters

FOR, AGAINST, ABSTAIN = BallotChoice.FOR, BallotChoice.AGAINST, BallotChoice.ABSTAIN


def test_the_recused_and_the_absent_do_not_vote():
    recused = {"A": {"ilze"}, "B": {"jānis"}}
    everybody = {"ilze", "jānis", "māra", "zane"}
    assert voters(everybody, {"ilze", "jānis", "māra"}, recused, ["A", "B"]) == {"māra"}
    assert voters(everybody, everybody, recused, ["C"]) == everybody
    assert voters({"māra"}, everybody, recused, []) == {"māra"}, "a secretary without a vote"


def test_more_votes_go_first():
    assert order_by_votes(["A", "B"], {1: "B", 2: "B", 3: "A"}, None) == ["B", "A"]


def test_as_many_votes_are_decided_by_the_chair():
    ballots = {1: "A", 2: "B"}
    assert order_by_votes(["A", "B"], ballots, 2) == ["B", "A"]
    assert order_by_votes(["A", "B"], ballots, None) is None
    assert order_by_votes(["A", "B"], {1: "A", 2: "B", 3: None}, 3) is None, "the chair abstained"


def test_three_of_which_two_stay_tied_are_no_order():
    assert order_by_votes(["A", "B", "C"], {1: "A", 2: "A"}, None) is None


@given(
    st.lists(st.sampled_from(["A", "B", "C", None]), max_size=7),
    st.permutations(["A", "B", "C"]),
)
def test_an_order_is_of_just_the_tied_ones_and_whatever_the_order_in_which_they_came(votes, came):
    ballots = dict(enumerate(votes))
    order = order_by_votes(came, ballots, 0)
    assert order == order_by_votes(["A", "B", "C"], ballots, 0)
    assert order is None or sorted(order) == ["A", "B", "C"]


def test_a_ranking_is_approved_by_more_for_than_against():
    assert is_carried({1: FOR, 2: ABSTAIN}, None)
    assert not is_carried({1: AGAINST, 2: ABSTAIN}, None)
    assert is_carried({1: FOR, 2: AGAINST}, 1)
    assert not is_carried({1: FOR, 2: AGAINST}, 2)
    assert not is_carried({}, 1)
