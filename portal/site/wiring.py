"""Registers the site's pages: public pages, desk, journal, open data, the demo."""

from flask_babel import lazy_gettext as _l

from portal.core.accounts.models import Person, Role
from portal.core.accounts.rights import is_of_a_board, scopes
from portal.core.audit.vocabulary import Vocabulary
from portal.core.pages import Place
from portal.core.stages import Dataset, FirstPage, Stage
from portal.site import queries, redirects
from portal.site.demo.cli import demo
from portal.site.desk.views import views as desk
from portal.site.health import views as health
from portal.site.journal.views import views as journal
from portal.site.roles.views import views as roles
from portal.site.views import views as site


def _audits(actor: Person | None) -> bool:
    return bool(scopes(actor, Role.AUDITOR))


STAGE = Stage(
    name="site",
    pages=(health, site, desk, journal, roles),
    navigation=(
        Place(_l("Today"), "desk.show", is_of_a_board, order=5),
        Place(_l("Roles"), "roles.audited", _audits, order=70),
        Place(_l("How to apply"), "site.how_to_apply", lambda actor: actor is None, order=15),
    ),
    first_pages=(FirstPage("desk.show", is_of_a_board, order=10),),
    journal=(
        Vocabulary(
            events={
                "demo.started": _l("Loading of the demo data begun"),
                "demo.personas_made": _l("People of the demo made"),
                "demo.organisations_made": _l("Organisations of the demo made"),
                "demo.loaded": _l("Demo data loaded"),
            }
        ),
    ),
    datasets=(
        Dataset(
            "competitions",
            _l("Every announced competition with terms, amendments and results"),
            queries.open_data,
        ),
    ),
    commands=(demo,),
    setup=redirects.init_app,
)
