"""Votes by rule."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from portal.grants.evaluation.meeting.models import BallotChoice
from portal.grants.evaluation.meeting.rules import Electorate, counts, is_carried, order_by_votes

FOR, AGAINST, ABSTAIN = BallotChoice.FOR, BallotChoice.AGAINST, BallotChoice.ABSTAIN
ILZE, JANIS, MARA, ZANE, OTTO = (UUID(int=n) for n in range(1, 6))
EVERYBODY = frozenset({ILZE, JANIS, MARA, ZANE})


def test_the_recused_and_the_absent_do_not_vote():
    recused = {"A": frozenset({ILZE}), "B": frozenset({JANIS})}
    asked = Electorate(EVERYBODY, frozenset({ILZE, JANIS, MARA, OTTO}), recused)
    assert asked.between(["A", "B"]) == {MARA}
    assert asked.between(["C"]) == asked.on_all(["A", "B"]) == {ILZE, JANIS, MARA}
    assert asked.on_all(["A"]) == {JANIS, MARA}, "who may vote on none of them has no ballot"


def test_the_quorum_is_more_than_half_of_those_whom_no_conflict_keeps_from_any_of_them():
    recused = {"A": frozenset({ILZE}), "B": frozenset({JANIS}), "C": EVERYBODY}
    asked = Electorate(EVERYBODY, frozenset({ILZE, JANIS, MARA}), recused)
    said = [
        (one.present, one.entitled, one.reached)
        for one in (asked.quorum(), asked.quorum("A"), asked.quorum("A", "B"), asked.quorum("C"))
    ]
    assert said == [(3, 4, True), (2, 3, True), (1, 2, False), (0, 0, False)]
    assert not asked.quorum("C").possible and asked.quorum("A", "B").possible
    assert Electorate.of(asked.to_json("ABC")) == asked


def test_one_ballot_counts_for_each_application_on_which_its_member_may_vote():
    asked = Electorate(EVERYBODY, EVERYBODY, {"A": frozenset(), "B": frozenset({ILZE, JANIS})})
    ballots = {ILZE: FOR, JANIS: FOR, MARA: AGAINST, ZANE: FOR}
    first, second = counts(asked, ["A", "B"], ballots, ILZE)
    assert (first.in_favour, first.against, first.carried) == (3, 1, True)
    assert (second.in_favour, second.against, second.carried) == (1, 1, False), (
        "a chair who is recused has no casting vote"
    )
    assert counts(asked, ["B"], ballots, ZANE)[0].carried


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
