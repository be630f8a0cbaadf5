"""The documents of a call: added, replaced, moved."""

import io
from datetime import date

import pytest
from werkzeug.datastructures import FileStorage

from portal.core.db import Words, db
from portal.core.errors import Invalid, StateConflict
from portal.grants.competitions import service
from portal.grants.competitions.documents import service as documents
from tests.grants.competitions.rows import pdf

pytestmark = pytest.mark.usefixtures("ctx")


def test_a_replaced_document_keeps_its_earlier_versions(officer, ready):
    document = next(one for one in ready.documents if one.kind == "regulations")
    service.announce(officer, ready)
    with pytest.raises(Invalid) as refusal:
        documents.replace(officer, ready, document, documents.Upload(pdf(), date(2026, 11, 9)))
    assert refusal.value.field == "note"
    upload = documents.Upload(pdf("nolikums 2.pdf"), date(2026, 11, 9), Words("Jauns termiņš."))
    assert documents.replace(officer, ready, document, upload).number == 2
    assert [one.number for one in document.versions] == [1, 2]
    with pytest.raises(StateConflict):
        documents.remove(officer, ready, document)


def test_a_file_that_is_not_what_it_says_is_refused(officer, draft):
    fake = FileStorage(io.BytesIO(b"MZ\x90\x00 not a document"), filename="nolikums.pdf")
    with pytest.raises(Invalid) as refusal:
        documents.replace(
            officer, draft, draft.documents[0], documents.Upload(fake, date(2026, 11, 1))
        )
    assert refusal.value.field == "file"


def test_documents_move_up_and_down(officer, draft):
    first, second = draft.documents[:2]
    documents.move(officer, draft, first, "down")
    documents.move(officer, draft, first, "sideways")
    db.session.expire_all()
    assert [one.id for one in draft.documents[:2]] == [second.id, first.id]
    documents.move(officer, draft, second, "up")
    assert second.position == 1
