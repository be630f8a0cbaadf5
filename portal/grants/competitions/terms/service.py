"""Saving the terms of a draft. Announced terms change by an amendment only."""

from flask_babel import lazy_gettext as _l

from portal.core.accounts.models import Person
from portal.core.errors import InvalidFields, StateConflict
from portal.core.work import unit_of_work
from portal.grants.competitions.models import Competition, CompetitionState
from portal.grants.competitions.service import write_terms
from portal.grants.competitions.terms.rules import Terms, problems


def save(actor: Person, competition: Competition, terms: Terms, version: int) -> None:
    """Save the draft's terms. `version` is that of the form.

    Raises InvalidFields, StaleForm, and StateConflict once the call is announced.
    """
    with unit_of_work(actor, "competition.terms_saved", competition) as work:
        work.lock(competition)
        if competition.state is not CompetitionState.DRAFT:
            raise StateConflict(
                "competition.announced",
                _l("The call is announced. Its terms now change by an amendment."),
            )
        work.expect(competition, version)
        if found := problems(terms):
            raise InvalidFields("terms", found)
        write_terms(competition, terms)
