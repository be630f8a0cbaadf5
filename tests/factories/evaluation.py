"""Rows of the evaluation: committees, checks, sheets and meetings."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import has_app_context
from sqlalchemy import ColumnElement, exists, true

from portal.core import clock
from portal.core.accounts.models import DECIDING, Person, Role, RoleGrant
from portal.core.db import Base, db
from portal.grants.applications.models import Application
from portal.grants.awards.models import Decision
from portal.grants.competitions.models import Competition, Criterion
from portal.grants.evaluation.committee.models import CommitteeRole
from portal.grants.evaluation.models import (
    Assignment,
    Attendance,
    CheckState,
    ConflictKind,
    Declaration,
    EligibilityCheck,
    Meeting,
    Score,
    ScoreSheet,
    SheetState,
    Vote,
)
from portal.grants.evaluation.ranking.approval import Facts, digest
from portal.grants.evaluation.ranking.queries import ranking_of
from tests.factories.applications import Applications

EVERYTHING = true()


class Evaluations(Applications):
    """Whatever a committee leaves behind.

    People of the board have declared that they have no conflict with whoever applied, unless their
    role was given with `declared=False`.
    """

    def grant(
        self, person: Person, role: Role, scope: Base | None = None, *, declared: bool = True
    ) -> RoleGrant:
        grant = super().grant(person, role, scope)
        if role in DECIDING and declared:
            self.board_declares(RoleGrant.id == grant.id)
        elif role in DECIDING:
            self.undeclared.add(person.id)
        return grant

    def application(self, competition: Competition, **values: Any) -> Application:
        application = super().application(competition, **values)
        if application.number:
            self.board_declares(Application.id == application.id)
        return application

    def board_declares(self, which: ColumnElement[bool] = EVERYTHING) -> None:
        """That there is no conflict, where nothing has been declared yet."""
        missing = (
            self.session.query(RoleGrant.person_id, Application.id)
            .join(Competition, Competition.municipality_id == RoleGrant.scope_id)
            .join(Application, Application.competition_id == Competition.id)
            .filter(
                RoleGrant.role.in_(DECIDING),
                RoleGrant.is_living,
                RoleGrant.person_id.not_in(self.undeclared),
                Application.number.is_not(None),
                ~exists().where(
                    Declaration.person_id == RoleGrant.person_id,
                    Declaration.application_id == Application.id,
                ),
                which,
            )
            .distinct()
        )
        for person, application in missing.all():
            self.session.add(
                Declaration(
                    person_id=person,
                    application_id=application,
                    kind=ConflictKind.NONE,
                    declared_at=clock.now(),
                )
            )
        self.session.commit()

    def committee(self, competition: Competition, members: int = 3) -> list[Person]:
        """Members of the committee; the first is also its chair, the second its secretary."""
        people = [self.person(CommitteeRole.MEMBER, scope=competition) for _ in range(members)]
        for person, role in zip(
            people, (CommitteeRole.CHAIR, CommitteeRole.SECRETARY), strict=False
        ):
            self.grant(person, role, competition)
        return people

    def eligible(self, application: Application) -> EligibilityCheck:
        """The application has passed its eligibility check."""
        officer = self.person(Role.OFFICER)
        return self.row(
            EligibilityCheck(
                application_id=application.id,
                state=CheckState.ELIGIBLE,
                proposed_by_id=officer.id,
                proposed_at=clock.now(),
            )
        )

    def assigned(self, application: Application, *members: Person, declared: bool = True) -> None:
        """Members are to score the application, and (unless told not to) declared no conflict."""
        for member in members:
            self.row(Assignment(person_id=member.id, application_id=application.id))
            if declared:
                self.declared(member, application.id)

    def declared(
        self,
        person: Person,
        application_id: UUID,
        kind: ConflictKind = ConflictKind.NONE,
        **values: Any,
    ) -> Declaration:
        """Somebody has declared whether they have a conflict of interest."""
        return self.row(
            Declaration(
                person_id=person.id,
                application_id=application_id,
                kind=kind,
                declared_at=clock.now(),
                **values,
            )
        )

    def sheet(
        self,
        application: Application,
        member: Person,
        points: dict[str, str],
        *,
        submitted: bool = True,
    ) -> ScoreSheet:
        """A score sheet; `points` maps criterion keys to points."""
        criteria = {
            c.key: c.id
            for c in self.session.query(Criterion).filter_by(
                competition_id=application.competition_id
            )
        }
        now = clock.now()
        sheet = self.row(
            ScoreSheet(
                application_id=application.id,
                person_id=member.id,
                state=SheetState.SUBMITTED if submitted else SheetState.DRAFT,
                saved_at=now,
                submitted_at=now if submitted else None,
            )
        )
        for key, value in points.items():
            self.row(Score(sheet_id=sheet.id, criterion_id=criteria[key], points=Decimal(value)))
        return sheet

    def _facts(self, competition: Competition) -> Facts:
        """What a meeting would approve now."""
        if has_app_context():
            return ranking_of(db.session.get_one(Competition, competition.id)).facts
        assert self.app
        with self.app.test_request_context():
            return self._facts(competition)

    def meeting(
        self, competition: Competition, members: Sequence[Person], order: Sequence[str]
    ) -> Meeting:
        """A closed meeting at which all approved the ranking `order` (numbers, best first)."""
        now = clock.now()
        meeting = self.row(
            Meeting(competition_id=competition.id, number=1, held_at=now, place="Liepāja")
        )
        approved = self._facts(competition)
        for member in members:
            self.row(Attendance(meeting_id=meeting.id, person_id=member.id))
        self.row(
            Vote(
                meeting_id=meeting.id,
                number=1,
                kind="ranking",
                question="Apstiprināt sarindojumu",
                order=list(order),
                carried=True,
                approved=approved,
                digest=digest(approved),
            )
        )
        meeting.closed_at, meeting.closed_by_id, meeting.record = now, members[0].id, {}
        return self.row(meeting)

    def decision(self, application: Application, **values: Any) -> Decision:
        """A decision on an application of an evaluated competition, on its meeting's approval."""
        vote = (
            self.session.query(Vote)
            .join(Vote.meeting)
            .filter(Meeting.competition_id == application.competition_id)
            .one()
        )
        return self.row(
            Decision(
                competition_id=application.competition_id,
                application_id=application.id,
                vote_id=vote.id,
                title=application.draft_title,
                applicant="Biedrība",
                **values,
            )
        )

    def evaluated(
        self,
        points: Sequence[tuple[str, str]],
        *,
        competition: Competition | None = None,
        **values: Any,
    ) -> tuple[Competition, list[Application]]:
        """A closed competition whose evaluation is finished.

        Each application has the points (c1, c2) of three members; c2 owes 3, the total 8. They
        come back in the order of `points`, which is that of the ranking.
        """
        competition = competition or self.competition("closed", **values)
        self.rewrite(competition, discussion_opened_at=clock.now())
        members = self.committee(competition)
        applications = []
        for c1, c2 in points:
            application = self.application(competition, submitted=True)
            self.eligible(application)
            self.assigned(application, *members)
            for member in members:
                self.sheet(application, member, {"c1": c1, "c2": c2})
            applications.append(application)
        competition.discussion_opened_at = competition.discussion_opened_at or clock.now()
        self.session.commit()
        clears = [
            str(a.number)
            for a, (c1, c2) in zip(applications, points, strict=True)
            if Decimal(c2) >= 3 and Decimal(c1) + Decimal(c2) >= 8
        ]
        self.meeting(competition, members, clears)
        return competition, applications
