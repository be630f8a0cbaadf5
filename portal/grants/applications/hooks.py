"""Hooks of applications for later stages (see core/hooks.py).

They add to the applicants' pages: requested clarifications, decisions.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, false

from portal.core.access import Access, no
from portal.core.accounts.models import Person
from portal.core.hooks import CollectingHook, SingleHook, StepHook
from portal.core.work import Work
from portal.grants.applications.models import Application
from portal.grants.competitions.hooks import Step
from portal.grants.competitions.models import Competition

SEALED = no(_l("Applications are sealed until the deadline has passed: nobody reads them before."))


@CollectingHook
def waiting(actor: Person) -> Iterable[Step]:
    """What the actor has to do, for the head of their list of applications."""
    return ()


@CollectingHook
def notices(application: Application) -> Iterable[Step]:
    """Notices for the applicant, at the head of an application's pages."""
    return ()


@CollectingHook
def outcomes(actor: Person, applications: Sequence[Application]) -> Iterable[tuple[UUID, Step]]:
    """The results of the actor's own applications: a step for each that is decided.

    One query for all applications.
    """
    return ()


@SingleHook
def reading(actor: Person | None, application: Application) -> Access:
    """The access of a board member to an application."""
    return SEALED


@SingleHook
def conflict(actor: Person | None, application: Application) -> Access | None:
    """The conflict of interest that excludes a board member from all matters of an application, if
    any."""
    return None


@SingleHook
def readable(actor: Person, competition: Competition) -> ColumnElement[bool]:
    """The access of `reading` as a condition on the applications of a competition."""
    return false()


@CollectingHook
def before_reading(actor: Person, competition: Competition) -> Iterable[Step]:
    """What a board member has to do before the applications are opened to them."""
    return ()


@StepHook
def submitted_anew(work: Work, application: Application) -> None:
    """Part of the verb that submits an application again: findings about an earlier version become
    void."""


@StepHook
def registered(work: Work, competition: Competition) -> None:
    """Part of the verb that writes a register of the competition or a supplement, by which the
    applicants and partners become known."""
