"""Asns: municipal grant competitions, from call to published results."""

from flask import Flask
from flask_babel import Babel
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from config import Settings
from portal import cli
from portal.core import (
    access,
    again,
    arrival,
    connections,
    db,
    documents,
    embedded,
    gate,
    logs,
    memory,
    pages,
    reading,
    turns,
)
from portal.core.accounts import sign_in, throttle


def create_app(settings: Settings | None = None) -> Flask:
    """Wire the parts together. The one place that knows them all."""
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
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a long evening's form is not lost
        BABEL_DEFAULT_LOCALE="lv",
        BABEL_DEFAULT_TIMEZONE="Europe/Riga",
    )
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # Flask's own documented idiom
            app.wsgi_app, *[settings.proxies] * 4
        )
    app.url_map.converters.update(access.converters())
    memory.init_app(app)
    gate.init_app(app)
    arrival.init_app(app)
    again.init_app(app)
    db.db.init_app(app)
    with app.app_context():
        connections.bind(db.db.engine, settings)
    reading.init_app(app)
    documents.init_app(app, settings)
    Babel(app, locale_selector=pages.language)
    throttle.init_app(app)
    turns.init_app(app)
    CSRFProtect(app)
    sign_in.init_app(app)
    pages.init_pages(app)
    _register_stages(app)
    cli.init_app(app)
    access.check_every_view(app)
    return app


def _register_stages(app: Flask) -> None:
    from portal.core.accounts import wiring as accounts
    from portal.core.messages.views import views as messages
    from portal.grants.applications import wiring as applications
    from portal.grants.awards import wiring as awards
    from portal.grants.competitions import wiring as competitions
    from portal.grants.evaluation import wiring as evaluation
    from portal.site import wiring as site

    app.register_blueprint(messages)
    for stage in (accounts, competitions, applications, evaluation, awards, site):
        stage.init_app(app)
