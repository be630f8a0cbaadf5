"""Shows the page that answered a POST in another language.

Such a page has no URL of its own. Its language button repeats the request, without passwords and
files, marked as a replay: it is judged again in the other language, but not carried out. A verb
runs up to its commit, so that the same refusal occurs, and the session refuses to write. Only tries
are counted (throttle.py), so that replays cannot be used to guess passwords. Reasons:
docs/decisions/the-language-of-an-answer.md.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from flask import Flask, Response, abort, flash, g, has_request_context, request, session
from flask.globals import request_ctx
from flask_babel import lazy_gettext as _l
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.exceptions import HTTPException

from portal.core import read_transactions
from portal.core.errors import DomainError
from portal.core.parsing import marked

MARK = "shown-again"  # its value is the status of a page that is rendered without reading the rest
FILES = "shown-again-files"  # the request had files
SECRETS = frozenset({"password", "current"})  # fields that are never written into a page

FILES_LOST = _l("Only files have to be chosen again.")

# Errors that are raised before the request is read.
_UNREAD = (HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)

# Session keys that any request may write.
_OF_ANY_REQUEST = frozenset({"csrf_token", "_flashes", "seen"})

Fields = list[tuple[str, str]]


class OnlyReplayed(DomainError):
    """Raised at the commit of a replay that was not refused."""

    status = HTTPStatus.OK

    def __init__(self) -> None:
        super().__init__(
            "only_shown", _l("Only the language was changed, and nothing was sent. Send it now.")
        )


def init_app(app: Flask) -> None:
    """Register it after request_checks, which reads the request."""
    app.before_request(_take_off_the_mark)
    app.after_request(_stay)
    app.after_request(_keep_session)


def is_asked() -> bool:
    """Whether this request is a replay in another language."""
    return has_request_context() and "shown_again" in g


def stop() -> None:
    """Raise OnlyReplayed in a replay.

    Called also by verbs that had nothing to write; otherwise a replay would reveal which address
    has an account.
    """
    if is_asked():
        raise OnlyReplayed


@contextmanager
def counted() -> Iterator[None]:
    """Commits within are carried out even in a replay."""
    g.counted_again = True
    try:
        yield
    finally:
        g.counted_again = False


@event.listens_for(Session, "before_commit")
def _write_nothing(session: Session) -> None:
    if is_asked() and read_transactions.has_written(session) and not g.get("counted_again"):
        raise OnlyReplayed


def had_files() -> bool:
    """Whether this request, or the replayed one, has files."""
    return any(file.filename for file in request.files.values()) or bool(g.get("files_left"))


def carry_nothing() -> None:
    """Leave what was sent out of the language button of this response, except the form's owner."""
    g.carried_again = ("csrf_token",)


def unread(status: int) -> None:
    """Mark this page as the answer to a request that was not read."""
    if request.method == "POST" and status in _UNREAD:
        g.shown_again_as = status


def carried() -> Fields:
    """The fields that the language button of this page sends."""
    if (status := g.get("shown_again_as")) is not None:
        return [(MARK, str(int(status)))]
    only = g.get("carried_again")
    fields = [
        (marked(name), marked(value))
        for name, value in _sent().items(multi=True)
        if name not in SECRETS and (only is None or name in only)
    ]
    return [*fields, (MARK, "1"), *([(FILES, "1")] if had_files() else [])]


def lost_files() -> bool:
    """Whether this is a replay whose files have to be chosen again."""
    return is_asked() and had_files()


def _sent() -> MultiDict[str, str]:
    """The form data; empty if unreadable."""
    try:
        return request.form
    except HTTPException:
        return MultiDict()


def _take_off_the_mark() -> None:
    """Remove the mark and the files from the request before views see them.

    The session's content is remembered.
    """
    if request.method != "POST" or MARK not in _sent():
        return
    g.shown_again, g.session_before = request.form[MARK], dict(session)
    g.files_left = FILES in request.form or had_files()
    left = [one for one in request.form.items(multi=True) if one[0] not in (MARK, FILES)]
    request.form, request.files = ImmutableMultiDict(left), ImmutableMultiDict()
    if g.shown_again in {str(int(one)) for one in _UNREAD}:
        abort(int(g.shown_again))


def answers_get() -> bool:
    """Whether this URL answers GET, by whichever view."""
    adapter = request_ctx.url_adapter
    return adapter is not None and adapter.test(method="GET")


def _stay(response: Response) -> Response:
    """Replace a redirect to another page by the page at this URL."""
    if is_asked() and response.location:
        session.pop("_flashes", None)
        if had_files():
            flash(FILES_LOST, "warning")
        if answers_get():
            response.location = request.full_path
    return response


def _keep_session(response: Response) -> Response:
    """Restore the session: a replay neither signs in or out nor leaves messages."""
    if is_asked():
        before = {k: v for k, v in g.session_before.items() if k not in _OF_ANY_REQUEST}
        for name in set(session) - set(before) - _OF_ANY_REQUEST:
            del session[name]
        session.update(before)
    return response
