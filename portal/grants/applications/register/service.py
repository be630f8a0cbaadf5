"""Closing registers at the deadline, adding supplements, and voiding."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from portal.core import clock
from portal.core.accounts.models import Person
from portal.core.arrival import all_received
from portal.core.db import db
from portal.core.periods import in_time
from portal.core.work import Work, unit_of_work
from portal.grants.applications import hooks, queries
from portal.grants.applications.models import Register, RegisterEntry, Submission
from portal.grants.applications.register.queries import current_registers
from portal.grants.applications.register.rules import RegisterLine, in_order, root_of
from portal.grants.competitions.models import Competition, CompetitionState


def close_due(now: datetime) -> int:
    """Close the register of every call whose deadline has passed; returns their number.

    Each is a verb of its own, so that an error leaves the others closed.
    """
    due = db.session.scalars(
        select(Competition).where(
            ~in_time(Competition.deadline, now),
            Competition.register_closed_at.is_(None),
            Competition.state.not_in([CompetitionState.DRAFT, CompetitionState.CANCELLED]),
        )
    ).all()
    return sum(close(None, competition) for competition in due)


def close(actor: Person | None, competition: Competition) -> bool:
    """Close the register if the deadline has passed and it is open; returns whether it did."""
    if competition.register_closed_at is not None or not all_received(competition.deadline):
        return False
    with unit_of_work(actor, "register.closed", competition) as work:
        work.lock(competition)
        return ensure_register_closed(work, competition)


def ensure_register_closed(work: Work, competition: Competition) -> bool:
    """Part of the first verb that needs the register; the competition is locked.

    Returns whether it was closed now: nothing is done while a request received in time can still
    come in, or if it is closed already.
    """
    if competition.register_closed_at is not None or not all_received(competition.deadline):
        return False
    register = _write(work, competition, 1, competition.deadline, queries.counted(competition))
    competition.register_closed_at = competition.deadline
    work.note(root=register.root, applications=len(register.entries))
    return True


def enter_late(work: Work, competition: Competition, submission: Submission) -> None:
    """Put an application that came in time, but is entered after the close, into a supplement.

    Part of the verbs that submit and register; the competition is locked.
    """
    if competition.register_closed_at is None:
        return
    last = max((register.ordinal for register in current_registers(competition)), default=0)
    _write(work, competition, last + 1, clock.now(), [submission])
    work.note(supplement=last + 1)


def void(work: Work, competition: Competition) -> None:
    """Void the register when the deadline is moved after the close."""
    for register in current_registers(competition):
        register.voided_at = clock.now()
        work.note(voided_root=register.root)
    competition.register_closed_at = None


def _write(
    work: Work,
    competition: Competition,
    ordinal: int,
    closed_at: datetime,
    submissions: Sequence[Submission],
) -> Register:
    by_line = {RegisterLine(one.application.number or "", one.seal): one for one in submissions}
    lines = in_order(by_line)
    register = work.add(
        Register(
            competition=competition,
            ordinal=ordinal,
            closed_at=closed_at,
            root=root_of(lines),
            entries=[
                RegisterEntry(
                    position=position,
                    number=line.number,
                    seal=line.seal,
                    submission_id=by_line[line].id,
                )
                for position, line in enumerate(lines, start=1)
            ],
        )
    )
    db.session.flush()
    hooks.registered(work, competition)
    return register
