"""What the board may decide, as its users would say it."""

from decimal import Decimal

from portal.grants.awards.models import Outcome
from portal.grants.awards.rules import GRANTED, keeps_words, may_become, next_in_reserve


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


def test_what_was_written_stays_where_it_still_fits() -> None:
    seven, eight = Decimal(7), Decimal(8)
    assert keeps_words((Outcome.CONDITIONS, seven), (Outcome.APPROVE, eight))
    assert keeps_words((Outcome.RESERVE, seven), (Outcome.RESERVE, eight))
    assert not keeps_words((Outcome.CONDITIONS, seven), (Outcome.RESERVE, seven))
    assert keeps_words((Outcome.REJECT, seven), (Outcome.REJECT, seven))
    assert not keeps_words((Outcome.REJECT, seven), (Outcome.REJECT, eight)), "it names the points"
    assert not keeps_words((Outcome.REJECT, None), (Outcome.REJECT, None)), "found out anew"
    assert not keeps_words((None, None), (Outcome.APPROVE, seven))
