"""A competition at every stage."""

from typing import Any

from portal.core import clock
from portal.core.accounts.models import MUNICIPAL, ORGANISATIONAL, Person, Role
from portal.core.db import db
from portal.grants.applications.correspondence import printed
from portal.grants.applications.correspondence.models import Letter
from portal.grants.applications.models import Application
from portal.grants.applications.register import service as register
from portal.grants.awards import service as awards
from portal.grants.awards.models import Decision
from portal.grants.competitions.models import Competition
from portal.grants.evaluation.committee.models import CommitteeRole
from portal.grants.evaluation.models import (
    Clarification,
    EligibilityCheck,
    Meeting,
    Suspicion,
    Vote,
)
from tests.factories import DAY
from tests.world.sides import Prepared

STAGES = (
    *("draft", "announced", "open", "sent", "unchecked", "proposed", "checking"),
    *("closed", "minors", "discussed"),
    *("drafted", "signed", "published"),
)


class Side(Prepared):
    """One municipality with its people, and a competition at every stage."""

    def build(self) -> None:
        make = self.make
        for role in MUNICIPAL:
            self.person(role, make.person(role, scope=self.municipality))
        for role in ORGANISATIONAL:
            persona = None if self.prefix else f"ngo-{role}"
            self.person(role, make.person(role, scope=self.organisation, persona=persona))
        for name in ("member", "chair", "secretary", "recused"):
            self.person(name, make.person())
        if self.prefix:
            self.world.people["other-owner"] = self.people("owner")
        for stage in STAGES:
            scenes = self.world.far if self.prefix else self.world.near
            scenes[stage] = {**self.accounts(), **getattr(self, stage)()}

    def draft(self) -> dict[str, Any]:
        return self.competition("draft")

    def announced(self) -> dict[str, Any]:
        return self.competition("announced")

    def open(self) -> dict[str, Any]:
        scene = self.competition("open")
        return {**scene, **self.filed(self.application(scene["competition"], submitted=False))}

    def sent(self) -> dict[str, Any]:
        scene = self.competition("open")
        return {**scene, **self.filed(self.application(scene["competition"], submitted=True))}

    def unchecked(self) -> dict[str, Any]:
        """The deadline has passed, and nobody has looked at the application yet."""
        scene = self.competition("closed")
        return {**scene, **self.filed(self.application(scene["competition"], submitted=True))}

    def proposed(self) -> dict[str, Any]:
        """Somebody has proposed to reject the application."""
        scene = self.unchecked()
        self.make.row(
            EligibilityCheck(
                application_id=scene["application"].id,
                state="rejection_proposed",
                proposed_by_id=self.make.person(Role.OFFICER, scope=self.municipality).id,
                proposed_at=clock.now(),
            )
        )
        return scene

    def checking(self) -> dict[str, Any]:
        """The applicant is asked for a clarification, and has not replied yet."""
        scene = self.competition("closed")
        application = self.application(scene["competition"], submitted=True)
        check = self.make.row(EligibilityCheck(application_id=application.id, state="clarifying"))
        reply_file = self.clarified(check, replied=False)
        return {**scene, **self.filed(application), "reply_file": reply_file}

    def closed(self) -> dict[str, Any]:
        """The committee is at work: a sheet is in, another is not, and the meeting is convened."""
        return self.under_evaluation(minors=False)

    def minors(self) -> dict[str, Any]:
        """The same, and the files name minors."""
        return self.under_evaluation(minors=True)

    def discussed(self) -> dict[str, Any]:
        """All sheets are in, and the chair has opened the discussion."""
        scene = self.under_evaluation(minors=False, discussion_opened_at=clock.now() - DAY)
        points = {"c1": "8", "c2": "7"}
        self.make.sheet(scene["application"], self.people("member"), points)
        return scene

    def under_evaluation(self, *, minors: bool, **values: Any) -> dict[str, Any]:
        make = self.make
        scene = self.competition("closed", **values)
        competition = scene["competition"]
        application = self.application(competition, submitted=True)
        self.seated(competition, application)
        with self.world.app.test_request_context():
            register.close(None, db.session.get_one(Competition, competition.id))
        check = make.session.query(EligibilityCheck).filter_by(application_id=application.id).one()
        meeting = make.row(
            Meeting(competition_id=competition.id, number=1, held_at=clock.now(), place="Liepāja")
        )
        letter = make.row(
            Letter(
                application_id=application.id,
                matter=f"clarification:{check.id}",
                template="evaluation/clarification_asked",
                language="lv",
                content=self.asked(application),
                messages=[],
            )
        )
        appointment = make.grant(make.person(), CommitteeRole.MEMBER, competition)
        seats = {appointment.person_id} | {
            self.people(name).id for name in ("member", "chair", "recused")
        }
        return {
            **scene,
            "letter": letter,
            **self.filed(application, minors=minors),
            "reply_file": self.clarified(check, replied=True, minors=minors),
            "sheet": make.sheet(application, self.people("chair"), {"c1": "9", "c2": "9"}),
            "appointment": appointment,
            "suspicion": make.row(
                Suspicion(
                    person_id=self.people("secretary").id,
                    application_id=make.application(competition, submitted=True).id,
                    grounds=["email_domain"],
                )
            ),
            "meeting": meeting,
            "vote": make.row(
                Vote(
                    meeting_id=meeting.id,
                    number=1,
                    kind="ranking",
                    question="?",
                    carried=False,
                    electorate={"seats": [str(one) for one in seats]},
                )
            ),
        }

    def asked(self, application: Application) -> dict[str, Any]:
        """A letter on paper."""
        with self.world.app.test_request_context():
            here = db.session.get_one(Application, application.id)
            return printed.compose(
                here,
                "evaluation/clarification_asked",
                {
                    "application": here,
                    "competition": here.competition,
                    "clarification": Clarification(message="Kur?", until=clock.now() + DAY),
                },
            )

    def drafted(self) -> dict[str, Any]:
        return self.evaluated("officer")

    def signed(self) -> dict[str, Any]:
        return self.evaluated("officer", "head")

    def published(self) -> dict[str, Any]:
        return self.evaluated("officer", "head", "publish")

    def evaluated(self, *steps: str) -> dict[str, Any]:
        """A competition with its decisions drafted, signed or published."""
        scene = self.competition("closed")
        competition = scene["competition"]
        _, (application, *_rest) = self.make.evaluated(
            [("9", "9"), ("8", "8"), ("7", "7")], competition=competition
        )
        application.organisation_id = self.organisation.id
        self.make.session.commit()
        with self.world.app.test_request_context():
            own = db.session.get_one(Competition, competition.id)
            officer = db.session.get_one(Person, self.people("officer").id)
            head = db.session.get_one(Person, self.people("head").id)
            awards.propose_decisions(officer, own)
            if "head" in steps:
                awards.sign_off(head, own, decided_on=clock.today())
            if "publish" in steps:
                awards.publish(head, own)
            db.session.remove()
        decision = self.make.session.query(Decision).filter_by(application_id=application.id).one()
        return {**scene, "decision": decision, **self.filed(application)}
