"""Registers what competitions add to the application."""

from flask_babel import lazy_gettext as _l

from portal.core.accounts.rights import is_of_a_board
from portal.core.pages import Place
from portal.core.stages import Stage
from portal.grants.competitions import labels
from portal.grants.competitions.amendments.views import views as amendments
from portal.grants.competitions.criteria.views import views as criteria
from portal.grants.competitions.documents.views import views as documents
from portal.grants.competitions.form.views import views as form
from portal.grants.competitions.inquiries.views import views as inquiries
from portal.grants.competitions.journal import VOCABULARY
from portal.grants.competitions.public.views import views as public
from portal.grants.competitions.tasks import TASKS
from portal.grants.competitions.terms.views import views as terms
from portal.grants.competitions.views import views as board

STAGE = Stage(
    name="competitions",
    pages=(public, board, terms, documents, form, criteria, amendments, inquiries),
    navigation=(
        # The board's list links to the public pages, so its people need one entry of the two.
        Place(_l("Calls"), "competitions.index", lambda actor: not is_of_a_board(actor), 10),
        Place(_l("Our competitions"), "board.index", is_of_a_board, order=10),
    ),
    tasks=TASKS,
    journal=(VOCABULARY,),
    filters=labels.FILTERS,
    modules=("implementations",),
)
