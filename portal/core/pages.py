"""Sets up Jinja, navigation, static files, security headers and error pages."""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from secrets import token_hex
from typing import Any, cast
from urllib.parse import urlencode

from flask import (
    Flask,
    Response,
    current_app,
    has_request_context,
    jsonify,
    redirect,
    render_template,
    request,
    send_from_directory,
    url_for,
)
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from portal.core import access, demo, formats, language_replay, languages, templating
from portal.core.errors import (
    MAY_BE_UNAVAILABLE,
    DomainError,
    Message,
    Missing,
    NotReady,
    TooMany,
    unavailable,
)

log = logging.getLogger(__name__)

DIST = Path(__file__).parents[2] / "static" / "dist"

# Only what the portal itself serves; no inline script or style, no frames, no plugins.
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)


# ------------------------------------------------------------------ navigation


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """An entry of the main navigation, and whether it is current."""

    label: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A stage's entry of the main navigation (see stages.py).

    Shown if `visible(actor)` holds; the actor is a Person or None. Sorted by `order`, then by
    registration.
    """

    label: Message
    endpoint: str
    visible: Callable[[Any], bool] = lambda actor: True
    order: int = 50


class Navigation:
    """The main navigation: the places of all stages."""

    def __init__(self) -> None:
        self._places: list[Place] = []

    def add(self, place: Place) -> None:
        """Add a place."""
        self._places.append(place)
        self._places.sort(key=lambda one: one.order)

    def entries(self, actor: Any) -> list[MenuEntry]:
        """The entries visible to `actor`; the one whose URL begins this page's URL is current."""
        visible = [
            (str(place.label), url_for(place.endpoint))
            for place in self._places
            if place.endpoint in current_app.view_functions and place.visible(actor)
        ]
        here = max(
            (url for _label, url in visible if _is_under(request.path, url)), key=len, default=None
        )
        return [MenuEntry(label, url, url == here) for label, url in visible]


def _is_under(path: str, url: str) -> bool:
    return path == url or (url != "/" and path.startswith(url.rstrip("/") + "/"))


def navigation(app: Flask) -> Navigation:
    """The navigation of `app`."""
    return cast(Navigation, app.extensions.setdefault("asns.navigation", Navigation()))


# ------------------------------------------------------------- for templates


def static_url(filename: str) -> str:
    """The URL of a file in static/dist. It contains a version of all files, so it may be cached for
    good."""
    version = current_app.extensions["asns.static"]
    return url_for("static", version=version, filename=filename)


def page_exists(endpoint: str) -> bool:
    """Whether the endpoint exists; for optional links of the footer."""
    return endpoint in current_app.view_functions


def other_languages() -> list[tuple[str, str]]:
    """Code and own name of the other languages of this page."""
    here = language()
    return [(code, languages.own_name(code)) for code in languages.codes() if code != here]


def language_url(other: str) -> str:
    """This page in another language."""
    return "?" + urlencode([*_query(), ("lang", other)])


def here() -> str:
    """The URL of this request without its language."""
    query = urlencode(_query())
    return f"{request.path}?{query}" if query else request.path


def _query() -> list[tuple[str, str]]:
    return [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]


def language() -> str:
    """The code of this page's language: chosen now or before, else the account's."""
    if not has_request_context():
        return languages.codes()[0]
    if chosen := _chosen_language():
        return chosen
    actor = access.person()
    known = actor is not None and actor.language in languages.codes()
    return actor.language if actor and known else languages.codes()[0]


def _chosen_language() -> str | None:
    for chosen in (request.args.get("lang"), request.cookies.get("language")):
        if chosen in languages.codes():
            return chosen
    return None


def _remember_language(response: Response) -> Response:
    """Remember the language chosen by a ?lang= link."""
    chosen = request.args.get("lang", "")
    if chosen in languages.codes() and chosen != request.cookies.get("language"):
        secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
        response.set_cookie(
            "language", chosen, max_age=31_536_000, secure=secure, httponly=True, samesite="Lax"
        )
    return response


def _init_jinja(app: Flask) -> None:
    templating.init_app(app)
    app.jinja_env.filters.update(formats.FILTERS)
    app.jinja_env.globals.update(
        static_url=static_url,
        page_exists=page_exists,
        in_demo=demo.is_on,
        language=language,
        language_url=language_url,
        other_languages=other_languages,
        carried_again=language_replay.carried,
        lost_files=language_replay.lost_files,
        navigation=lambda: navigation(app).entries(access.person()),
        person=access.person,
        may=access.may,
    )


# ---------------------------------------------------------------- static files


def _init_static(app: Flask) -> None:
    digest = hashlib.sha256()
    for path in sorted(DIST.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(DIST).as_posix().encode() + path.read_bytes())
    app.extensions["asns.static"] = digest.hexdigest()[:12]
    # Replaces Flask's static view, which the factory leaves out.
    app.add_url_rule("/static/<version>/<path:filename>", endpoint="static", view_func=_static)


def _static(version: str, filename: str) -> Response:
    """A built file, immutable under its own version; under an older one caches must revalidate."""
    current = version == current_app.extensions["asns.static"]
    response = send_from_directory(DIST, filename, max_age=31_536_000 if current else 0)
    if current:
        response.cache_control.public = True
        response.cache_control.immutable = True
    return response


# -------------------------------------------------------------------- headers


def _secure(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    # A URL may contain the secret of a single-use link. Flask-WTF's check needs the origin under
    # https.
    headers.setdefault("Referrer-Policy", "strict-origin")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if "Cache-Control" not in headers:
        # Pages may contain personal data: browsers must not show them for "Back" after signing out.
        # Public pages that may be cached set their own header (caching.py).
        response.cache_control.no_store = True
    return response


# ----------------------------------------------------------------- error pages


def _http_error(error: HTTPException) -> ResponseReturnValue:
    """The page for an HTTP error, with the reason that our own code has given to abort()."""
    if error.response is not None:
        return error.response
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if request_ctx.url_adapter is None:  # the request's Host is invalid: no links can be made
        return HTTPStatus(status).phrase, status, {"Content-Type": "text/plain"}
    if status == HTTPStatus.NOT_FOUND and request.accept_mimetypes.best == "application/json":
        # A script may save from a page whose person has lost the right meanwhile.
        message = _("Not saved: this is not open to you any more. Keep a copy of what you wrote.")
        return jsonify(code="gone", message=message), status
    language_replay.unread(status)
    explained = error.description if error.description != type(error).description else None
    body = render_template(f"errors/{_page_of(status)}.html", status=status, reason=explained)
    response = current_app.make_response((body, status))
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers.add(name, value)
    return response


def _page_of(status: int) -> str:
    return str(status) if status in (403, 404, 409, 413, 429) else "other"


def _domain_error(error: DomainError) -> ResponseReturnValue:
    """The page for a verb's refusal that no view has handled."""
    if isinstance(error, language_replay.OnlyReplayed) and language_replay.answers_get():
        return redirect(request.full_path)  # the page with the form is at this URL
    body = render_template(
        "errors/refused.html",
        message=error.message,
        status=error.status,
        missing=error.missing if isinstance(error, NotReady) else (),
    )
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooMany) else {}
    return body, error.status, headers


RETRY_AFTER = 30  # seconds


def _unavailable(error: Exception) -> ResponseReturnValue:
    """The page for a missing resource, with advice and a reference number."""
    found = unavailable(error)
    if found is None:
        raise error
    number = reference()
    cause = error.orig if isinstance(error, DBAPIError) else error.__cause__ or error
    log.error("%s: no %s for %s: %s", number, found.missing, request.endpoint, cause)
    headers = {"Retry-After": str(RETRY_AFTER)}
    if request.path.endswith(".json") or request.accept_mimetypes.best == "application/json":
        with force_locale(_chosen_language() or languages.codes()[0]):  # no account to read
            message = _("The portal is not available at the moment. Try again in a minute.")
        answer = jsonify(code="unavailable", message=message, reference=number)
        return answer, HTTPStatus.SERVICE_UNAVAILABLE, headers
    page = _alone(
        "errors/503.html",
        reference=number,
        missing=found.missing,
        unknown=found.unknown,
        sent=request.method == "POST",
    )
    return page, HTTPStatus.SERVICE_UNAVAILABLE, headers


def _crash(error: Exception) -> ResponseReturnValue:
    """The page for an uncaught error; Flask has logged it."""
    number = reference()
    log.error("%s: a fault in %s, see above", number, request.endpoint)
    return _alone("errors/500.html", reference=number), HTTPStatus.INTERNAL_SERVER_ERROR


def _alone(template: str, **context: object) -> str:
    """A page that needs no database, session or language, so that it cannot fail in turn."""
    # Not render_template(): its context processors would load the person.
    return current_app.jinja_env.get_template(template).render(**context)


def disk_full(number: str) -> str:
    """The 503 page for the web server when the request body does not fit on the disk."""
    context = {"missing": Missing.ROOM, "unknown": False, "sent": True}
    return _alone("errors/503.html", reference=number, **context)


def reference() -> str:
    """A reference number for the visitor and the log."""
    digits = token_hex(4).upper()
    return f"{digits[:4]}-{digits[4:]}"


def init_pages(app: Flask) -> None:
    _init_jinja(app)
    _init_static(app)
    app.after_request(_remember_language)
    app.after_request(_secure)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(DomainError, _domain_error)
    for kind in MAY_BE_UNAVAILABLE:
        app.register_error_handler(kind, _unavailable)
    app.register_error_handler(HTTPStatus.INTERNAL_SERVER_ERROR, _crash)
