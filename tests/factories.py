"""Rows for tests: each call gives a valid thing, and says only what the test is about."""

import itertools
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.accounts.models import (
    COMMITTEE,
    MUNICIPAL,
    ORGANISATIONAL,
    Municipality,
    Organisation,
    Person,
    Role,
    RoleGrant,
)
from portal.core.db import Base, Words
from portal.grants.applications import queries, rules
from portal.grants.applications.models import Application, Part, Submission
from portal.grants.applications.models import State as ApplicationState
from portal.grants.competitions.models import (
    Competition,
    Criterion,
    CriterionKind,
    Question,
    QuestionKind,
    Section,
    State,
    TermsVersion,
)
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

DAY = timedelta(days=1)


class Make:
    """Builds and commits rows in the test's session."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.count = itertools.count(1)

    def row(self, row: Any) -> Any:
        self.session.add(row)
        self.session.commit()
        return row

    def municipality(self, code: str = "LIE") -> Municipality:
        found = self.session.query(Municipality).filter_by(code=code).one_or_none()
        return found or self.row(
            Municipality(
                code=code,
                name=Words("Piemēra pilsēta", "Sample City"),
                organiser=Words("Piemēra Izglītības pārvalde", "Sample Education Board"),
                email="parvalde@example.lv",
            )
        )

    def person(self, *roles: Role, scope: Base | None = None, **values: Any) -> Person:
        """A person who holds `roles`, each in `scope` or in the default municipality."""
        n = next(self.count)
        person = self.row(
            Person(
                **{
                    "email": f"persona{n}@example.lv",
                    "name": f"Persona {n}",
                    "confirmed_at": clock.now() - DAY,
                    **values,
                }
            )
        )
        for role in roles:
            self.grant(person, role, scope)
        return person

    def grant(self, person: Person, role: Role, scope: Base | None = None) -> RoleGrant:
        keys: dict[str, Any] = {}
        if role in MUNICIPAL:
            keys["municipality_id"] = (scope or self.municipality()).id
        elif role in COMMITTEE:
            keys["competition_id"] = scope.id
        elif role in ORGANISATIONAL:
            keys["organisation_id"] = scope.id
        return self.row(RoleGrant(person_id=person.id, role=role, since=date(2020, 1, 1), **keys))

    def organisation(self, **values: Any) -> Organisation:
        n = next(self.count)
        name = values.pop("name", f"Biedrība „Paraugs {n}”")
        return self.row(
            Organisation(
                **{
                    "kind": "association",
                    "name": name,
                    "sort_name": name.lower(),
                    "registration_number": f"400080{n:05d}",
                    **values,
                }
            )
        )

    def competition(
        self,
        phase: str = "open",
        *,
        criteria: Sequence[dict[str, Any]] | None = None,
        **values: Any,
    ) -> Competition:
        """A competition in a phase: draft, announced, open, closed, decided, published, cancelled.

        One section with the questions title (short text), need (long text), participants and
        at_risk
        (numbers); one eligibility criterion; quality criteria c1 (0–10) and c2 (0–10, minimum 3).
        """
        n = next(self.count)
        now = clock.now()
        opens, deadline = {
            "announced": (now + 2 * DAY, now + 20 * DAY),
            "draft": (now + 2 * DAY, now + 20 * DAY),
            "open": (now - 5 * DAY, now + 5 * DAY),
        }.get(phase, (now - 30 * DAY, now - 10 * DAY))
        municipality = values.pop("municipality", None) or self.municipality()
        state = State.ANNOUNCED if phase in ("open", "closed") else State(phase)
        competition = self.row(
            Competition(
                **{
                    "municipality_id": municipality.id,
                    "year": 2026,
                    "ordinal": n,
                    "code": f"{municipality.code}-2026-{n}",
                    "slug": f"konkurss-{n}",
                    "state": state,
                    "title": Words(f"Jauniešu iniciatīvas {n}", f"Youth initiatives {n}"),
                    "eligible_kinds": ["association", "foundation", "youth_group"],
                    "fixed_sum": 460_000,
                    "grants": 2,
                    "announced_at": None if phase == "draft" else opens - 10 * DAY,
                    "opens_at": opens,
                    "deadline": deadline,
                    "results_by": (deadline + 30 * DAY).date(),
                    "start_from": (deadline + 40 * DAY).date(),
                    "start_to": (deadline + 200 * DAY).date(),
                    "months_min": 3,
                    "months_max": 18,
                    "total_minimum": Decimal(8),
                    "terms_version": 0 if phase == "draft" else 1,
                    "published_at": now - DAY if phase == "published" else None,
                    "decided_at": now - DAY if phase in ("decided", "published") else None,
                    "cancelled_at": now - DAY if phase == "cancelled" else None,
                    "cancel_reason": Words("Nav naudas.", "No money.")
                    if phase == "cancelled"
                    else None,
                    **values,
                }
            )
        )
        if competition.terms_version:
            number = competition.terms_version
            self.row(
                TermsVersion(
                    competition_id=competition.id, number=number, content={}, digest="0" * 64
                )
            )
        self._form(competition)
        self._criteria(competition, criteria)
        return competition

    def _form(self, competition: Competition) -> None:
        section = self.row(
            Section(
                competition_id=competition.id,
                key="project",
                title=Words("Projekts", "Project"),
                position=1,
            )
        )
        for position, (key, kind, settings, measures) in enumerate(
            [
                ("title", QuestionKind.SHORT_TEXT, {"max_length": 100}, "title"),
                ("need", QuestionKind.LONG_TEXT, {"max_length": 2000}, None),
                ("participants", QuestionKind.NUMBER, {"min": 1}, "participants"),
                ("at_risk", QuestionKind.NUMBER, {"min": 0}, "at_risk"),
            ],
            start=1,
        ):
            self.row(
                Question(
                    competition_id=competition.id,
                    section_id=section.id,
                    key=key,
                    kind=kind,
                    label=Words(f"Jautājums {key}", f"Question {key}"),
                    settings=settings,
                    measures=measures,
                    position=position,
                )
            )

    def _criteria(
        self, competition: Competition, criteria: Sequence[dict[str, Any]] | None
    ) -> None:
        quality = criteria or [
            {"key": "c1", "tie_break": 1},
            {"key": "c2", "minimum": Decimal(3)},
        ]
        self.row(
            Criterion(
                competition_id=competition.id,
                key="e1",
                kind=CriterionKind.ELIGIBILITY,
                title=Words("Iesniedzējs ir tiesīgs", "The applicant is eligible"),
                position=1,
            )
        )
        for position, values in enumerate(quality, start=2):
            self.row(
                Criterion(
                    **{
                        "competition_id": competition.id,
                        "kind": CriterionKind.QUALITY,
                        "title": Words(f"Kritērijs {values['key']}", f"Criterion {values['key']}"),
                        "position": position,
                        "maximum": Decimal(10),
                        "step": Decimal("0.5"),
                        **values,
                    }
                )
            )

    def application(
        self,
        competition: Competition,
        *,
        by: Person | None = None,
        organisation: Organisation | None = None,
        submitted: bool = False,
        **values: Any,
    ) -> Application:
        """An application, a draft or submitted, with its answers; its people are its owner `by`."""
        n = next(self.count)
        organisation = organisation or self.organisation()
        if by is None:
            by = self.person(Role.OWNER, scope=organisation)
        answers = {
            "title": values.pop("title", f"Projekts {n}"),
            "need": "Jauniešiem vajag vietu.",
            "participants": 20,
            "at_risk": 5,
        }
        number = f"{competition.code}-{n:03d}" if submitted else None
        application = self.row(
            Application(
                **{
                    "competition_id": competition.id,
                    "organisation_id": organisation.id,
                    "state": ApplicationState.SUBMITTED if submitted else ApplicationState.DRAFT,
                    "title": answers["title"],
                    "ordinal": n if submitted else None,
                    "number": number,
                    "started_by_id": by.id,
                    **values,
                }
            )
        )
        at = min(clock.now(), competition.deadline) - DAY
        self.row(
            Part(
                application_id=application.id,
                section_key="project",
                answers=answers,
                complete=True,
                saved_at=at,
                saved_by_id=by.id,
            )
        )
        if submitted:
            content = rules.sealed_content(
                number=application.number or "",
                revision=1,
                arrival=rules.Arrival(at, application.channel),
                terms=rules.Terms(competition.terms_version, "0" * 64),
                applicant=queries.applicant(organisation),
                partner=None,
                answers={"project": answers},
                files=[],
            )
            self.row(
                Submission(
                    application_id=application.id,
                    revision=1,
                    submitted_at=at,
                    submitted_by_id=by.id,
                    terms_version=competition.terms_version,
                    content=content,
                    seal=rules.seal(content),
                )
            )
        return application

    def committee(self, competition: Competition, members: int = 3) -> list[Person]:
        """Members of the committee; the first is also its chair, the second its secretary."""
        people = [self.person(Role.MEMBER, scope=competition) for _ in range(members)]
        for person, role in zip(people, (Role.CHAIR, Role.SECRETARY), strict=False):
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
                self.row(
                    Declaration(
                        person_id=member.id,
                        application_id=application.id,
                        kind=ConflictKind.NONE,
                        declared_at=clock.now(),
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

    def meeting(
        self, competition: Competition, members: Sequence[Person], order: Sequence[str]
    ) -> Meeting:
        """A closed meeting at which all approved the ranking `order` (numbers, best first)."""
        now = clock.now()
        meeting = self.row(
            Meeting(
                competition_id=competition.id,
                number=1,
                held_at=now,
                place="Liepāja",
                closed_at=now,
                closed_by_id=members[0].id,
                record={},
            )
        )
        for member in members:
            self.row(Attendance(meeting_id=meeting.id, person_id=member.id, present=True))
        self.row(
            Vote(
                meeting_id=meeting.id,
                number=1,
                kind="ranking",
                question="Apstiprināt sarindojumu",
                order=list(order),
                carried=True,
            )
        )
        return meeting

    def evaluated(
        self, points: Sequence[tuple[str, str]], **values: Any
    ) -> tuple[Competition, list[Application]]:
        """A closed competition whose evaluation is finished.

        Each application has the points (c1, c2) of three members; c2 owes 3, the total 8. They
        come back in the order of `points`, which is that of the ranking.
        """
        competition = self.competition("closed", **values)
        members = self.committee(competition)
        applications = []
        for c1, c2 in points:
            application = self.application(competition, submitted=True)
            self.eligible(application)
            self.assigned(application, *members)
            for member in members:
                self.sheet(application, member, {"c1": c1, "c2": c2})
            applications.append(application)
        clears = [
            str(a.number)
            for a, (c1, c2) in zip(applications, points, strict=True)
            if Decimal(c2) >= 3 and Decimal(c1) + Decimal(c2) >= 8
        ]
        self.meeting(competition, members, clears)
        return competition, applications
