"""The page that a POST was answered with, shown again in the other language.

Such a page has no address of its own. Its language button sends the same request once more, with
all that was typed but passwords and files, and with a mark: everything is judged again, in the
other language, and nothing is carried out. A verb goes as far as its commit, so that whatever
refused it refuses it again, and there the session itself refuses to write. Only tries are counted
(throttle.py): whoever marks a request guesses no more passwords by that. Why the verb is asked at
all, docs/decisions/the-language-of-an-answer.md says.
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

MARK = "shown-again"  # its value is the status of a page that is made without looking at the rest
FILES = "shown-again-files"  # there were files
SECRETS = frozenset({"password", "current"})  # fields that are never written into a page

FILES_LOST = _l("Only files have to be chosen again.")

# What is refused before anything of the request is looked at, and has no more to say than that.
_UNREAD = (HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)

# What any request may write into the session: its first token, what it says, and that it came.
_OF_ANY_REQUEST = frozenset({"csrf_token", "_flashes", "seen"})

Fields = list[tuple[str, str]]


class OnlyReplayed(DomainError):
    """What nothing has refused this time was not carried out."""

    status = HTTPStatus.OK

    def __init__(self) -> None:
        super().__init__(
            "only_shown", _l("Only the language was changed, and nothing was sent. Send it now.")
        )


def init_app(app: Flask) -> None:
    """Register it behind the gate, which reads what was sent."""
    app.before_request(_take_off_the_mark)
    app.after_request(_stay)
    app.after_request(_keep_session)


def is_asked() -> bool:
    """Whether this request only asks for the answer to an earlier one, in another language."""
    return has_request_context() and "shown_again" in g


def stop() -> None:
    """Where all has gone well: refuse to go on, if this request only asks for an earlier answer.

    Raises OnlyShown. What had nothing to write must not end another way than what had: who marks a
    request would learn by it which address has an account.
    """
    if is_asked():
        raise OnlyReplayed


@contextmanager
def counted() -> Iterator[None]:
    """What is committed inside counts, whatever the request is for."""
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
    """Whether files came with this request, or with the one that it repeats."""
    return any(file.filename for file in request.files.values()) or bool(g.get("files_left"))


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
        if name not in SECRETS and (only is None or name in only)
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


def _take_off_the_mark() -> None:
    """No view sees the mark, or it would go along in what a page carries; nor does one see files.

    What the session holds is remembered.
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
    """Whether there is a page at this address, whichever view shows it."""
    adapter = request_ctx.url_adapter
    return adapter is not None and adapter.test(method="GET")


def _stay(response: Response) -> Response:
    """What would have led to another page leads to the one at this address, with what is saved."""
    if is_asked() and response.location:
        session.pop("_flashes", None)
        if had_files():
            flash(FILES_LOST, "warning")
        if answers_get():
            response.location = request.full_path
    return response


def _keep_session(response: Response) -> Response:
    """Nobody signs in or out, and nothing is noted for the next page."""
    if is_asked():
        before = {k: v for k, v in g.session_before.items() if k not in _OF_ANY_REQUEST}
        for name in set(session) - set(before) - _OF_ANY_REQUEST:
            del session[name]
        session.update(before)
    return response
