"""What may come in, as people read it before they choose a file."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.core.documents.intake import USUAL, Limits
from portal.core.documents.kinds import Kind
from portal.core.formats import filesize

# The kinds as people call them; all others by the name of their files.
NAMES = {
    **dict.fromkeys((Kind.DOC, Kind.DOCX), "Word"),
    **dict.fromkeys((Kind.XLS, Kind.XLSX), "Excel"),
    **dict.fromkeys((Kind.ODT, Kind.ODS), "OpenDocument"),
    Kind.ASICE: _l("a signed e-document"),
}


def offered(limits: Limits = USUAL, *, several: bool = False) -> str:
    """Kinds and size of a file, as a sentence: "PDF, Word or JPG, up to 25 MB."."""
    kinds = [kind for kind in Kind if kind in limits.allowed]
    names = list(dict.fromkeys(str(NAMES.get(kind, kind.upper())) for kind in kinds))
    facts = {"kinds": ", ".join(names[:-1]), "last": names[-1], "size": filesize(limits.largest)}
    if several:
        return _("%(kinds)s or %(last)s; each file up to %(size)s.", **facts)
    return _("%(kinds)s or %(last)s, up to %(size)s.", **facts)


def accepted(limits: Limits = USUAL) -> str:
    """The extensions, for the attribute `accept` of an input."""
    kinds = [kind for kind in Kind if kind in limits.allowed]
    return ",".join(f".{extension}" for kind in kinds for extension in kind.extensions)
