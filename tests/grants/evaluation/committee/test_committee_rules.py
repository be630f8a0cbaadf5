"""Assignment, quorum and suspicions as their users would say them."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from portal.grants.evaluation.committee.models import SuspicionGround
from portal.grants.evaluation.committee.rules import (
    Side,
    assign,
    domain,
    grounds,
    plain,
    quorum,
    texts,
)


@st.composite
def committees(draw):
    """Members, applications, who is recused from what, and how many sheets each is to have."""
    members = list(range(draw(st.integers(1, 6))))
    applications = [f"A{i}" for i in range(draw(st.integers(0, 12)))]
    recused = {
        application: draw(st.sets(st.sampled_from(members), max_size=2))
        for application in applications
    }
    return members, applications, recused, draw(st.integers(1, len(members)))


def loads(plan):
    return Counter(member for who in plan.values() for member in who)


@given(committees())
def test_nobody_is_given_what_they_are_recused_from_and_nobody_gets_it_twice(committee):
    members, applications, recused, each = committee
    plan = assign(members, applications, recused, each)
    assert set(plan) == set(applications)
    for application, who in plan.items():
        assert not set(who) & recused[application]
        assert len(who) == len(set(who)) == min(each, len(members) - len(recused[application]))


@given(committees())
def test_all_to_all_is_everybody_but_the_recused(committee):
    members, applications, recused, _ = committee
    plan = assign(members, applications, recused, None)
    assert all(set(plan[a]) == set(members) - recused[a] for a in applications)


@given(st.integers(1, 7), st.integers(0, 20), st.data())
def test_without_recusals_loads_differ_by_one_at_most(members, applications, data):
    each = data.draw(st.integers(1, members))
    plan = assign(list(range(members)), list(range(applications)), {}, each)
    load = loads(plan)
    counts = [load[member] for member in range(members)]
    assert max(counts) - min(counts) <= 1


@given(committees())
def test_no_hand_over_could_make_the_loads_more_even(committee):
    members, applications, recused, each = committee
    plan = assign(members, applications, recused, each)
    load = loads(plan)
    for application, who in plan.items():
        for giver in who:
            for taker in set(members) - recused[application] - set(who):
                assert load[taker] >= load[giver] - 1


@given(committees())
def test_the_same_input_gives_the_same_plan(committee):
    members, applications, recused, each = committee
    assert assign(members, applications, recused, each) == assign(
        members, applications, recused, each
    )


@given(committees(), st.data())
def test_what_stands_stays_when_more_is_given_out(committee, data):
    members, applications, recused, each = committee
    before = assign(members, applications, recused, each)
    more = [*applications, "late"]
    after = assign(members, more, {**recused, "late": set()}, each, before)
    assert all(set(before[a]) <= set(after[a]) for a in applications)
    assert len(after["late"]) == each


def test_after_a_recusal_the_place_is_filled_from_those_who_have_least():
    plan = assign(["a", "b", "c"], ["x", "y", "z"], {}, 2)
    out = next(who for who in plan["x"])
    standing = {k: [m for m in v if not (k == "x" and m == out)] for k, v in plan.items()}
    again = assign(["a", "b", "c"], ["x", "y", "z"], {"x": {out}}, 2, standing)
    assert out not in again["x"] and len(again["x"]) == 2


def test_quorum_is_more_than_half_of_those_who_are_not_recused():
    voting = {"a", "b", "c", "d", "e"}
    assert quorum(voting, (), {"a", "b", "c"}).reached
    assert not quorum(voting, (), {"a", "b"}).reached
    assert quorum(voting, {"d", "e"}, {"a", "b"}).reached
    assert not quorum(voting, {"a"}, {"a", "b", "c"}).reached, "the recused is not there either"
    assert not quorum(voting, voting, voting).reached, "nobody is left to decide"


def test_what_suggests_a_conflict():
    member = Side(frozenset({"skola.lv"}), plain("Liepājas 5. vidusskola"))
    assert grounds(member, Side()) == []
    assert grounds(member, Side(domains=frozenset({"skola.lv"}))) == [SuspicionGround.EMAIL_DOMAIN]
    text = plain("Kopā ar „LIEPĀJAS 5. VIDUSSKOLA” jauniešiem.")
    assert grounds(member, Side(words=text)) == [SuspicionGround.SCHOOL]
    assert grounds(member, Side(words=plain("Liepājas 15. vidusskola"))) == []


def test_an_address_at_a_public_provider_suggests_nothing():
    shared = frozenset({"inbox.lv", "gmail.com"})
    assert grounds(Side(domains=shared), Side(domains=shared)) == []


def test_a_short_name_of_a_workplace_is_no_ground():
    assert grounds(Side(words="osta"), Side(words="liepājas osta un jūra")) == []
    assert grounds(Side(), Side(words="viss kas ir")) == []


def test_domains_and_texts_are_read_as_they_come():
    assert domain(" Anna@Skola.LV ") == "skola.lv"
    assert domain("nav adrese") == ""
    assert texts({"a": ["x", {"b": "y"}], "c": 3, "d": None}).split() == ["x", "y"]
