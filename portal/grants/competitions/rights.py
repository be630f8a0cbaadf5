"""Rights to competitions, and loaders of competitions in URLs."""

from enum import StrEnum
from uuid import UUID

from flask_babel import lazy_gettext as _l

from portal.core.access import HIDDEN, OWN, SIGNED_IN, Access, loader, no, rule, yes
from portal.core.accounts.models import MUNICIPAL, Person, Role
from portal.core.accounts.rights import holds, holds_somewhere
from portal.core.arrival import arrived_at
from portal.core.db import Base
from portal.grants.competitions import queries
from portal.grants.competitions.inquiries.models import Inquiry
from portal.grants.competitions.models import (
    CallDocument,
    CallDocumentVersion,
    Competition,
    Criterion,
)
from portal.grants.competitions.rules import Phase, is_public, phase


class Right(StrEnum):
    """The rights of this stage. A draft is hidden from all but its own municipality's board."""

    VIEW = "competition.view"  # the call's page; public once it is announced
    ASK = "competition.ask"  # ask a public question
    TAKE_BACK = "competition.take_back"  # take back one's own question
    BOARD = "competition.board"  # the board's list of competitions
    CREATE = "competition.create"  # in some municipality
    SEE = "competition.see"  # the board's pages of one competition
    PREPARE = "competition.prepare"  # terms, documents, form, criteria
    ANNOUNCE = "competition.announce"
    AMEND = "competition.amend"
    CANCEL = "competition.cancel"
    ANSWER = "competition.answer"  # public questions


PUBLIC = yes("public", _l("The call is public."))


@rule(Right.VIEW)
def _view(actor: Person | None, competition: Competition, *_within: Base) -> Access:
    return PUBLIC if is_public(competition) else _see(actor, competition)


@rule(Right.ASK)
def _ask(actor: Person | None, competition: Competition) -> Access:
    if not is_public(competition):
        return HIDDEN
    if phase(competition, arrived_at()) not in (Phase.ANNOUNCED, Phase.OPEN):
        return no(_l("Questions could be asked until the deadline."))
    return SIGNED_IN if actor else no(_l("Sign in to ask a question."))


@rule(Right.TAKE_BACK)
def _take_back(actor: Person | None, competition: Competition, own_inquiry: Inquiry) -> Access:
    return OWN if actor and own_inquiry.asked_by_id == actor.id else HIDDEN


@rule(Right.BOARD)
def _board(actor: Person | None) -> Access:
    return holds_somewhere(actor, *MUNICIPAL)


@rule(Right.CREATE)
def _create(actor: Person | None) -> Access:
    if officer := holds_somewhere(actor, Role.OFFICER):
        return officer
    return no(_l("Only an officer of the board prepares calls.")) if _board(actor) else HIDDEN


@rule(Right.SEE)
def _see(actor: Person | None, competition: Competition, *_within: Base) -> Access:
    return holds(actor, MUNICIPAL, competition.municipality_id)


def _officer(actor: Person | None, competition: Competition, *_within: Base) -> Access:
    """An officer of the competition's municipality; its head and auditor get the reason of a
    refusal."""
    if officer := holds(actor, Role.OFFICER, competition.municipality_id):
        return officer
    if _see(actor, competition):
        return no(_l("Only an officer of the board changes a call. You can read everything here."))
    return HIDDEN


for _right in (Right.PREPARE, Right.ANNOUNCE, Right.AMEND, Right.CANCEL, Right.ANSWER):
    rule(_right)(_officer)


@loader("competition")
def _competition(slug: str) -> Competition | None:
    return queries.by_slug(slug)


@loader("criterion")
def _criterion(key: UUID, competition: Competition) -> Criterion | None:
    return queries.within(competition, Criterion, key)


@loader("inquiry")
@loader("own_inquiry")
def _inquiry(key: UUID, competition: Competition) -> Inquiry | None:
    return queries.within(competition, Inquiry, key)


@loader("call_document")
def _call_document(key: UUID, competition: Competition) -> CallDocument | None:
    found = queries.within(competition, CallDocument, key)
    return found if found and found.removed_at is None else None


@loader("document_version")
def _document_version(
    number: int, competition: Competition, call_document: CallDocument
) -> CallDocumentVersion | None:
    return queries.document_version(call_document, number)
