"""What the pages of an evaluation depend on, as a value that changes whenever any of it does."""

from typing import Any

from sqlalchemy import CTE, Select, select

from portal.core import clock
from portal.core.accounts.models import Organisation, Person, RoleGrant
from portal.core.db import db
from portal.core.stamps import grown
from portal.grants.applications.models import Application
from portal.grants.competitions.models import Competition, Criterion
from portal.grants.evaluation.models import (
    Assignment,
    Attendance,
    Declaration,
    EligibilityCheck,
    Meeting,
    RoundSettings,
    ScoreSheet,
    Suspicion,
    Vote,
)


def stamp(competition: Competition) -> tuple[Any, ...]:
    """What decides what everybody together sees of the evaluation; one query.

    Points change with their sheet (its version grows), and a grant begins and ends with a day.
    """
    applications = (
        select(Application.id, Application.organisation_id)
        .where(Application.competition_id == competition.id)
        .cte()
    )
    parts = [
        *(
            grown(kind).where(kind.competition_id == competition.id)
            for kind in (Application, Criterion, Meeting, RoleGrant, RoundSettings)
        ),
        *(
            grown(kind).where(kind.application_id.in_(select(applications.c.id)))
            for kind in (Assignment, Declaration, EligibilityCheck, ScoreSheet, Suspicion)
        ),
        *(_of_meetings(kind, competition) for kind in (Attendance, Vote)),
        grown(Competition).where(Competition.id == competition.id),
        _organisations(applications),
        _people(competition),
    ]
    found = db.session.execute(select(*(part.scalar_subquery() for part in parts))).one()
    return (clock.today(), *found)


def _of_meetings(kind: type[Attendance | Vote], competition: Competition) -> Select[Any]:
    meetings = select(Meeting.id).where(Meeting.competition_id == competition.id)
    return grown(kind).where(kind.meeting_id.in_(meetings))


def _organisations(applications: CTE) -> Select[Any]:
    return grown(Organisation).where(Organisation.id.in_(select(applications.c.organisation_id)))


def _people(competition: Competition) -> Select[Any]:
    """The committee: its members' names stand on its pages."""
    people = select(RoleGrant.person_id).where(RoleGrant.competition_id == competition.id)
    return grown(Person).where(Person.id.in_(people))
