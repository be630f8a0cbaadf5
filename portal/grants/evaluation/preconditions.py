"""Preconditions of evaluation: after the deadline, until the competition is decided."""

from flask_babel import lazy_gettext as _l

from portal.core import clock
from portal.core.errors import StateConflict
from portal.core.work import Work
from portal.grants.applications.register.service import ensure_register_closed
from portal.grants.competitions.models import Competition
from portal.grants.competitions.rules import Phase, phase

UNDECIDED = frozenset({Phase.DRAFT, Phase.ANNOUNCED, Phase.OPEN, Phase.CLOSED})


def require_under_evaluation(work: Work, competition: Competition) -> None:
    """Raise StateConflict before the deadline and once the head has signed.

    Evaluation needs the closed register: its first verb closes it if no worker has yet. Call before
    locking rows other than applications, since this may lock the competition.
    """
    now = phase(competition, clock.now())
    if now in (Phase.DRAFT, Phase.ANNOUNCED, Phase.OPEN):
        raise StateConflict(
            "before_deadline", _l("Applications can be evaluated once the deadline has passed.")
        )
    require_undecided(competition)
    if competition.register_closed_at is None:
        work.lock(competition)
        ensure_register_closed(work, competition)
        if competition.register_closed_at is None:
            raise StateConflict(
                "on_their_way",
                _l("What was received in time is still being taken in. Try again in two minutes."),
            )


def require_undecided(competition: Competition) -> None:
    """Raise StateConflict once the competition is decided or cancelled."""
    if phase(competition, clock.now()) not in UNDECIDED:
        raise StateConflict(
            "decided", _l("The competition has been decided. Its evaluation can only be read.")
        )


def is_under_evaluation(competition: Competition) -> bool:
    """Whether evaluation is possible now; for pages with buttons."""
    return phase(competition, clock.now()) is Phase.CLOSED
