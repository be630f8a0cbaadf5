"""Registers what applications add to the application."""

from flask_babel import lazy_gettext as _l

from portal.core.accounts.models import ORGANISATIONAL, Person
from portal.core.accounts.rights import scopes
from portal.core.pages import Place
from portal.core.stages import FirstPage, Stage
from portal.grants.applications.correspondence.tasks import letters_to_post
from portal.grants.applications.correspondence.views import views as correspondence
from portal.grants.applications.drafts.views import views as drafts
from portal.grants.applications.intake.views import views as intake
from portal.grants.applications.journal import VOCABULARY
from portal.grants.applications.register.views import views as register
from portal.grants.applications.submission.views import views as submission


def _applies(actor: Person | None) -> bool:
    return bool(scopes(actor, *ORGANISATIONAL))


STAGE = Stage(
    name="applications",
    pages=(drafts, submission, register, intake, correspondence),
    navigation=(Place(_l("Applications"), "applications.index", _applies, order=20),),
    first_pages=(FirstPage("applications.index", _applies, order=40),),
    tasks=(letters_to_post,),
    journal=(VOCABULARY,),
    modules=("implementations", "register.jobs"),
)
