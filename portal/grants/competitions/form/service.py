"""Changing form and criteria, which freeze when the call opens."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask_babel import lazy_gettext as _l

from portal.core import clock
from portal.core.accounts.models import Person
from portal.core.errors import StateConflict, trigger
from portal.core.work import Work, unit_of_work
from portal.grants.competitions.models import Competition
from portal.grants.competitions.rules import frozen
from portal.grants.competitions.service import record_terms

FROZEN = _l("The call has opened: its form and criteria stand as they are.")

trigger(FROZEN, "criteria_frozen")


@contextmanager
def changing(actor: Person | None, competition: Competition, event: str) -> Iterator[Work]:
    """A verb that changes form or criteria; for an announced call it records a new terms version.

    Raises StateConflict once the call has opened.
    """
    with unit_of_work(actor, event, competition) as work:
        work.lock(competition)
        if frozen(competition, clock.now()):
            raise StateConflict("competition.frozen", FROZEN)
        yield work
        if competition.terms_version:
            record_terms(work, competition)
