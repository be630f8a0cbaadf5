"""Stored files, their kinds, and PDF."""

from flask import Flask

from config import Settings

MEGABYTE = 1024 * 1024
FORM = 5  # megabytes of a form besides its files


def largest_request(settings: Settings) -> int:
    """The size in bytes of the largest request: all the files of an application, and the form."""
    return (settings.files_mb + FORM) * MEGABYTE


def init_app(app: Flask, settings: Settings) -> None:
    """Set up the storage, the templates' texts, and the limits on requests.

    A larger request is refused with 413 before it is read. Werkzeug writes files over 500 kB to
    disk; the rest of a form stays in memory and is limited here.
    """
    from portal.core.documents import labels
    from portal.core.documents.asking import BoundedStorage
    from portal.core.documents.storage import open_storage

    app.extensions["storage"] = BoundedStorage(
        open_storage(settings), max(1, settings.threads // 2)
    )
    app.jinja_env.filters["file_remark"] = labels.remark
    app.jinja_env.globals["file_limits"] = labels.file_limits
    app.config["MAX_CONTENT_LENGTH"] = largest_request(settings)
    app.config["MAX_FORM_MEMORY_SIZE"] = 4 * MEGABYTE
    app.config["MAX_FORM_PARTS"] = 2000
