"""The verb that changes announced terms."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from portal.core import clock
from portal.core.accounts.models import Person
from portal.core.db import Words, db
from portal.core.errors import Invalid
from portal.core.messages.links import page_url
from portal.core.work import Work, unit_of_work
from portal.grants.competitions import hooks
from portal.grants.competitions.amendments.rules import changes
from portal.grants.competitions.models import Amendment, Competition
from portal.grants.competitions.rules import Event, Phase, phase
from portal.grants.competitions.service import check_version, move, record_terms, write_terms
from portal.grants.competitions.terms.rules import BadTerms, Terms, amendable


@dataclass(frozen=True, slots=True)
class Order:
    """The order by which terms change, and why."""

    number: str
    date: date
    reason: Words


def amend(
    actor: Person | None,
    competition: Competition,
    order: Order,
    terms: Terms,
    version: int | None = None,
) -> Amendment:
    """Change announced terms to `terms` and tell everybody who works on an application.

    After the close a later deadline opens the call again. Raises BadTerms (with each field that
    cannot become so), Invalid where nothing changes, StaleForm, StateConflict once it is decided.
    """
    with unit_of_work(actor, "competition.amended", competition) as work:
        work.lock(competition)
        check(competition, terms, version)
        before = Terms.of(competition)
        closed = phase(competition, clock.now()) is Phase.CLOSED
        extends = closed and terms.deadline > before.deadline
        move(competition, Event.EXTEND if extends else Event.AMEND)
        amendment = _record(work, competition, order, changes(before, terms))
        write_terms(competition, terms)
        record_terms(work, competition)
        if extends:
            hooks.deadline_extended(work, competition)
        _tell(work, competition, amendment, before.deadline)
    return amendment


def check(competition: Competition, terms: Terms, version: int | None = None) -> None:
    """Whether the terms can become `terms` now; raises what `amend` would."""
    check_version(competition, version)
    now, before = clock.now(), Terms.of(competition)
    opened = phase(competition, now) is not Phase.ANNOUNCED
    if found := amendable(before, terms, opened=opened, now=now):
        raise BadTerms(found)
    if before == terms:
        raise Invalid("nothing", _l("Nothing has been changed yet."))


def _record(
    work: Work, competition: Competition, order: Order, changed: list[dict[str, Any]]
) -> Amendment:
    last = db.session.scalar(
        select(func.max(Amendment.number)).where(Amendment.competition_id == competition.id)
    )
    return work.add(
        Amendment(
            competition=competition,
            number=(last or 0) + 1,
            order_number=order.number,
            order_date=order.date,
            reason=order.reason,
            announced_at=clock.now(),
            changes=changed,
        )
    )


def _tell(work: Work, competition: Competition, amendment: Amendment, was: datetime) -> None:
    moved = competition.deadline != was
    hooks.write_to_applicants(
        work,
        competition,
        "competitions/amended" if moved else "competitions/changed",
        matter=f"amendment:{amendment.id}",
        amendment=amendment,
        was=was,
        url=page_url("competitions.amendments", competition=competition),
    )
