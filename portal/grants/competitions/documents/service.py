"""The verbs of a call's documents. A published version is never removed."""

from dataclasses import dataclass, field
from datetime import date

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage

from portal.core import clock, ordering
from portal.core.accounts.models import Person
from portal.core.db import Words
from portal.core.documents.file_kinds import FileKind
from portal.core.documents.service import Incoming, sending
from portal.core.documents.uploads import Limits
from portal.core.errors import Invalid, StateConflict
from portal.core.work import Work, unit_of_work
from portal.grants.competitions.models import (
    CallDocument,
    CallDocumentVersion,
    Competition,
    CompetitionState,
)
from portal.grants.competitions.rules import DOCUMENT_KINDS

MOST = 40  # documents per call


def limits() -> Limits:
    """The accepted files."""
    return Limits(allowed=frozenset(FileKind) - {FileKind.JPG, FileKind.PNG})


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """The fields of a document."""

    kind: str
    title: Words
    returned: bool = False


@dataclass(frozen=True, slots=True)
class Upload:
    """The file of a new version: its date of issue, and what changed."""

    file: FileStorage
    issued_on: date
    note: Words = field(default_factory=Words)


def add(
    actor: Person | None,
    competition: Competition,
    facts: DocumentFacts,
    upload: Upload | None = None,
) -> CallDocument:
    """Add a document; in a draft it may be a title without a file.

    Raises Invalid (kind, file, too many), StateConflict for a call that is over.
    """
    _check_living(competition)
    with sending() as send:
        incoming = send(upload.file, limits=limits(), field="file") if upload else None
        with unit_of_work(actor, "document.added", competition) as work:
            work.lock(competition)
            _check_living(competition)
            present = [one for one in competition.documents if one.removed_at is None]
            if len(present) >= MOST:
                raise Invalid("too_many", _l("A call has at most 40 documents."), "kind")
            if incoming is None and competition.state is not CompetitionState.DRAFT:
                raise Invalid("file_missing", _l("Choose a file."), "file")
            document = CallDocument(
                competition=competition, position=ordering.next_place(competition.documents)
            )
            _write(document, facts)
            work.add(document)
            if upload and incoming:
                _add_version(work, document, upload, incoming)
    return document


def describe(
    actor: Person,
    competition: Competition,
    document: CallDocument,
    facts: DocumentFacts,
    version: int,
) -> None:
    """Change the fields of a document. Raises StaleForm."""
    with unit_of_work(actor, "document.described", competition) as work:
        work.lock(competition)
        _check_living(competition)
        work.expect(document, version)
        _write(document, facts)


def replace(
    actor: Person | None, competition: Competition, document: CallDocument, upload: Upload
) -> CallDocumentVersion:
    """Add the document's next version; earlier ones stay public.

    Raises Invalid if an announced call does not say what changed, or the file is refused.
    """
    _check_living(competition)
    with sending() as send:
        incoming = send(upload.file, limits=limits(), field="file")
        with unit_of_work(actor, "document.replaced", competition) as work:
            work.lock(competition, document)
            _check_living(competition)
            announced = competition.state is not CompetitionState.DRAFT
            if announced and document.versions and not upload.note:
                raise Invalid("note", _l("Say what changed: the call is public already."), "note")
            return _add_version(work, document, upload, incoming)


def remove(actor: Person, competition: Competition, document: CallDocument) -> None:
    """Remove a document from a draft. Raises StateConflict once the call is announced."""
    with unit_of_work(actor, "document.removed", competition) as work:
        work.lock(competition, document)
        if competition.state is not CompetitionState.DRAFT:
            raise StateConflict(
                "document.public",
                _l("The call is public: its documents stay. Add a new version instead."),
            )
        document.removed_at = clock.now()


def move(actor: Person, competition: Competition, document: CallDocument, direction: str) -> None:
    """Move a document up or down in the list."""
    with unit_of_work(actor, "document.moved", competition) as work:
        work.lock(competition)
        present = [one for one in competition.documents if one.removed_at is None]
        ordering.place(present, document, direction)


def _check_living(competition: Competition) -> None:
    if competition.state in (CompetitionState.CANCELLED, CompetitionState.COMPLETED):
        raise StateConflict("competition.over", _l("The call is over; nothing in it changes."))


def _write(document: CallDocument, facts: DocumentFacts) -> None:
    if facts.kind not in DOCUMENT_KINDS:
        raise Invalid("kind", _l("Choose from the list."), "kind")
    document.kind, document.title, document.returned = facts.kind, facts.title, facts.returned


def _add_version(
    work: Work, document: CallDocument, upload: Upload, incoming: Incoming
) -> CallDocumentVersion:
    return work.add(
        CallDocumentVersion(
            document=document,
            number=ordering.next_number(
                CallDocumentVersion.number, CallDocumentVersion.document_id == document.id
            ),
            file=incoming.place(work, purpose=document.kind, limits=limits()),
            issued_on=upload.issued_on,
            note=upload.note,
        )
    )
