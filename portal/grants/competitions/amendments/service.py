"""The verb that changes announced terms."""

from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l

from portal.core import clock, ordering
from portal.core.accounts.models import Person
from portal.core.db import Words
from portal.core.errors import Invalid, InvalidFields, StaleForm
from portal.core.messages.links import page_url
from portal.core.versions import is_seen
from portal.core.work import SOMEBODY_FIRST, unit_of_work
from portal.grants.competitions import hooks
from portal.grants.competitions.models import Amendment, Competition
from portal.grants.competitions.rules import CompetitionEvent, Phase, changes, phase
from portal.grants.competitions.service import move, record_terms, write_terms
from portal.grants.competitions.terms.rules import Terms, amendable


@dataclass(frozen=True, slots=True)
class AmendmentOrder:
    """The order that amends the terms, and its reason."""

    number: str
    date: date
    reason: Words


def amend(
    actor: Person | None,
    competition: Competition,
    order: AmendmentOrder,
    terms: Terms,
    version: int | None = None,
) -> Amendment:
    """Change announced terms to `terms`, and notify everybody with an application.

    A later deadline after the close opens the call again. Raises InvalidFields for inadmissible
    changes, Invalid if nothing changes, StaleForm, StateConflict once it is decided.
    """
    with unit_of_work(actor, "competition.amended", competition) as work:
        work.lock(competition)
        check(competition, terms, version)
        before = Terms.of(competition)
        closed = phase(competition, clock.now()) is Phase.CLOSED
        extends = closed and terms.deadline > before.deadline
        move(competition, CompetitionEvent.EXTEND if extends else CompetitionEvent.AMEND)
        amendment = work.add(
            Amendment(
                competition=competition,
                number=ordering.next_number(
                    Amendment.number, Amendment.competition_id == competition.id
                ),
                order_number=order.number,
                order_date=order.date,
                reason=order.reason,
                announced_at=clock.now(),
                changes=changes(before, terms),
            )
        )
        write_terms(competition, terms)
        record_terms(work, competition)
        if extends:
            hooks.deadline_extended(work, competition)
        moved = terms.deadline != before.deadline
        hooks.write_to_applicants(
            work,
            competition,
            "competitions/amended" if moved else "competitions/changed",
            matter=f"amendment:{amendment.id}",
            amendment=amendment,
            was=before.deadline,
            url=page_url("competitions.amendments", competition=competition),
        )
    return amendment


def check(competition: Competition, terms: Terms, version: int | None = None) -> None:
    """Raise what `amend` would; write nothing."""
    if version is not None and not is_seen(competition, version):
        raise StaleForm(SOMEBODY_FIRST, theirs=competition)
    now, before = clock.now(), Terms.of(competition)
    opened = phase(competition, now) is not Phase.ANNOUNCED
    if found := amendable(before, terms, opened=opened, now=now):
        raise InvalidFields("terms", found)
    if before == terms:
        raise Invalid("nothing", _l("Nothing has been changed yet."))
