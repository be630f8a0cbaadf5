"""Asns: municipal grant competitions, from call to published results."""

from collections.abc import Sequence

from flask import Flask
from flask_babel import Babel
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from config import Settings
from portal import cli
from portal.core import (
    access,
    arrival,
    concurrency,
    connections,
    db,
    embedded,
    language_replay,
    logs,
    memory,
    pages,
    read_transactions,
    request_checks,
    stages,
)
from portal.core.accounts import sign_in, throttle

# In order of dependency. Each package's `wiring.py` registers what it brings.
STAGES = (
    "portal.core.accounts",
    "portal.core.audit",
    "portal.core.documents",
    "portal.core.messages",
    "portal.core.questions",
    "portal.grants.competitions",
    "portal.grants.applications",
    "portal.grants.evaluation",
    "portal.grants.awards",
    "portal.site",
)


def create_app(settings: Settings | None = None, packages: Sequence[str] = STAGES) -> Flask:
    """Create the application; without `settings`, from the environment."""
    logs.init()
    settings = settings or Settings()
    app = Flask(__name__, static_folder=None, template_folder="../templates")
    app.extensions["settings"] = settings
    app.config.update(
        SECRET_KEY=settings.secret_key or embedded.secret_key(settings.var),
        SQLALCHEMY_DATABASE_URI=embedded.database_url(settings),
        SQLALCHEMY_ENGINE_OPTIONS=connections.options(settings),
        SESSION_COOKIE_NAME="asns",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https:"),
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a form may be open for hours
        BABEL_DEFAULT_LOCALE=settings.languages[0],
        BABEL_DEFAULT_TIMEZONE="Europe/Riga",
    )
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # Flask's own documented idiom
            app.wsgi_app, *[settings.proxies] * 4
        )
    app.url_map.converters.update(access.converters())
    memory.init_app(app)
    request_checks.init_app(app)
    arrival.init_app(app)
    language_replay.init_app(app)
    db.db.init_app(app)
    with app.app_context():
        connections.bind(db.db.engine, settings)
    read_transactions.init_app(app)
    Babel(app, locale_selector=pages.language)
    throttle.init_app(app)
    concurrency.init_app(app)
    CSRFProtect(app)
    sign_in.init_app(app)
    pages.init_pages(app)
    stages.register(app, packages)
    cli.init_app(app)
    access.check_every_view(app)
    return app
