"""Stored files, their types, and PDF."""

from flask import Flask

from config import Settings

MEGABYTE = 1024 * 1024
FORM = 5  # megabytes of what else may come with files


def largest_request(settings: Settings) -> int:
    """Bytes of the largest request: all the files of an application, and the form around them."""
    return (settings.files_mb + FORM) * MEGABYTE


def init_app(app: Flask, settings: Settings) -> None:
    """Give the application its storage, words and the bounds of what a request may bring.

    More than the largest request is answered 413 before it is read. Werkzeug keeps a file of over
    500 kB in a temporary file, so that memory does not grow with it; everything else that a form
    brings stays in memory, and is bounded here.
    """
    from portal.core.documents import labels
    from portal.core.documents.asking import Asked
    from portal.core.documents.storage import open_storage

    app.extensions["storage"] = Asked(open_storage(settings), max(1, settings.threads // 2))
    app.jinja_env.filters["file_remark"] = labels.remark
    app.jinja_env.globals["file_limits"] = labels.file_limits
    app.config["MAX_CONTENT_LENGTH"] = largest_request(settings)
    app.config["MAX_FORM_MEMORY_SIZE"] = 4 * MEGABYTE
    app.config["MAX_FORM_PARTS"] = 2000
