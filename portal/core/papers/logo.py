"""A board's logo, converted for papers."""

import io
from base64 import b64encode
from subprocess import CalledProcessError

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage

from portal.core.documents.file_kinds import FileKind
from portal.core.documents.programs import run
from portal.core.documents.uploads import Limits, checked, clean_name
from portal.core.errors import Invalid
from portal.core.formats import MEGABYTE

LIMITS = Limits(
    frozenset({FileKind.PNG, FileKind.JPG}), largest=2 * MEGABYTE, together=2 * MEGABYTE
)


def prepared(upload: FileStorage, *, field: str) -> FileStorage:
    """The picture as a PNG for papers.

    Raises Invalid for `field` with the codes of uploads.checked, TooMany.
    """
    name = clean_name(upload.filename or "")
    with checked(name, upload.stream, LIMITS, field) as file:
        try:
            made = run("logo", {"picture": b64encode(file.stream.read()).decode()})
        except CalledProcessError as error:
            raise Invalid(
                "file_no_picture", _l("This cannot be opened as a picture."), field
            ) from error
    return FileStorage(io.BytesIO(made), f"{name.rpartition('.')[0]}.png")
