"""Registers what stored files add to the application."""

from flask import Flask

from portal.core.documents import labels
from portal.core.documents.asking import BoundedStorage
from portal.core.documents.cli import files
from portal.core.documents.storage import open_storage
from portal.core.documents.uploads import largest_request
from portal.core.formats import MEGABYTE
from portal.core.settings import settings_of
from portal.core.stages import Stage


def set_up(app: Flask) -> None:
    """Set up the storage and the limits on requests.

    A larger request is refused with 413 before it is read. Werkzeug writes files over 500 kB to
    disk; the rest of a form stays in memory and is limited here.
    """
    settings = settings_of(app)
    app.extensions["storage"] = BoundedStorage(
        open_storage(settings), max(1, settings.threads // 2)
    )
    app.config["MAX_CONTENT_LENGTH"] = largest_request(settings)
    app.config["MAX_FORM_MEMORY_SIZE"] = 4 * MEGABYTE
    app.config["MAX_FORM_PARTS"] = 2000


STAGE = Stage(
    name="documents",
    commands=(files,),
    filters={"file_remark": labels.remark},
    functions={"file_limits": labels.file_limits},
    setup=set_up,
)
