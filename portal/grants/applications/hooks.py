"""What applications ask of the stages after them (see core/hooks.py).

These have something to say on the applicants' pages: a clarification that is asked for, a decision
that was made.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement

from portal.core.access import Access
from portal.core.accounts.models import Person
from portal.core.hooks import CollectingHook
from portal.core.work import Work
from portal.grants.applications.models import Application
from portal.grants.competitions.hooks import Step
from portal.grants.competitions.models import Competition


@CollectingHook
def waiting(actor: Person) -> Iterable[Step]:
    """What waits for the actor, for the head of their list of applications."""
    return ()


@CollectingHook
def notices(application: Application) -> Iterable[Step]:
    """What else there is to say of an application to its own people, at the head of its pages."""
    return ()


@CollectingHook
def outcomes(actor: Person, applications: Sequence[Application]) -> Iterable[tuple[UUID, Step]]:
    """What has come of the actor's own applications: a step for each that is decided.

    One query however many applications there are.
    """
    return ()


@CollectingHook
def reading(actor: Person | None, application: Application) -> Iterable[Access]:
    """Whether a person of the board may read an application: the deadline, conflicts of interest.
    Where nobody answers, nobody reads.
    """
    return ()


@CollectingHook
def conflict(actor: Person | None, application: Application) -> Iterable[Access]:
    """The conflict of interest that keeps a person of the board from whatever concerns an
    application, if there is one.
    """
    return ()


@CollectingHook
def readable(actor: Person, competition: Competition) -> Iterable[ColumnElement[bool]]:
    """The same of all applications of a competition, as a condition on their rows."""
    return ()


@CollectingHook
def before_reading(actor: Person, competition: Competition) -> Iterable[Step]:
    """What a person of the board has to do before the applications open to them."""
    return ()


@CollectingHook
def submitted_anew(work: Work, application: Application) -> Iterable[None]:
    """Runs in the verb that submits an application again: what was found out about an earlier
    version does not hold for this one.
    """
    return ()


@CollectingHook
def registered(work: Work, competition: Competition) -> Iterable[None]:
    """Runs in the verb that writes a register of the competition, or a supplement to it: who
    applies, and with whom, is known from here on.
    """
    return ()
