"""Rights to applications, and loaders of applications in URLs.

An application belongs to its organisation's members. The board never sees drafts, and sees no
content before the deadline; after that it is open to those without a conflict of interest, which a
later stage's hook decides. Files that name minors are for the eligibility officer alone.
"""

from enum import StrEnum
from uuid import UUID

from flask_babel import lazy_gettext as _l

from portal.core import clock
from portal.core.access import HIDDEN, SIGNED_IN, Access, loader, no, rule, yes
from portal.core.accounts.models import MUNICIPAL, Person, Role
from portal.core.accounts.rights import holds, in_organisation
from portal.core.arrival import arrived_at
from portal.core.db import Base
from portal.core.periods import in_time
from portal.core.questions.answers import queries as answers
from portal.core.questions.models import AnswerFile, Section
from portal.grants.applications import hooks, queries
from portal.grants.applications.hooks import SEALED
from portal.grants.applications.models import Application, ApplicationState, Submission
from portal.grants.applications.rules import number_in
from portal.grants.competitions.models import Competition
from portal.grants.competitions.rules import Phase, is_public, phase


class Right(StrEnum):
    """The rights of this stage."""

    MINE = "application.mine"  # the list of one's own
    START = "application.start"
    READ = "application.read"  # by its own people
    EDIT = "application.edit"  # by its owners and editors: write, attach, submit, withdraw
    LIST = "application.list"  # the board's list, without content before the deadline
    REGISTER = "application.register"  # what came in person, by post, by e-mail, as an e-document
    SEE = "application.see"  # reading by the board
    OPEN_FILE = "application.open_file"  # opening one of its files by the board
    SEE_MINORS_STATEMENT = "application.see_minors_statement"
    EXPORT = "application.export"


@rule(Right.MINE)
def _mine(actor: Person | None) -> Access:
    return SIGNED_IN if actor else HIDDEN


@rule(Right.START)
def _start(actor: Person | None, competition: Competition) -> Access:
    if not is_public(competition) or actor is None:
        return HIDDEN
    match phase(competition, arrived_at()):
        case Phase.OPEN:
            return yes("open", _l("The call is open to applications."))
        case Phase.ANNOUNCED:
            return no(_l("Applications can be started when the call opens."))
        case _:
            return no(_l("Applications can no longer be started: the call has closed."))


@rule(Right.READ)
def _read(actor: Person | None, application: Application, *_within: object) -> Access:
    return in_organisation(actor, application.organisation_id)


@rule(Right.EDIT)
def _edit(actor: Person | None, application: Application, *_within: object) -> Access:
    if edits := in_organisation(actor, application.organisation_id, Role.OWNER, Role.EDITOR):
        return edits
    if _read(actor, application):
        return no(_l("You may read this application. Its owners and editors may change it."))
    return HIDDEN


@rule(Right.LIST)
def _list(actor: Person | None, competition: Competition, *_within: object) -> Access:
    if not is_public(competition):
        return HIDDEN
    return holds(actor, MUNICIPAL, competition.municipality_id)


@rule(Right.REGISTER)
def _register(actor: Person | None, competition: Competition, *_within: object) -> Access:
    officer = holds(actor, Role.OFFICER, competition.municipality_id)
    if officer and is_public(competition):
        return officer
    if _list(actor, competition):
        return no(_l("Only an officer of the board registers applications."))
    return HIDDEN


@rule(Right.EXPORT)
def _export(actor: Person | None, competition: Competition) -> Access:
    listed = _list(actor, competition)
    return SEALED if listed and not is_unsealed(competition) else listed


@rule(Right.SEE)
def _see(
    actor: Person | None, competition: Competition, application: Application, *_within: object
) -> Access:
    if not _list(actor, competition) or application.number is None:
        return HIDDEN
    if application.state is not ApplicationState.SUBMITTED:
        return no(_l("This application has been withdrawn. Its content is not shown."))
    return hooks.reading(actor, application)


@rule(Right.SEE_MINORS_STATEMENT)
def _see_minors_statement(actor: Person | None, application: Application, *_: object) -> Access:
    competition = application.competition
    found = _see(actor, competition, application)
    return found & holds(actor, Role.OFFICER, competition.municipality_id) if found else HIDDEN


@rule(Right.OPEN_FILE)
def _open_file(
    actor: Person | None, competition: Competition, application: Application, file: AnswerFile
) -> Access:
    if not queries.counts(application, file):
        return HIDDEN
    if file.names_minors:
        return _see_minors_statement(actor, application)
    return _see(actor, competition, application)


def is_unsealed(competition: Competition) -> bool:
    """Whether the deadline has passed, so that the board may read the applications."""
    return not in_time(competition.deadline, clock.now())


@loader("application")
def _application(
    key: UUID | str, competition: Competition | None = None, **_: Base
) -> Application | None:
    """By its key in applicants' URLs, by its number under its competition."""
    if isinstance(key, UUID):
        return queries.by_key(key)
    return queries.by_number(competition, number_in(competition.code, key)) if competition else None


@loader("part")
def _part(key: str, application: Application) -> Section | None:
    return queries.section(application.competition, key)


@loader("attachment")
def _attachment(
    key: UUID, application: Application, competition: Competition | None = None, **_: Base
) -> AnswerFile | None:
    return answers.file(application.answer_set_id, key)


@loader("revision")
def _revision(
    revision: int, application: Application, competition: Competition | None = None
) -> Submission | None:
    return queries.revision(application, revision)
