"""The pages of this stage and the words for its codes, for the application factory."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from portal.core.accounts.administration.queries import name_scopes
from portal.core.accounts.models import MUNICIPAL, Person
from portal.core.accounts.rights import scopes
from portal.core.pages import navigation
from portal.grants.competitions import queries, rights, words
from portal.grants.competitions.amendments.views import views as amendments
from portal.grants.competitions.criteria.views import views as criteria
from portal.grants.competitions.documents.views import views as documents
from portal.grants.competitions.form.views import views as form
from portal.grants.competitions.inquiries.views import views as inquiries
from portal.grants.competitions.public.views import views as public
from portal.grants.competitions.terms.views import views as terms
from portal.grants.competitions.views import views as board

# Importing the rights registers their rules and the loaders of what stands in a URL.
RIGHTS = rights.Right


def init_app(app: Flask) -> None:
    """Give `app` the pages of calls, public and the board's."""
    for blueprint in (public, board, terms, documents, form, criteria, amendments, inquiries):
        app.register_blueprint(blueprint)
    app.jinja_env.filters.update(words.FILTERS)
    name_scopes("competition", queries.codes)
    places = navigation(app)
    # The board's list leads on to the public pages, so its people need one of the two.
    places.add(_l("Calls"), "competitions.index", lambda actor: not _is_board(actor), 10)
    places.add(_l("Our competitions"), "board.index", _is_board, order=10)


def _is_board(actor: Person | None) -> bool:
    return bool(scopes(actor, *MUNICIPAL))
