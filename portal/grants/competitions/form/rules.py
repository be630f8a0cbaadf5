"""Context of a call's form, and the measures taken from its answers."""

from collections.abc import Iterable, Mapping

from portal.core.questions.models import Question
from portal.core.questions.rules import Context
from portal.grants.competitions.models import Competition

# The kinds of question that can give each measure used by lists and rules.
MEASURED_BY: Mapping[str, str] = {
    "title": "short_text",
    "participants": "number",
    "at_risk": "number",
    "start": "date",
    "months": "number",
}


def context_of(competition: Competition, questions: Iterable[Question]) -> Context:
    """What answers are validated against, as far as it is known before any answer."""
    return Context(
        sums={"grant": competition.fixed_sum}, questions={one.key: one for one in questions}
    )
