"""The verbs of criteria. Criteria freeze when the call opens, as the form does."""

from decimal import Decimal

from flask_babel import lazy_gettext as _l

from portal.core import ordering
from portal.core.accounts.models import Person
from portal.core.errors import Invalid, InvalidFields, constraint
from portal.core.questions.keys import key_of
from portal.grants.competitions.criteria.rules import (
    MOST,
    CriterionFacts,
    most_points,
    problems,
    sorted_levels,
)
from portal.grants.competitions.form.service import changing
from portal.grants.competitions.models import Competition, Criterion, CriterionKind

constraint(
    "uq_criteria_tie_break",
    _l("Another criterion has this place in breaking ties."),
    "tie_break",
)


def add(
    actor: Person, competition: Competition, kind: CriterionKind, facts: CriterionFacts
) -> Criterion:
    """Add a criterion after the others of its kind. Raises Invalid."""
    with changing(actor, competition, "criterion.added") as work:
        if len(competition.criteria) >= MOST:
            raise Invalid("too_many", _l("A call has at most 40 criteria."), "title")
        criterion = Criterion(
            competition_id=competition.id,
            kind=kind,
            key=key_of(facts.title.lv, {one.key for one in competition.criteria}, "criterion"),
            position=ordering.next_place(competition.criteria),
        )
        _write(competition, criterion, facts)
        return work.add(criterion)


def save(
    actor: Person,
    competition: Competition,
    criterion: Criterion,
    facts: CriterionFacts,
    *,
    version: int,
) -> None:
    """Change a criterion; its key and kind stay. Raises Invalid, StaleForm."""
    with changing(actor, competition, "criterion.saved") as work:
        work.expect(criterion, version)
        _write(competition, criterion, facts)


def remove(actor: Person, competition: Competition, criterion: Criterion) -> None:
    """Remove a criterion."""
    with changing(actor, competition, "criterion.removed") as work:
        work.delete(criterion)


def move(actor: Person, competition: Competition, criterion: Criterion, direction: str) -> None:
    """Move a criterion up or down among those of its kind."""
    with changing(actor, competition, "criterion.moved"):
        same = [one for one in competition.criteria if one.kind is criterion.kind]
        places = sorted(one.position for one in same)
        ordering.place(same, criterion, direction)
        for one in same:
            one.position = places[one.position - 1]


def set_thresholds(
    actor: Person,
    competition: Competition,
    *,
    total_minimum: Decimal,
    spread_flag: Decimal,
    version: int,
) -> None:
    """Set the total needed for an award, and the spread of sheets that is to be discussed.

    Raises Invalid for an unreachable minimum, StaleForm.
    """
    with changing(actor, competition, "criteria.thresholds_set") as work:
        work.expect(competition, version)
        if not 0 <= total_minimum <= most_points(competition.criteria):
            raise Invalid(
                "total_minimum",
                _l("No application can reach this: it is more than all criteria give."),
                "total_minimum",
            )
        competition.total_minimum = total_minimum
        competition.spread_flag = spread_flag


def _write(competition: Competition, criterion: Criterion, facts: CriterionFacts) -> None:
    known = {section.key for section in competition.sections}
    criterion.title, criterion.guidance = facts.title, facts.guidance
    criterion.section_key = facts.section_key if facts.section_key in known else None
    if criterion.kind is CriterionKind.ELIGIBILITY:
        return
    if facts.scale is None:
        raise Invalid("scale", _l("Say how it is scored."), "maximum")
    if found := list(problems(facts.scale)):
        raise InvalidFields("scale", found)
    for name in ("maximum", "step", "weight", "minimum", "comment_below", "tie_break"):
        setattr(criterion, name, getattr(facts.scale, name))
    criterion.levels = sorted_levels(facts.scale.levels)
