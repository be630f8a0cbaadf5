"""Responses with files. No URL serves arbitrary files: each owner checks its own right."""

from http import HTTPStatus
from urllib.parse import quote

from flask import request
from werkzeug import Response
from werkzeug.wsgi import wrap_file

from portal.core.caching import name_for_cache
from portal.core.documents.models import StoredFile
from portal.core.documents.service import storage
from portal.core.normalization import normalized


def send(stored: StoredFile) -> Response:
    """The file as a download, streamed at the reader's pace; never shown inside a page."""
    response = protect(Response(mimetype=stored.media_type), stored.name)
    name_for_cache(response, stored.sha256)
    if response.status_code == HTTPStatus.NOT_MODIFIED:
        return response
    response.content_length = stored.size
    if request.method != "HEAD":
        chunks = storage().open(stored.object_key)
        response.response = wrap_file(request.environ, chunks.file, chunks.buffer_size)
        response.direct_passthrough = True
    return response


def send_bytes(content: bytes, *, name: str, media_type: str = "application/pdf") -> Response:
    """A generated document that is not stored."""
    return protect(Response(content, mimetype=media_type), name)


def protect(response: Response, name: str) -> Response:
    """Make a response a download called `name`, which is neither executed nor cached."""
    response.headers["Content-Disposition"] = disposition(name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.cache_control.no_store = True
    return response


def disposition(name: str) -> str:
    """Content-Disposition by RFC 6266: the name in UTF-8, and in ASCII for old programs.

    The name contains no path: a project called "../x" is not saved outside the downloads.
    """
    name = name.replace("/", "_").replace("\\", "_")
    letters = normalized("NFKD", name).encode("ascii", "ignore").decode()
    plain = "".join("_" if c in '"\\%' or not c.isprintable() else c for c in letters).strip()
    return f"attachment; filename=\"{plain or 'file'}\"; filename*=UTF-8''{quote(name, safe='')}"
