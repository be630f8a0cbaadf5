"""The page that a POST was answered with, shown again in the other language.

Such a page has no address of its own. Its language button sends the same request once more, with
all that was typed but passwords and files, and with a mark: everything is judged again, in the
other language, and nothing is carried out. A verb goes as far as its commit, so that whatever
refused it refuses it again, and is rolled back there (see work.py); no other place writes.
"""

from http import HTTPStatus

from flask import Flask, Response, abort, flash, g, has_request_context, request, session
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from portal.core.errors import DomainError
from portal.core.parsing import marked

MARK = "shown-again"  # its value is the status of a page that is made without looking at the rest
FILES = "shown-again-files"  # there were files
SECRETS = frozenset({"password", "current"})  # fields that are never written into a page

FILES_LOST = _l("Only files have to be chosen again.")

# What is refused before anything of the request is looked at, and has no more to say than that.
_UNREAD = (HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)

Fields = list[tuple[str, str]]


class OnlyShown(DomainError):
    """A verb that nothing has refused this time was not carried out."""

    status = HTTPStatus.OK

    def __init__(self) -> None:
        super().__init__(
            "only_shown", _l("Only the language was changed, and nothing was sent. Send it now.")
        )


def init_app(app: Flask) -> None:
    """Register it behind the gate, which reads what was sent."""
    app.before_request(_refuse_alike)
    app.after_request(_stay)


def is_asked() -> bool:
    """Whether this request only asks for the answer to an earlier one, in another language."""
    return has_request_context() and request.method == "POST" and MARK in _sent()


def had_files() -> bool:
    """Whether files came with this request, or with the one that it repeats."""
    return FILES in _sent() or any(file.filename for file in request.files.values())


def carry_nothing() -> None:
    """Whoever reads this page must not read what was sent; only whose form it was goes along."""
    g.carried_again = ("csrf_token",)


def unread(status: int) -> None:
    """This page is the answer to something of which nothing was looked at."""
    if request.method == "POST" and status in _UNREAD:
        g.shown_again_as = status


def carried() -> Fields:
    """What the language button of this page sends."""
    if (status := g.get("shown_again_as")) is not None:
        return [(MARK, str(int(status)))]
    only = g.get("carried_again")
    fields = [
        (marked(name), marked(value))
        for name, value in _sent().items(multi=True)
        if name not in {MARK, FILES, *SECRETS} and (only is None or name in only)
    ]
    return [*fields, (MARK, "1"), *([(FILES, "1")] if had_files() else [])]


def lost_files() -> bool:
    """Whether this page is shown again, and files that were chosen have to be chosen again."""
    return is_asked() and had_files()


def _sent() -> MultiDict[str, str]:
    """What was sent; nothing where it cannot be read."""
    try:
        return request.form
    except HTTPException:
        return MultiDict()


def _refuse_alike() -> None:
    if is_asked() and (status := request.form[MARK]) in {str(int(one)) for one in _UNREAD}:
        abort(int(status))


def _stay(response: Response) -> Response:
    """Where all would have gone well, the page itself is shown, and nothing is said to be done."""
    if is_asked() and response.location:
        session.pop("_flashes", None)
        if had_files():
            flash(FILES_LOST, "warning")
        if request.url_rule and "GET" in (request.url_rule.methods or ()):
            response.location = request.full_path
    return response
