"""Labels of files: accepted formats and sizes, and remarks about a file."""

from collections.abc import Collection

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.core.documents.file_kinds import FileKind
from portal.core.documents.models import Remark
from portal.core.documents.uploads import Limits
from portal.core.errors import Message
from portal.core.formats import filesize

# Common names of programs' formats; each is named if one of its kinds is accepted.
FORMATS: tuple[tuple[Message, frozenset[FileKind]], ...] = (
    ("PDF", frozenset({FileKind.PDF})),
    ("Word", frozenset({FileKind.DOC, FileKind.DOCX})),
    ("Excel", frozenset({FileKind.XLS, FileKind.XLSX})),
    ("OpenDocument", frozenset({FileKind.ODT, FileKind.ODS})),
    ("JPG", frozenset({FileKind.JPG})),
    (_l("HEIC (iPhone)"), frozenset({FileKind.JPG})),
    ("PNG", frozenset({FileKind.PNG})),
    (_l("a signed e-document"), frozenset({FileKind.ASICE})),
)
REMARKS: dict[str, Message] = {
    Remark.CUT_OFF: _l(
        "Its end is missing: it may not open, or not show all of it. If it is yours, save it anew"
        " and attach it again."
    ),
}


def remark(code: str) -> str:
    """The text for a remark's code (models.Remark)."""
    return str(REMARKS[code])


def formats_of(allowed: Collection[FileKind]) -> str:
    """The accepted formats as text: "PDF, Word or a signed e-document"."""
    *others, last = (str(name) for name, kinds in FORMATS if kinds & frozenset(allowed))
    if not others:
        return last
    return _("%(formats)s or %(last)s", formats=", ".join(others), last=last)


def file_limits(limits: Limits | None = None, *, alone: bool = False) -> str:
    """The accepted formats and sizes as text; `alone`: for a single file. Without `limits`, the
    defaults."""
    limits = limits or Limits()
    formats, largest = formats_of(limits.allowed), filesize(limits.largest)
    if alone:
        return _("%(formats)s, up to %(largest)s.", formats=formats, largest=largest)
    return _(
        "%(formats)s; one file up to %(largest)s, all together up to %(together)s.",
        formats=formats,
        largest=largest,
        together=filesize(limits.together),
    )
