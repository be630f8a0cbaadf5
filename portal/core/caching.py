"""Conditional responses (304) for public pages that a visitor's browser has already.

    return conditional(lambda: render_template(…))

A page's tag is a digest of its content, so it reveals no more than the page. Every page is rendered
each time. Pages of signed-in persons are not stored by browsers: "Back" would show them to the next
user.
"""

from collections.abc import Callable
from hashlib import sha256
from http import HTTPStatus

from flask import Response as Page
from flask import make_response, request, session
from werkzeug import Response

from portal.core import access


def conditional(render: Callable[[], str]) -> Page:
    """The page that `render` makes, or 304 if the visitor's browser has it.

    A page with a flash message has no tag.
    """
    has_happened = bool(session.get("_flashes"))  # rendering removes them
    response = make_response(render())
    if access.person() is None and not has_happened:
        name_for_cache(response, sha256(response.data).hexdigest()[:32], weak=True)
    return response


def name_for_cache(response: Response, tag: str, *, weak: bool = False) -> bool:
    """Set tag and caching headers of a public response; returns whether the browser has it already.

    Responses for one person, or under a right, are not to be stored and have no tag.
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
