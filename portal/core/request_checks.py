"""What no page could make sense of is refused at the gate, before any view or query sees it.

PostgreSQL keeps no NUL, and a control character in an address is never typed: it is a probe or a
fault. A field of a form says for itself what is wrong with its text (see core/fields); its name
has no place to say it.

The body of every request is read to its end here, whatever it is: only then has the request been
received (core/arrival). What is no form with files is bounded: Werkzeug bounds the parts of a
multipart form only, and would read a hundred megabytes of anything else into memory. So is what
comes from a browser in which nobody has signed in, or to a page that is open to everybody, or to
none. A sign-in that has lapsed meanwhile still counts: what was typed beside the files is kept.
"""

from http import HTTPStatus

from flask import Flask, abort, current_app, request, session

from portal.core import access
from portal.core.accounts import sign_in

# C0 and DEL. In a value of the query a tab or a line break may have been pasted.
_CONTROLS = frozenset(chr(code) for code in (*range(32), 127))
_PASTED = frozenset("\t\n\r")

AT_A_TIME = 64 * 1024  # bytes
LARGEST_OF_VISITORS = 9 * 1024 * 1024  # bytes: a downloaded register, and the form around it


def init_app(app: Flask) -> None:
    """Ask every request. Register it before whatever else reads them."""
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
    while request.stream.read(AT_A_TIME):  # what Werkzeug leaves of a form that is broken
        pass


def _refuse_controls() -> None:
    if _has(request.path, _CONTROLS):
        abort(HTTPStatus.NOT_FOUND)
    for name, value in request.args.items(multi=True):
        if _has(name, _CONTROLS) or _has(value, _CONTROLS - _PASTED):
            abort(HTTPStatus.BAD_REQUEST)
    # Werkzeug calls a part of a form that has no name None.
    if any(not name or _has(name, _CONTROLS) for name in (*request.form, *request.files)):
        abort(HTTPStatus.BAD_REQUEST)


def _has(text: str, signs: frozenset[str]) -> bool:
    return not signs.isdisjoint(text)
