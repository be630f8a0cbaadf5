"""What the site brings to the application: public pages, the desk, the journal, moved addresses."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from portal.core.accounts.desks import desk
from portal.core.accounts.models import MUNICIPAL, Person, Role
from portal.core.accounts.rights import scopes
from portal.core.pages import navigation
from portal.site import moved
from portal.site.desk.views import views as desk_views
from portal.site.health import views as health
from portal.site.journal.views import views as journal
from portal.site.roles.views import views as roles
from portal.site.views import views as site


def init_app(app: Flask) -> None:
    """Register the pages, and say whose first page is which."""
    for blueprint in (health, site, desk_views, journal, roles):
        app.register_blueprint(blueprint)
    moved.init_app(app)
    desk("desk.show", _is_of_a_board, order=10)
    entries = navigation(app)
    entries.add(_l("Today"), "desk.show", _is_of_a_board, order=5)
    entries.add(_l("Roles"), "roles.audited", _audits, order=70)
    entries.add(_l("How to apply"), "site.how_to_apply", lambda actor: actor is None, order=15)


def _is_of_a_board(actor: Person | None) -> bool:
    return bool(scopes(actor, *MUNICIPAL))


def _audits(actor: Person | None) -> bool:
    return bool(scopes(actor, Role.AUDITOR))
