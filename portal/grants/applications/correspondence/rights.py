"""Rights to letters about applications, and loaders of letters."""

from enum import StrEnum
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.core.access import HIDDEN, Access, decide, loader, no, rule
from portal.core.accounts.models import Person, Role
from portal.core.accounts.rights import holds
from portal.core.db import db
from portal.grants.applications import hooks
from portal.grants.applications.correspondence.models import Letter
from portal.grants.applications.models import Application
from portal.grants.applications.rights import Right as Applications
from portal.grants.competitions.models import Competition

# Letters reveal nothing of an application's content, so they do not wait for its deadline.
OF_THE_CALL = ("competitions/", "applications/withdrawn")


class Right(StrEnum):
    """The rights to letters."""

    LIST = "letters.list"  # list the letters to post
    POST = "letters.post"  # read and print a letter, and record that it was posted


@rule(Right.LIST)
def _list(actor: Person | None, competition: Competition, *_within: object) -> Access:
    if not decide(Applications.LIST, actor, competition):
        return HIDDEN
    if officer := holds(actor, Role.OFFICER, competition.municipality_id):
        return officer
    return no(_l("An officer of the board posts letters."))


@rule(Right.POST)
def _post(
    actor: Person | None, competition: Competition, application: Application, letter: Letter
) -> Access:
    """An officer who may read the application; of a letter about the call, one without a
    conflict."""
    may = _list(actor, competition)
    if not may:
        return may
    if letter.template.startswith(OF_THE_CALL):
        conflict = hooks.conflict(actor, application)
        return may if conflict is None else conflict
    return decide(Applications.SEE, actor, competition, application)


@loader("letter")
def _letter(
    key: UUID, application: Application, competition: Competition | None = None
) -> Letter | None:
    return db.session.scalar(
        select(Letter).where(Letter.id == key, Letter.application_id == application.id)
    )
