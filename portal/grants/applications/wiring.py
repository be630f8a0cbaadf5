"""What this stage brings to the application: pages, navigation, commands."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from portal.core.accounts.desks import desk
from portal.core.accounts.models import ORGANISATIONAL, Person
from portal.core.accounts.rights import scopes
from portal.core.pages import navigation
from portal.grants.applications.correspondence import hooks as letters
from portal.grants.applications.correspondence.views import views as correspondence
from portal.grants.applications.drafts.views import views as drafts
from portal.grants.applications.intake.views import views as intake
from portal.grants.applications.register import cli, jobs
from portal.grants.applications.register.views import views as register
from portal.grants.applications.submission.views import views as submission

# Imported for what they register: a check of `flask verify`, a job of the worker, answers to hooks.
REGISTERED = (cli.check, jobs.close_registers, letters)


def init_app(app: Flask) -> None:
    """Register the pages of applications, submissions, the register and the board's list."""
    for blueprint in (drafts, submission, register, intake, correspondence):
        app.register_blueprint(blueprint)
    navigation(app).add(_l("Applications"), "applications.index", _applies, order=20)
    desk("applications.index", _applies, order=40)


def _applies(actor: Person | None) -> bool:
    return bool(scopes(actor, *ORGANISATIONAL))
