"""A competition at every stage of its life, with one of everything that its addresses name."""

import io
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from werkzeug.datastructures import FileStorage

from portal.core import clock
from portal.core.accounts.models import Municipality, Person, Role
from portal.core.db import Words
from portal.core.documents import service as documents
from portal.core.documents.models import StoredFile
from portal.core.questions.models import AnswerSet, Section
from portal.core.work import unit_of_work
from portal.grants.applications.correspondence import printed
from portal.grants.applications.correspondence.models import Letter
from portal.grants.applications.models import Application, Submission
from portal.grants.applications.register import service as register
from portal.grants.applications.rules import SealedFile
from portal.grants.awards.models import Decision
from portal.grants.competitions.inquiries.models import Inquiry
from portal.grants.competitions.models import (
    CallDocument,
    CallDocumentVersion,
    Criterion,
    CriterionKind,
)
from portal.grants.evaluation.committee.models import CommitteeRole
from portal.grants.evaluation.models import (
    Clarification,
    ConflictKind,
    EligibilityCheck,
    Meeting,
    Suspicion,
    Vote,
)
from tests.core.documents.samples import PDF
from tests.factories import DAY, Make
from tests.world.scene import POINTS, Scene, here

ACTIVITIES = [
    {"key": "what", "kind": "short_text", "lv": "Kas notiek", "en": "What happens"},
    {"key": "cost", "kind": "money", "lv": "Cik maksā", "en": "What it costs", "sum": True},
]
COMMITTEE = {
    "member": (CommitteeRole.MEMBER,),
    "chair": (CommitteeRole.MEMBER, CommitteeRole.CHAIR),
    "secretary": (CommitteeRole.SECRETARY,),
    "recused": (CommitteeRole.MEMBER,),  # for the application asked about
}


class Stage(Scene):
    """A competition of a municipality's people; `values` is what stands in its addresses."""

    recused: Person

    def __init__(
        self,
        make: Make,
        phase: str,
        people: Mapping[str, Any],
        municipality: Municipality,
        **values: Any,
    ) -> None:
        super().__init__(make, phase, people=people, municipality=municipality, **values)
        self.municipality = municipality
        self.values: dict[str, Any] = {"competition": self.call}
        self.prepare()

    def add(self, name: str, row: Any) -> Any:
        """Add a row, by whose name in an address it is found here."""
        self.values[name] = self.make.row(row)
        return row

    def prepare(self) -> None:
        """Add one of everything that is prepared before a competition is announced."""
        make, call = self.make, self.call
        section = make.session.query(Section).filter_by(form_id=call.form.id).one()
        question = make.question(
            section,
            "plan",
            "file",
            label=Words("Darba plāns", "Work plan"),
            required=False,
            settings={"several": True},
        )
        if call.state == "draft":
            question = make.question(
                section,
                "activities",
                "table",
                label=Words("Aktivitātes", "Activities"),
                required=False,
                settings={"columns": ACTIVITIES},
                position=10,
            )
        document = self.add(
            "call_document",
            CallDocument(
                competition_id=call.id,
                kind="regulations",
                title=Words("Nolikums", "Regulations"),
            ),
        )
        make.row(
            CallDocumentVersion(
                document_id=document.id,
                number=1,
                file_id=stored(make, self.owner).id,
                issued_on=clock.today(),
            )
        )
        inquiry = self.add(
            "inquiry",
            Inquiry(
                competition_id=call.id,
                asked_at=clock.now() - DAY,
                asked_by_id=self.owner.id,
                question="Vai drīkst pieteikties jauniešu grupa?",
            ),
        )
        criteria = make.session.query(Criterion).filter_by(
            competition_id=call.id, kind=CriterionKind.QUALITY
        )
        self.values |= {
            "form_section": section,
            "form_question": question,
            "document_version": 1,
            "criterion": criteria.order_by(Criterion.position).first(),
            "kind": "quality",
            "own_inquiry": inquiry,
            "part": section.key,
        }

    def filed(self, application: Application, *, minors: bool = False) -> "Stage":
        """The application that is asked about, with a file."""
        attachment = self.attached(application.answer_set_id, minors=minors)
        for submission in self.session.query(Submission).filter_by(application_id=application.id):
            # The board reads what was sealed, and no file besides.
            file = attachment.file
            sealed = SealedFile(
                id=str(attachment.id),
                question="plan",
                name=file.name,
                size=file.size,
                media_type=file.media_type,
                sha256=file.sha256,
                names_minors=minors,
            )
            content = {**submission.content, "attachments": [asdict(sealed)]}
            self.make.rewrite(submission, content=content)
        self.values |= {"application": application, "attachment": attachment, "revision": 1}
        return self

    def attached(self, set_id: UUID, *, minors: bool) -> Any:
        """A file for the plan that the form asks for."""
        file = stored(self.make, self.owner)
        return self.make.attached(set_id, "plan", file.id, self.owner, minors=minors)

    def applied(self, *, submitted: bool = True) -> "Stage":
        return self.filed(self.application(submitted=submitted))

    def rejection_proposed(self) -> "Stage":
        """Somebody else would reject the application."""
        self.make.row(
            EligibilityCheck(
                application_id=self.values["application"].id,
                state="rejection_proposed",
                proposed_by_id=self.make.person(Role.OFFICER, scope=self.municipality).id,
                proposed_at=clock.now(),
            )
        )
        return self

    def clarifying(self) -> "Stage":
        """The applicant is asked for a clarification, and has not replied yet."""
        application = self.values["application"]
        check = self.make.row(EligibilityCheck(application_id=application.id, state="clarifying"))
        self.asked(check)
        return self

    def asked(self, check: EligibilityCheck, *, minors: bool = False) -> Clarification:
        """A clarification of the file that the form asks for, answered with one."""
        clarification = self.make.row(
            Clarification(
                check_id=check.id,
                answer_set=AnswerSet(form_id=self.call.form.id, opened={"plan": ""}),
                message="Lūdzu, pievienojiet darba plānu.",
                asked_at=clock.now() - DAY,
                asked_by_id=self.officer.id,
                until=clock.now() + DAY,
            )
        )
        self.values["reply_file"] = self.attached(clarification.answer_set_id, minors=minors)
        return clarification

    def under_evaluation(self, *, minors: bool = False) -> "Stage":
        """The committee is at work: a sheet is in, another is not, and the meeting is convened.

        All of the committee but one of them are without a conflict; files may name minors.
        """
        make, call = self.make, self.call
        application = self.application()
        for name, roles in COMMITTEE.items():
            for role in roles:
                make.grant(getattr(self, name), role, call)
        check = make.eligible(application)
        make.assigned(application, self.member, self.chair)
        make.declared(self.secretary, application.id)
        make.declared(
            self.recused, application.id, ConflictKind.FAMILY, note="Brālis ir projekta vadītājs."
        )
        self.run(register.close, None, call)
        self.filed(application, minors=minors)
        clarification = self.asked(check, minors=minors)
        clarification.reply_id = make.reply(application.id, self.owner).id
        clarification.answer_set.frozen_at = clock.now()
        self.session.commit()
        self.add(
            "letter",
            Letter(
                application_id=application.id,
                matter=f"clarification:{check.id}",
                template="evaluation/clarification_asked",
                language="lv",
                content=self.on_paper(application),
                messages=[],
            ),
        )
        self.values["sheet"] = make.sheet(application, self.chair, {"c1": "9", "c2": "9"})
        self.add(
            "suspicion",
            Suspicion(
                person_id=self.secretary.id,
                application_id=make.application(call, submitted=True).id,
                grounds=["email_domain"],
            ),
        )
        appointment = make.grant(make.person(), CommitteeRole.MEMBER, call)
        self.values["appointment"] = appointment
        meeting = self.add(
            "meeting",
            Meeting(competition_id=call.id, number=1, held_at=clock.now(), place="Liepāja"),
        )
        seats = {one.id for one in (self.member, self.chair, self.recused)}
        self.add(
            "vote",
            Vote(
                meeting_id=meeting.id,
                number=1,
                kind="ranking",
                question="?",
                carried=False,
                electorate={"seats": [str(one) for one in seats | {appointment.person_id}]},
            ),
        )
        return self

    def on_paper(self, application: Application) -> dict[str, Any]:
        """The letter that asks for a clarification."""
        with self.make.app.test_request_context():
            application = here(application)
            return printed.compose(
                application,
                "evaluation/clarification_asked",
                {
                    "application": application,
                    "competition": application.competition,
                    "clarification": Clarification(message="Kur?", until=clock.now() + DAY),
                },
            )

    def all_scored(self) -> "Stage":
        self.make.sheet(self.values["application"], self.member, {"c1": "8", "c2": "7"})
        return self

    def decided(self, *steps: Callable[[Scene], Scene]) -> "Stage":
        """The evaluation is finished, and these steps follow; the owner's application is best."""
        application = self.evaluated(POINTS[:3]).applications[0]
        application.organisation_id = self.organisation.id
        self.session.commit()
        for step in steps:
            step(self)
        decision = self.session.query(Decision).filter_by(application_id=application.id).one()
        self.values["decision"] = decision
        return self.filed(application)


def stored(make: Make, by: Person) -> StoredFile:
    """A small file in the storage."""
    with make.app.test_request_context():
        owner = here(by)
        with documents.sending() as send:
            incoming = send(FileStorage(io.BytesIO(PDF), filename="plāns.pdf"))
            with unit_of_work(owner, "file.stored", owner) as work:
                key = incoming.place(work, purpose="attachment").id
    return make.session.get_one(StoredFile, key)


# By name; `new` makes a competition in a phase.
STAGES: dict[str, Callable[[Callable[..., Stage]], Stage]] = {
    "draft": lambda new: new("draft"),
    "announced": lambda new: new("announced"),
    "open": lambda new: new("open").applied(submitted=False),
    "sent": lambda new: new("open").applied(),
    "unchecked": lambda new: new("closed").applied(),
    "proposed": lambda new: new("closed").applied().rejection_proposed(),
    "checking": lambda new: new("closed").applied().clarifying(),
    "closed": lambda new: new("closed").under_evaluation(),
    "minors": lambda new: new("closed").under_evaluation(minors=True),
    "discussed": lambda new: (
        new("closed", discussion_opened_at=clock.now() - DAY).under_evaluation().all_scored()
    ),
    "drafted": lambda new: new("closed").decided(Stage.propose),
    "signed": lambda new: new("closed").decided(Stage.propose, Stage.sign),
    "published": lambda new: new("closed").decided(Stage.propose, Stage.sign, Stage.publish),
}
