"""Pictures that answer, shown as such. Settings: {several, names_minors}."""

from flask_babel import lazy_gettext as _l

from portal.core.documents.kinds import Kind as FileKind
from portal.core.questions.kinds.file import File


class Picture(File):
    code = "picture"
    label = _l("Picture")
    about = _l("a photograph or a drawing, shown on the page")
    missing = _l("Attach a picture.")
    allowed = frozenset(one for one in FileKind if one.media_type.startswith("image/"))
    template = "core/questions/kinds/picture.html"


PICTURE = Picture()
