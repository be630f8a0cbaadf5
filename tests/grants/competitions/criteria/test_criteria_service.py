"""The criteria of a call: scales, levels, ties and minimums."""

from decimal import Decimal

import pytest

from portal.core.db import Words, db
from portal.core.errors import Invalid, InvalidFields
from portal.grants.competitions.criteria import service as criteria
from portal.grants.competitions.criteria.rules import CriterionFacts, Scale
from portal.grants.competitions.models import CriterionKind

pytestmark = pytest.mark.usefixtures("ctx")


def quality(**more) -> CriterionFacts:
    scale = {"maximum": Decimal(5), "step": Decimal("0.5"), **more}
    return CriterionFacts(Words("Ideja"), scale=Scale(**scale))


def test_a_scale_that_contradicts_itself_is_refused(officer, draft):
    for wrong, field in (
        ({"maximum": Decimal("5.2")}, "maximum"),
        ({"minimum": Decimal(6)}, "minimum"),
        ({"weight": Decimal(0)}, "weight"),
        ({"comment_below": Decimal(6)}, "comment_below"),
        ({"levels": [{"points": "0.3", "lv": "a"}]}, "levels"),
        ({"levels": [{"points": "1", "lv": "a"}, {"points": "1.0", "lv": "b"}]}, "levels"),
    ):
        with pytest.raises(InvalidFields) as refusal:
            criteria.add(officer, draft, CriterionKind.QUALITY, quality(**wrong))
        assert refusal.value.field == field


def test_a_place_in_breaking_ties_is_taken_once(officer, draft):
    with pytest.raises(Invalid) as refusal:
        criteria.add(officer, draft, CriterionKind.QUALITY, quality(tie_break=1))
    assert refusal.value.field == "tie_break"


def test_levels_are_kept_from_the_fewest_points_to_the_most(officer, draft):
    levels = [{"points": "5.0", "lv": "daudz"}, {"points": "0.5", "lv": "maz", "en": "few"}]
    made = criteria.add(officer, draft, CriterionKind.QUALITY, quality(levels=levels))
    assert made.levels == [
        {"points": "0.5", "lv": "maz", "en": "few"},
        {"points": "5", "lv": "daudz", "en": ""},
    ]


def test_criteria_move_among_their_own_kind(officer, draft):
    own = [one for one in draft.criteria if one.kind is CriterionKind.QUALITY]
    criteria.move(officer, draft, own[0], "up")
    criteria.move(officer, draft, own[1], "up")
    db.session.expire_all()
    order = [one.key for one in draft.criteria]
    assert order[7:9] == [own[1].key, own[0].key]
    assert order[:7] == [one.key for one in draft.criteria if one.kind is CriterionKind.ELIGIBILITY]


def test_a_total_minimum_beyond_reach_is_refused(officer, draft):
    def set_minimum(points: str) -> None:
        criteria.set_thresholds(
            officer,
            draft,
            total_minimum=Decimal(points),
            spread_flag=Decimal(8),
            version=draft.version,
        )

    with pytest.raises(Invalid):
        set_minimum("50.5")
    set_minimum("50")
    assert draft.total_minimum == 50
