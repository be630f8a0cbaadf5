"""Once a call has opened, neither its form nor its criteria change."""

from decimal import Decimal

import pytest

from portal.core.db import Words
from portal.core.errors import StateConflict
from portal.core.questions.builder import service as form
from portal.core.questions.kinds.settings import QuestionFacts
from portal.grants.competitions.criteria import service as criteria
from portal.grants.competitions.criteria.rules import CriterionFacts, Scale
from portal.grants.competitions.form.views import CallFormOwner
from portal.grants.competitions.models import CriterionKind
from tests.grants.competitions.rows import mine

pytestmark = pytest.mark.usefixtures("ctx")


@pytest.mark.parametrize("wait", ["open", "closed", "decided", "published", "cancelled"])
def test_form_and_criteria_refuse_once_the_call_has_opened(officer, make, wait):
    competition = mine(make.competition(wait))
    section, criterion = competition.sections[0], competition.criteria[-1]
    question = section.questions[0]
    desk, facts = CallFormOwner(competition), QuestionFacts(label=Words("A"))
    scale = Scale(Decimal(5), Decimal(1))
    for verb in (
        lambda: form.add_section(officer, desk, Words("A"), Words()),
        lambda: form.remove_section(officer, desk, section),
        lambda: form.move_section(officer, desk, section, "up"),
        lambda: form.add_question(officer, desk, section, "date", facts),
        lambda: form.save_question(officer, desk, question, facts, version=1),
        lambda: form.remove_question(officer, desk, question),
        lambda: criteria.add(
            officer, competition, CriterionKind.QUALITY, CriterionFacts(Words("A"), scale=scale)
        ),
        lambda: criteria.remove(officer, competition, criterion),
        lambda: criteria.move(officer, competition, criterion, "up"),
        lambda: criteria.set_thresholds(
            officer, competition, total_minimum=Decimal(1), spread_flag=Decimal(1), version=1
        ),
    ):
        with pytest.raises(StateConflict):
            verb()
