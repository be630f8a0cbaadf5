"""What a call's form has to refer to, and what the portal takes from answers to it."""

from collections.abc import Iterable, Mapping

from portal.core.questions.models import Question
from portal.core.questions.rules import Context
from portal.grants.competitions.models import Competition

# Which kind of question can give the answer that a list or a rule relies on.
MEASURED_BY: Mapping[str, str] = {
    "title": "short_text",
    "participants": "number",
    "at_risk": "number",
    "start": "date",
    "months": "number",
}


def context_of(competition: Competition, questions: Iterable[Question]) -> Context:
    """What answers are judged by, as far as it is known before anybody answers."""
    return Context(
        sums={"grant": competition.fixed_sum}, questions={one.key: one for one in questions}
    )
