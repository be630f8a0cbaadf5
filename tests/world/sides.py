"""What every stage of one municipality is made of."""

import io
from dataclasses import asdict
from typing import Any
from uuid import UUID

from werkzeug.datastructures import FileStorage

from portal.core import clock
from portal.core.accounts.claims.models import OrganisationClaim
from portal.core.accounts.demo.cast import registration_number
from portal.core.accounts.models import (
    Municipality,
    Organisation,
    Person,
    Purpose,
    Role,
    SignIn,
    Token,
)
from portal.core.accounts.rules import digest
from portal.core.db import Words, db
from portal.core.documents import service as documents
from portal.core.documents.models import StoredFile
from portal.core.questions.models import AnswerFile, AnswerSet, Question, Section
from portal.core.work import unit_of_work
from portal.grants.applications.models import Application, Submission
from portal.grants.applications.rules import SealedFile
from portal.grants.competitions.inquiries.models import Inquiry
from portal.grants.competitions.models import (
    CallDocument,
    CallDocumentVersion,
    Competition,
    Criterion,
    CriterionKind,
)
from portal.grants.evaluation.committee.models import CommitteeRole
from portal.grants.evaluation.models import (
    Clarification,
    ConflictKind,
    Declaration,
    EligibilityCheck,
)
from tests.core.documents.samples import PDF
from tests.factories import DAY, Make
from tests.world.asking import World

ACTIVITIES = [
    {"key": "what", "kind": "short_text", "lv": "Kas notiek", "en": "What happens"},
    {"key": "cost", "kind": "money", "lv": "Cik maksā", "en": "What it costs", "sum": True},
]


class Prepared:
    """One municipality with its people, and what its competitions have in common."""

    def __init__(self, world: World, make: Make, municipality: Municipality, prefix: str) -> None:
        self.world = world
        self.make = make
        self.municipality = municipality
        self.prefix = prefix
        self.organisation: Organisation = make.organisation(
            registration_number=registration_number(801 if prefix else 802),
            iban="LV80BANK0000435195001",
            email="birojs@example.lv",
            address="Krasta iela 7, Liepāja",
        )

    def person(self, name: str, person: Person) -> None:
        self.world.people[f"{self.prefix}{name}"] = person

    def people(self, name: str) -> Person:
        return self.world.people[f"{self.prefix}{name}"]

    def accounts(self) -> dict[str, Any]:
        """What stands in the addresses of accounts, organisations and administration."""
        make, owner = self.make, self.people("owner")
        # A second owner: the rules about the last one have tests of their own.
        member = make.person(Role.OWNER, scope=self.organisation)
        invitation = make.row(
            Token(
                purpose=Purpose.INVITE,
                digest=digest(f"secret-{member.id}"),
                email=f"aicinats-{member.id}@example.lv",
                expires_at=clock.now() + DAY,
                organisation_id=self.organisation.id,
                role=Role.EDITOR,
                invited_by_id=owner.id,
            )
        )
        own = make.row(
            Token(
                purpose=Purpose.INVITE,
                digest=digest(f"own-{member.id}"),
                email=owner.email,
                expires_at=clock.now() + DAY,
                organisation_id=make.organisation().id,
                role=Role.EDITOR,
                invited_by_id=member.id,
            )
        )
        browser = make.row(
            SignIn(
                person_id=owner.id,
                token_digest=digest(f"browser-{member.id}"),
                expires_at=clock.now() + DAY,
            )
        )
        return {
            "organisation": self.organisation,
            "membership": make.session.get_one(Person, member.id).grants[0],
            "invitation": invitation,
            "own_invitation": own,
            "own_sign_in": browser,
            "account": member,
            "grant": make.session.get_one(Person, member.id).grants[0],
            "municipality": self.municipality,
        }

    def competition(self, phase: str, **values: Any) -> dict[str, Any]:
        """A competition with one of everything that is prepared before it is announced."""
        make = self.make
        competition = make.competition(phase, municipality=self.municipality, **values)
        return {"competition": competition, **self.prepared(competition)}

    def prepared(self, competition: Competition) -> dict[str, Any]:
        make = self.make
        section = make.session.query(Section).filter_by(form_id=competition.form.id).one()
        question = make.row(
            Question(
                form_id=section.form_id,
                section_id=section.id,
                key="plan",
                kind="file",
                label=Words("Darba plāns", "Work plan"),
                required=False,
                settings={"several": True},
                position=9,
            )
        )
        if competition.state == "draft":
            question = make.row(
                Question(
                    form_id=section.form_id,
                    section_id=section.id,
                    key="activities",
                    kind="table",
                    label=Words("Aktivitātes", "Activities"),
                    required=False,
                    settings={"columns": ACTIVITIES},
                    position=10,
                )
            )
        document = make.row(
            CallDocument(
                competition_id=competition.id,
                kind="regulations",
                title=Words("Nolikums", "Regulations"),
            )
        )
        version = make.row(
            CallDocumentVersion(
                document_id=document.id, number=1, file_id=self.file().id, issued_on=clock.today()
            )
        )
        inquiry = make.row(
            Inquiry(
                competition_id=competition.id,
                asked_at=clock.now() - DAY,
                asked_by_id=self.people("owner").id,
                question="Vai drīkst pieteikties jauniešu grupa?",
            )
        )
        return {
            "form_section": section,
            "form_question": question,
            "call_document": document,
            "document_version": version.number,
            "criterion": competition_criterion(make, competition),
            "kind": "quality",
            "inquiry": inquiry,
            "own_inquiry": inquiry,
            "part": section.key,
        }

    def file(self) -> StoredFile:
        """A small file in the storage."""
        with self.world.app.test_request_context():
            owner = db.session.get_one(Person, self.people("owner").id)
            with documents.sending() as send:
                incoming = send(FileStorage(io.BytesIO(PDF), filename="plāns.pdf"))
                with unit_of_work(owner, "file.stored", owner) as work:
                    stored = incoming.place(work, purpose="attachment")
            key = stored.id
        return self.make.session.get_one(StoredFile, key)

    def claimed(self) -> None:
        """A stranger claims the organisation, with a proof; so at every stage."""
        claim = self.make.row(
            OrganisationClaim(
                claimant_id=self.world.people["stranger"].id,
                organisation_id=self.organisation.id,
                registration_number=self.organisation.registration_number,
                name=self.organisation.name,
                position="Valdes loceklis",
                proof_id=self.file().id,
            )
        )
        scenes = self.world.far if self.prefix else self.world.near
        for scene in scenes.values():
            scene |= {"claim": claim, "own_claim": claim, "claim_on": claim}

    def seated(self, competition: Competition, application: Application) -> None:
        """The committee, all but one of them without a conflict."""
        make = self.make
        for name, roles in (
            ("member", [CommitteeRole.MEMBER]),
            ("chair", [CommitteeRole.MEMBER, CommitteeRole.CHAIR]),
            ("secretary", [CommitteeRole.SECRETARY]),
            ("recused", [CommitteeRole.MEMBER]),
        ):
            for role in roles:
                make.grant(self.people(name), role, competition)
        make.eligible(application)
        make.assigned(application, self.people("member"), self.people("chair"))
        make.declared(self.people("secretary"), application.id)
        make.row(
            Declaration(
                person_id=self.people("recused").id,
                application_id=application.id,
                kind=ConflictKind.FAMILY,
                note="Brālis ir projekta vadītājs.",
                declared_at=clock.now(),
            )
        )

    def application(self, competition: Competition, *, submitted: bool) -> Application:
        application = self.make.application(
            competition,
            by=self.people("owner"),
            organisation=self.organisation,
            submitted=submitted,
        )
        return application

    def filed(self, application: Application, *, minors: bool = False) -> dict[str, Any]:
        attachment = self.make.attached(
            *(application.answer_set_id, "plan", self.file().id, self.people("owner")),
            minors=minors,
        )
        for submission in self.make.session.query(Submission).filter_by(
            application_id=application.id
        ):
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
        return {"application": application, "attachment": attachment, "revision": 1}

    def form_of(self, check: EligibilityCheck) -> UUID:
        application = self.make.session.get_one(Application, check.application_id)
        return application.answer_set.form_id

    def clarified(
        self, check: EligibilityCheck, *, replied: bool, minors: bool = False
    ) -> AnswerFile:
        """A clarification of the file that the form asks for, with the file."""
        now, owner = clock.now(), self.people("owner")
        clarification = self.make.row(
            Clarification(
                check_id=check.id,
                answer_set=AnswerSet(form_id=self.form_of(check), opened={"plan": ""}),
                message="Lūdzu, pievienojiet darba plānu.",
                asked_at=now - DAY,
                asked_by_id=self.people("officer").id,
                until=now + DAY,
            )
        )
        file = self.make.attached(
            *(clarification.answer_set_id, "plan", self.file().id, owner), minors=minors
        )
        if replied:
            clarification.reply_id = self.make.reply(check.application_id, owner).id
            clarification.answer_set.frozen_at = now
            self.make.session.commit()
        return file


def competition_criterion(make: Make, competition: Competition) -> Any:
    """A quality criterion of the competition."""
    return (
        make.session.query(Criterion)
        .filter_by(competition_id=competition.id, kind=CriterionKind.QUALITY)
        .order_by(Criterion.position)
        .first()
    )
