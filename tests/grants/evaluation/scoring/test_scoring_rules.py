"""A score sheet by rule."""

from decimal import Decimal

from hypothesis import given as examples
from hypothesis import strategies as st

from portal.grants.evaluation.scoring.rules import Given, Owed, Scale, code, most, owed, total

HALVES = Scale("voice", Decimal(5), Decimal("0.5"), comment_below=Decimal(3))
WHOLE = Scale("need", Decimal(10), Decimal(1), weight=Decimal(2))


def test_a_scale_goes_from_nought_to_its_maximum_in_steps():
    assert [code(p) for p in HALVES.points][:4] == ["0", "0.5", "1", "1.5"]
    assert [code(p) for p in HALVES.points][-1] == "5"
    assert len(WHOLE.points) == 11


@examples(st.decimals(-2, 12, places=2))
def test_a_scale_takes_just_its_points(points):
    assert HALVES.takes(points) == (points in HALVES.points)
    assert WHOLE.takes(points) == (points in WHOLE.points)


def test_every_criterion_is_owed_and_nought_is_an_answer():
    assert owed([WHOLE, HALVES], {}) == {"need": Owed.POINTS, "voice": Owed.POINTS}
    assert owed([WHOLE], {"need": Given(Decimal(0))}) == {}


def test_low_points_owe_a_comment():
    assert owed([HALVES], {"voice": Given(Decimal("2.5"))}) == {"voice": Owed.COMMENT}
    assert owed([HALVES], {"voice": Given(Decimal("2.5"), "  \n")}) == {"voice": Owed.COMMENT}
    assert owed([HALVES], {"voice": Given(Decimal("2.5"), "Tāpēc.")}) == {}
    assert owed([HALVES], {"voice": Given(Decimal(3))}) == {}


def test_the_running_total_is_weighted():
    given = {"need": Given(Decimal(7)), "voice": Given(Decimal("2.5"))}
    assert total([WHOLE, HALVES], given) == Decimal("16.5")
    assert total([WHOLE, HALVES], {}) == 0
    assert most([WHOLE, HALVES]) == 25
