"""Forms of a call's documents."""

from datetime import date

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.core import clock
from portal.core.db import Words
from portal.core.documents.labels import file_limits
from portal.core.errors import Message
from portal.core.fields import Date, File, Form, Select, Statement, WordsField
from portal.core.forms import VersionedForm
from portal.grants.competitions.documents.service import DocumentFacts, Upload, limits
from portal.grants.competitions.labels import DOCUMENTS
from portal.grants.competitions.models import CallDocument

TAKEN: Message = LazyString(lambda: file_limits(limits(), alone=True))
FIRST, LAST = date(2000, 1, 1), date(2100, 12, 31)


class DescribeForm(VersionedForm):
    """Title and kind of a document."""

    kind = Select(_l("Kind of document"), choices=DOCUMENTS)
    title = WordsField(_l("Title"), limit=200)
    returned = Statement(_l("The applicant fills it in and returns it"), required=False)

    def facts(self) -> DocumentFacts:
        """The values, for the verb."""
        return DocumentFacts(self.kind.data, self.title.data, bool(self.returned.data))


class AddForm(DescribeForm):
    """A new document. In a draft its file may be added later."""

    file = File(_l("File"), TAKEN, limits=limits)
    issued_on = Date(_l("Date of issue"), default=clock.today, earliest=FIRST, latest=LAST)

    def upload(self) -> Upload | None:
        """The file, if one was sent."""
        return Upload(self.file.data, self.issued_on.data) if self.file.data else None


class ReplaceForm(Form):
    """The next version of a document."""

    file = File(_l("File"), TAKEN, limits=limits)
    issued_on = Date(_l("Date of issue"), default=clock.today, earliest=FIRST, latest=LAST)
    note = WordsField(
        _l("What changed"),
        _l("In a sentence or two; it stands beside the document."),
        limit=500,
        long=True,
        rows=2,
        required=False,
    )

    def ask(self, document: CallDocument, *, public: bool) -> None:
        """Set required fields: what changed is required for a later version in a public call."""
        if document.versions:
            self.note.required = public
        else:
            del self.note

    def upload(self) -> Upload:
        """The file, for the verb."""
        note = self.note.data if "note" in self else None
        return Upload(self.file.data, self.issued_on.data, note or Words())
