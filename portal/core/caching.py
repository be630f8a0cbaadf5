"""Conditional responses (304) for public pages that a visitor's browser has already.

    return conditional(lambda: render_template(…))

A page's tag is a digest of its content, so it reveals no more than the page. Every page is rendered
each time. Pages of signed-in persons are not stored by browsers: "Back" would show them to the next
user.
"""

from collections.abc import Callable
from hashlib import sha256

from flask import Response, make_response, request, session
from werkzeug import Response as BaseResponse

from portal.core import access

PROXY_SECONDS = "5"  # how long docs/nginx.conf keeps a page for visitors without a cookie


def conditional(render: Callable[[], str]) -> Response:
    """The page that `render` makes, or 304 if the visitor's browser has it."""
    response = make_response(render())
    if name_for_cache(response, sha256(response.data).hexdigest()[:32], weak=True):
        response.headers["X-Accel-Expires"] = PROXY_SECONDS
    return response


def name_for_cache(response: BaseResponse, tag: str, *, weak: bool = False) -> bool:
    """Set tag and caching headers of a response; returns whether it is public.

    One for a signed-in person, under a right, or with a cookie is not to be stored and has no tag:
    a page with a flash message, and what a link to another language answers.
    """
    response.vary.add("Cookie")
    if (
        access.person() is not None
        or not access.endpoint_is_public()
        or session.modified
        or "lang" in request.args
    ):
        response.cache_control.no_store = True
        return False
    response.cache_control.no_store = False
    response.cache_control.no_cache = True
    response.cache_control.public = True
    response.set_etag(tag, weak=weak)
    response.make_conditional(request)
    return True
