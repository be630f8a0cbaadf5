"""Refuses malformed requests before any view or query reads them.

PostgreSQL stores no NUL, and nobody types a control character in a URL. A form's field reports its
own invalid text (see core/fields), but invalid names of fields are refused here.

Every request's body is read to its end here, which is when it counts as received (core/arrival).
Other bodies than multipart forms are limited, as Werkzeug limits only those and would read a
hundred megabytes of others into memory. So are requests of browsers in which nobody has signed in,
and to pages that are public or missing. An expired session still counts as signed in: what was
typed beside the files is kept.
"""

from http import HTTPStatus

from flask import Flask, abort, current_app, request, session

from portal.core import access
from portal.core.accounts import sign_in
from portal.core.formats import MEGABYTE

# C0 and DEL. A query's value may contain a pasted tab or line break.
_CONTROLS = frozenset(chr(code) for code in (*range(32), 127))
_PASTED = frozenset("\t\n\r")

AT_A_TIME = 64 * 1024  # bytes
LARGEST_OF_VISITORS = 9 * MEGABYTE  # bytes: a downloaded register, and the form around it


def init_app(app: Flask) -> None:
    """Check every request. Register it before anything else that reads requests."""
    app.before_request(_read_body)
    app.before_request(_refuse_controls)


def _read_body() -> None:
    open_to_all = request.endpoint is None or access.endpoint_is_public()
    if open_to_all or sign_in.COOKIE_KEY not in session:
        request.max_content_length = LARGEST_OF_VISITORS
    if request.mimetype != "multipart/form-data":
        request.max_content_length = current_app.config["MAX_FORM_MEMORY_SIZE"]
        if request.get_data().count(b"&") >= current_app.config["MAX_FORM_PARTS"]:
            abort(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    request.form  # noqa: B018 - read now, so that what is wrong with it is told here
    while request.stream.read(AT_A_TIME):  # what Werkzeug leaves of a malformed form
        pass


def _refuse_controls() -> None:
    if _has(request.path, _CONTROLS):
        abort(HTTPStatus.NOT_FOUND)
    for name, value in request.args.items(multi=True):
        if _has(name, _CONTROLS) or _has(value, _CONTROLS - _PASTED):
            abort(HTTPStatus.BAD_REQUEST)
    # Werkzeug's name of a form part without a name is None.
    if any(not name or _has(name, _CONTROLS) for name in (*request.form, *request.files)):
        abort(HTTPStatus.BAD_REQUEST)


def _has(text: str, signs: frozenset[str]) -> bool:
    return not signs.isdisjoint(text)
