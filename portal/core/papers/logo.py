"""A board's logo, converted for papers."""

import io
import struct
from base64 import b64encode
from dataclasses import replace
from subprocess import CalledProcessError

from flask_babel import lazy_gettext as _l

from portal.core.documents.file_kinds import FileKind
from portal.core.documents.programs import run
from portal.core.documents.uploads import Accepted, Limits
from portal.core.errors import Invalid
from portal.core.formats import MEGABYTE

LIMITS = Limits(
    frozenset({FileKind.PNG, FileKind.JPG}), largest=2 * MEGABYTE, together=2 * MEGABYTE
)
# Width by height, between which a logo leaves room for the name beside it, and can be made out.
WIDEST, NARROWEST = 6.0, 0.5
_SIZE = struct.Struct(">16xII")  # of a PNG: its width and height


def prepared(picture: Accepted) -> Accepted:
    """The examined picture as a PNG for papers.

    Raises Invalid (file_no_picture, logo_shape), TooMany.
    """
    try:
        made = run("logo", {"picture": b64encode(picture.stream.read()).decode()})
    except CalledProcessError as error:
        raise Invalid("file_no_picture", _l("This cannot be opened as a picture.")) from error
    width, height = _SIZE.unpack_from(made)
    if not NARROWEST <= width / height <= WIDEST:
        raise Invalid(
            "logo_shape",
            _l(
                "The logo is too wide or too tall for the head of a page. Its width may be at most"
                " 6 times its height, and its height at most twice its width. Choose a more compact"
                " version, or crop its empty margins."
            ),
        )
    stem = picture.name.rpartition(".")[0]
    return replace(
        picture, name=f"{stem}.png", kind=FileKind.PNG, stream=io.BytesIO(made), remark=None
    )
