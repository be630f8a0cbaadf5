"""What the pages of an evaluation depend on, as a value that changes whenever any of it does."""

from typing import Any

from sqlalchemy import Uuid, bindparam, select

from portal.core import clock
from portal.core.accounts.models import Person, RoleGrant
from portal.core.db import db
from portal.core.stamps import row_versions, together
from portal.grants.applications.models import Application, Reply, Submission
from portal.grants.competitions.models import Competition, Criterion
from portal.grants.competitions.rules import phase
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

_COMPETITION = bindparam("competition", type_=Uuid())
_APPLICATIONS = select(Application.id).where(Application.competition_id == _COMPETITION).cte()
_MEETINGS = select(Meeting.id).where(Meeting.competition_id == _COMPETITION)
# The committee: its members' names stand on its pages.
_COMMITTEE = select(RoleGrant.person_id).where(RoleGrant.scope_id == _COMPETITION)

# Points are not among them: they change with their sheet (its version grows).
_STAMP = together(
    *(
        row_versions(kind).where(kind.competition_id == _COMPETITION)
        for kind in (Application, Criterion, Meeting, RoundSettings)
    ),
    row_versions(RoleGrant).where(RoleGrant.scope_id == _COMPETITION),
    *(
        row_versions(kind).where(kind.application_id.in_(select(_APPLICATIONS.c.id)))
        for kind in (
            *(Submission, EligibilityCheck),
            *(Assignment, Declaration, ScoreSheet, Suspicion),
        )
    ),
    row_versions(Reply).where(
        Reply.submission_id.in_(
            select(Submission.id).where(Submission.application_id.in_(select(_APPLICATIONS.c.id)))
        )
    ),
    *(row_versions(kind).where(kind.meeting_id.in_(_MEETINGS)) for kind in (Attendance, Vote)),
    row_versions(Competition).where(Competition.id == _COMPETITION),
    row_versions(Person).where(Person.id.in_(_COMMITTEE)),
)


def stamp(competition: Competition) -> tuple[Any, ...]:
    """What decides what everybody together sees of the evaluation; one query.

    A grant begins and ends with a day, and what may still be done goes by the phase.
    """
    found = db.session.execute(_STAMP, {"competition": competition.id}).one()
    return (clock.today(), phase(competition, clock.now()), *found)
