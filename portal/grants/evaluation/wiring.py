"""Registers what the evaluation adds to the application."""

from flask_babel import lazy_gettext as _l

from portal.core.accounts.models import Person
from portal.core.accounts.rights import scopes
from portal.core.pages import Place
from portal.core.stages import FirstPage, Stage
from portal.grants.evaluation.committee import journal as committee_journal
from portal.grants.evaluation.committee import tasks as committee_tasks
from portal.grants.evaluation.committee.models import COMMITTEE
from portal.grants.evaluation.committee.views import board as appointments
from portal.grants.evaluation.committee.views import views as committee
from portal.grants.evaluation.eligibility import journal as eligibility_journal
from portal.grants.evaluation.eligibility import tasks as eligibility_tasks
from portal.grants.evaluation.eligibility.applicant_views import views as clarifications
from portal.grants.evaluation.eligibility.views import views as eligibility
from portal.grants.evaluation.meeting import journal as meeting_journal
from portal.grants.evaluation.meeting.views import views as meetings
from portal.grants.evaluation.ranking.views import views as ranking
from portal.grants.evaluation.scoring import journal as scoring_journal
from portal.grants.evaluation.scoring.views import views as scoring
from portal.grants.evaluation.subnavigation import evaluation_pages


def _sits(actor: Person | None) -> bool:
    return bool(scopes(actor, *COMMITTEE))


STAGE = Stage(
    name="evaluation",
    pages=(appointments, committee, eligibility, clarifications, scoring, ranking, meetings),
    navigation=(Place(_l("Committee work"), "scoring.index", _sits, order=30),),
    first_pages=(FirstPage("scoring.index", _sits, order=30),),
    tasks=(*eligibility_tasks.TASKS, *committee_tasks.TASKS),
    journal=(
        eligibility_journal.VOCABULARY,
        committee_journal.VOCABULARY,
        scoring_journal.VOCABULARY,
        meeting_journal.VOCABULARY,
    ),
    functions={"evaluation_pages": evaluation_pages},
    modules=("implementations",),
)
