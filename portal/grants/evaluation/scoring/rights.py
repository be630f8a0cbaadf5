"""Rights to score sheets and to the content for the committee."""

from enum import StrEnum
from uuid import UUID

from flask_babel import lazy_gettext as _l

from portal.core.access import HIDDEN, Access, loader, no, rule
from portal.core.accounts.models import Person, Role
from portal.core.accounts.rights import holds
from portal.core.db import Base
from portal.core.questions.models import AnswerFile
from portal.grants.applications.models import Application
from portal.grants.applications.queries import counts
from portal.grants.competitions.models import Competition
from portal.grants.evaluation.committee.models import CommitteeRole
from portal.grants.evaluation.membership import on_committee
from portal.grants.evaluation.scoring import queries
from portal.grants.evaluation.scoring.models import ScoreSheet
from portal.grants.evaluation.visibility import (
    access_to,
    content_sight,
    result_sight,
    scoring_sight,
)


class Right(StrEnum):
    """The rights of this part."""

    READ = "scoring.read"  # the content, as a member of the committee
    READ_FILE = "scoring.read_file"
    READ_REPLY_FILE = "scoring.read_reply_file"  # of a clarification
    SCORE = "scoring.score"  # one's own sheet
    SEE_SHEETS = "scoring.see_sheets"  # all sheets, in the discussion
    REOPEN = "scoring.reopen"


@rule(Right.READ)
def _read(
    actor: Person | None, competition: Competition, application: Application, *_within: Base
) -> Access:
    sits = on_committee(actor, competition.id)
    return sits and access_to(content_sight, actor, application)


@rule(Right.READ_FILE)
def _read_file(
    actor: Person | None, competition: Competition, application: Application, attachment: AnswerFile
) -> Access:
    """Not files that name minors, nor those missing in the valid submission."""
    if attachment.names_minors or not counts(application, attachment):
        return HIDDEN
    return _read(actor, competition, application)


@rule(Right.READ_REPLY_FILE)
def _read_reply_file(
    actor: Person | None, competition: Competition, application: Application, file: AnswerFile
) -> Access:
    """A sent file that does not name minors."""
    if file.names_minors or file.removed_at or file.answer_set.frozen_at is None:
        return HIDDEN
    return _read(actor, competition, application)


@rule(Right.SCORE)
def _score(actor: Person | None, competition: Competition, application: Application) -> Access:
    sits = on_committee(actor, competition.id)
    return sits and access_to(scoring_sight, actor, application)


@rule(Right.SEE_SHEETS)
def _see_sheets(actor: Person | None, competition: Competition, application: Application) -> Access:
    return access_to(result_sight, actor, application)


@rule(Right.REOPEN)
def _reopen(
    actor: Person | None, competition: Competition, application: Application, sheet: ScoreSheet
) -> Access:
    """The chair, and the head for the chair's own; only if they may see the points."""
    found = _see_sheets(actor, competition, application)
    if not found:
        return found
    if on_committee(sheet.person, competition.id, CommitteeRole.CHAIR):
        if head := holds(actor, (Role.HEAD, Role.DEPUTY), competition.municipality_id):
            return found & head
        return no(_l("The head of the board reopens the chair's own score sheet."))
    if chair := on_committee(actor, competition.id, CommitteeRole.CHAIR):
        return found & chair
    return no(_l("The chair of the committee reopens a score sheet."))


@loader("sheet")
def _sheet(key: UUID, competition: Competition, application: Application) -> ScoreSheet | None:
    return queries.sheet(application, key)
