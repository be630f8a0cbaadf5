"""Public pages that a visitor's browser has as they are: it gets 304 in place of them.

    return conditional(lambda: render_template(…))

The tag of a page is a digest of what it says, so it tells nobody more than the page, and no page
goes by the tag of another. Every page is made anew. Pages of who is signed in are kept by no
browser at all, or "Back" would show them to the next.
"""

from collections.abc import Callable
from hashlib import sha256
from http import HTTPStatus

from flask import Response as Page
from flask import make_response, request, session
from werkzeug import Response

from portal.core import access


def conditional(render: Callable[[], str]) -> Page:
    """The page that `render` makes, or 304 where the visitor's browser has it as it is.

    A page that says what has just happened (a flash) goes by no tag.
    """
    has_happened = bool(session.get("_flashes"))  # who renders takes them out
    response = make_response(render())
    if access.person() is None and not has_happened:
        name_for_cache(response, sha256(response.data).hexdigest()[:32], weak=True)
    return response


def name_for_cache(response: Response, tag: str, *, weak: bool = False) -> bool:
    """Let a visitor's browser keep a public answer and ask by this tag; whether it has it still.

    What is for one person, or behind a right, is not to be kept, and goes by no tag.
    """
    response.vary.add("Cookie")
    if access.person() is not None or not access.endpoint_is_public():
        response.cache_control.no_store = True
        return False
    response.cache_control.no_store = False
    response.cache_control.no_cache = True
    response.cache_control.public = True
    response.set_etag(tag, weak=weak)
    response.make_conditional(request)
    return response.status_code == HTTPStatus.NOT_MODIFIED
