"""Rights to eligibility checks and clarifications."""

from enum import StrEnum
from uuid import UUID

from flask_babel import lazy_gettext as _l

from portal.core.access import HIDDEN, Access, loader, no, rule, yes
from portal.core.accounts.models import DECIDING, MUNICIPAL, Person, Role
from portal.core.accounts.rights import holds, in_organisation
from portal.core.db import Base
from portal.core.questions.models import AnswerFile
from portal.grants.applications.models import Application, ApplicationState
from portal.grants.competitions.models import Competition
from portal.grants.evaluation.eligibility import queries
from portal.grants.evaluation.visibility import access_to, content_sight


class Right(StrEnum):
    """The rights of this part. Files that name minors are for the officer alone."""

    LIST = "eligibility.list"
    READ = "eligibility.read"  # a check beside the content
    READ_FILE = "eligibility.read_file"  # of a reply
    CHECK = "eligibility.check"  # answer, ask, accept, propose
    CONFIRM = "eligibility.confirm"  # confirm a rejection proposed by somebody else
    READ_CLARIFICATION = "clarification.read"  # by the applicant's people
    READ_OWN_FILE = "clarification.read_file"
    REPLY = "clarification.reply"


COUNTED = yes("counted", _l("The application has been submitted, and counts."))


@rule(Right.LIST)
def _list(actor: Person | None, competition: Competition) -> Access:
    return holds(actor, MUNICIPAL, competition.municipality_id)


@rule(Right.READ)
def _read(
    actor: Person | None, competition: Competition, application: Application, *_within: Base
) -> Access:
    found = _list(actor, competition) & _is_counted(application)
    return found & access_to(content_sight, actor, application) if found else found


@rule(Right.READ_FILE)
def _read_file(
    actor: Person | None, competition: Competition, application: Application, file: AnswerFile
) -> Access:
    """A sent file; those that name minors are for the officer alone."""
    if file.removed_at is not None or file.answer_set.frozen_at is None:
        return HIDDEN
    found = _read(actor, competition, application)
    if file.names_minors:
        return found & holds(actor, Role.OFFICER, competition.municipality_id)
    return found


@rule(Right.CHECK)
def _check(
    actor: Person | None, competition: Competition, application: Application, *_within: Base
) -> Access:
    found = _read(actor, competition, application)
    if not found:
        return HIDDEN
    return found & holds(actor, Role.OFFICER, competition.municipality_id) or no(
        _l("The board's officers check eligibility. You can read everything here.")
    )


@rule(Right.CONFIRM)
def _confirm(
    actor: Person | None, competition: Competition, application: Application, *_within: Base
) -> Access:
    found = _read(actor, competition, application)
    if not found:
        return HIDDEN
    decides = holds(actor, DECIDING, competition.municipality_id)
    return found & decides or no(_l("An officer or the head of the board confirms a rejection."))


@rule(Right.READ_CLARIFICATION)
def _read_clarification(actor: Person | None, application: Application, *_within: Base) -> Access:
    return in_organisation(actor, application.organisation_id) & _is_counted(application)


@rule(Right.READ_OWN_FILE)
def _read_own_file(actor: Person | None, application: Application, file: AnswerFile) -> Access:
    return _read_clarification(actor, application) if file.removed_at is None else HIDDEN


@rule(Right.REPLY)
def _reply(actor: Person | None, application: Application, *_within: Base) -> Access:
    if edits := in_organisation(actor, application.organisation_id, Role.OWNER, Role.EDITOR):
        return edits & _is_counted(application)
    return _read_clarification(actor, application) and no(
        _l("The organisation's owners and editors reply.")
    )


def _is_counted(application: Application) -> Access:
    return COUNTED if application.state is ApplicationState.SUBMITTED else HIDDEN


@loader("reply_file")
def _reply_file(
    key: UUID, application: Application, competition: Competition | None = None
) -> AnswerFile | None:
    return queries.reply_file(application, key)
