"""An application of nothing but the frame of pages: no database, nobody signed in."""

from flask import Flask
from flask_babel import Babel
from flask_login import LoginManager
from flask_wtf import CSRFProtect

from portal.core import pages
from portal.core.documents.labels import file_limits


def bare_site(application: Flask) -> Flask:
    """Templates and static files of `application`, and nothing that needs a database."""
    app = Flask(
        "portal",
        root_path=application.root_path,
        template_folder="../templates",
        static_folder=None,
    )
    app.config.update(SECRET_KEY="a key for tests only", PROPAGATE_EXCEPTIONS=False)
    app.extensions["settings"] = application.extensions["settings"]
    Babel(app, locale_selector=pages.language)
    CSRFProtect(app)
    LoginManager(app).request_loader(lambda request: None)
    pages.init_pages(app)
    app.jinja_env.globals["file_limits"] = file_limits
    return app
