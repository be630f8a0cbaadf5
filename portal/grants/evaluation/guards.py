"""When evaluation may go on: after the deadline, and until the competition is decided."""

from flask_babel import lazy_gettext as _l

from portal.core import clock
from portal.core.errors import StateConflict
from portal.grants.competitions.models import Competition
from portal.grants.competitions.rules import Phase, phase

UNDECIDED = frozenset({Phase.DRAFT, Phase.ANNOUNCED, Phase.OPEN, Phase.CLOSED})


def under_evaluation(competition: Competition) -> None:
    """Raise StateConflict before the deadline has passed and once the head has signed off."""
    now = phase(competition, clock.now())
    if now in (Phase.DRAFT, Phase.ANNOUNCED, Phase.OPEN):
        raise StateConflict(
            "before_deadline", _l("Applications can be evaluated once the deadline has passed.")
        )
    undecided(competition)


def undecided(competition: Competition) -> None:
    """Raise StateConflict once the competition is decided or cancelled."""
    if phase(competition, clock.now()) not in UNDECIDED:
        raise StateConflict(
            "decided", _l("The competition has been decided. Its evaluation can only be read.")
        )


def is_under_evaluation(competition: Competition) -> bool:
    """Whether evaluation may go on now; for pages, which then show their buttons."""
    return phase(competition, clock.now()) is Phase.CLOSED
