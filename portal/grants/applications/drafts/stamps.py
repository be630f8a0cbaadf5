"""What the task list of an application depends on, as a value that changes whenever it does."""

from typing import Any

from sqlalchemy import Uuid, bindparam, or_, select

from portal.core.accounts.models import Municipality, Organisation, Person, RoleGrant
from portal.core.db import db
from portal.core.questions.models import Answer, AnswerFile
from portal.core.stamps import row_versions, together
from portal.grants.applications.models import Application, Submission
from portal.grants.competitions.models import Competition

_APPLICATION, _ANSWERS, _COMPETITION, _MUNICIPALITY, _ORGANISATION, _PARTNER = (
    bindparam(name, type_=Uuid())
    for name in ("application", "answers", "competition", "municipality", "organisation", "partner")
)
_MEMBERS = select(RoleGrant.person_id).where(RoleGrant.scope_id == _ORGANISATION)
_WRITERS = select(Answer.saved_by_id).where(Answer.set_id == _ANSWERS)

_STAMP = together(
    row_versions(Application).where(Application.id == _APPLICATION),
    row_versions(Answer).where(Answer.set_id == _ANSWERS),
    row_versions(AnswerFile).where(AnswerFile.set_id == _ANSWERS),
    row_versions(Submission).where(Submission.application_id == _APPLICATION),
    row_versions(Competition).where(Competition.id == _COMPETITION),
    row_versions(Municipality).where(Municipality.id == _MUNICIPALITY),
    row_versions(Organisation).where(Organisation.id.in_([_ORGANISATION, _PARTNER])),
    row_versions(RoleGrant).where(RoleGrant.scope_id == _ORGANISATION),
    row_versions(Person).where(or_(Person.id.in_(_MEMBERS), Person.id.in_(_WRITERS))),
)


def stamp(application: Application) -> tuple[Any, ...]:
    """Of all that this stage says on an application's task list; one query."""
    keys = {
        "application": application.id,
        "answers": application.answer_set_id,
        "competition": application.competition_id,
        "municipality": application.competition.municipality_id,
        "organisation": application.organisation_id,
        "partner": application.partner_id,
    }
    return tuple(db.session.execute(_STAMP, keys).one())
