"""What the task list of an application depends on, as a value that changes whenever it does."""

from typing import Any

from sqlalchemy import Uuid, bindparam, or_, select

from portal.core.accounts.models import Organisation, Person, RoleGrant
from portal.core.db import db
from portal.core.stamps import grown
from portal.grants.applications.models import Application, Attachment, Part, Submission
from portal.grants.competitions.models import Competition

_APPLICATION, _COMPETITION, _ORGANISATION, _PARTNER = (
    bindparam(name, type_=Uuid())
    for name in ("application", "competition", "organisation", "partner")
)
_MEMBERS = select(RoleGrant.person_id).where(RoleGrant.organisation_id == _ORGANISATION)
_WRITERS = select(Part.saved_by_id).where(Part.application_id == _APPLICATION)

_STAMP = select(
    *(
        part.scalar_subquery()
        for part in (
            grown(Application).where(Application.id == _APPLICATION),
            grown(Part).where(Part.application_id == _APPLICATION),
            grown(Attachment).where(Attachment.application_id == _APPLICATION),
            grown(Submission).where(Submission.application_id == _APPLICATION),
            grown(Competition).where(Competition.id == _COMPETITION),
            grown(Organisation).where(Organisation.id.in_([_ORGANISATION, _PARTNER])),
            grown(RoleGrant).where(RoleGrant.organisation_id == _ORGANISATION),
            grown(Person).where(or_(Person.id.in_(_MEMBERS), Person.id.in_(_WRITERS))),
        )
    )
)


def stamp(application: Application) -> tuple[Any, ...]:
    """Of all that this stage says on an application's task list; one query."""
    keys = {
        "application": application.id,
        "competition": application.competition_id,
        "organisation": application.organisation_id,
        "partner": application.partner_id,
    }
    return tuple(db.session.execute(_STAMP, keys).one())
