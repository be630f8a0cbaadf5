"""Minutes as a document that the secretary may still edit: minutes.typ in Word."""

import re

from flask_babel import force_locale

from portal.core.documents.programs import run
from portal.core.documents.shapes import Minutes
from portal.core.documents.wording import plain

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def minutes_docx(minutes: Minutes, *, language: str = "lv") -> bytes:
    """The minutes as a .docx file, with headings and tables that are real ones.

    Needs an application context. Raises what `programs.run` raises.
    """
    with force_locale(language):
        said = plain(minutes, lambda text: _NOT_XML.sub("", text))
    return run("word", {"language": language, "at": minutes.at.isoformat(), "data": said})
