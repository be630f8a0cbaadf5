"""One small world for the tests that no single stage owns: everybody, and one of everything.

It is committed once a worker, in a database of its own. A request is asked in a transaction that
is undone afterwards, so that every question meets the same world.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from flask import Flask, url_for
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.core import clock
from portal.core.accounts import sign_in
from portal.core.accounts.models import (
    ORGANISATIONAL,
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
from portal.core.messages.models import Message
from portal.core.work import unit_of_work
from portal.grants.applications.models import Application, Attachment, Submission
from portal.grants.applications.register import service as register
from portal.grants.applications.rules import SealedFile
from portal.grants.awards import service as awards
from portal.grants.awards.models import Decision
from portal.grants.competitions.models import (
    CallDocument,
    CallDocumentVersion,
    Competition,
    Criterion,
    CriterionKind,
    Inquiry,
    Question,
    QuestionKind,
    Section,
)
from portal.grants.evaluation.models import (
    Clarification,
    ClarificationFile,
    ConflictKind,
    Declaration,
    EligibilityCheck,
    Meeting,
    Suspicion,
    Vote,
)
from tests.factories import DAY, Make

VISITOR = "visitor"
# Who asks. Those of the second line belong to another municipality, organisation or competition;
# the recused member sits on the committee, but not for the application asked about.
ROLES = (
    *(VISITOR, "stranger", "reader", "editor", "owner", "officer", "head", "auditor"),
    *("other-owner", "far-officer", "far-head", "far-auditor", "far-member", "far-chair"),
    *("member", "chair", "secretary", "recused", "administrator"),
)
STAGES = (
    *("draft", "announced", "open", "sent", "checking", "closed", "minors", "discussed"),
    *("drafted", "signed", "published"),
)


# What the links in letters are for, and their secrets here.
SECRETS = {
    "accounts.confirm": Purpose.CONFIRM,
    "accounts.new_address": Purpose.EMAIL,
    "accounts.new_password": Purpose.RESET,
    "organisations.join": Purpose.INVITE,
}


@dataclass
class World:
    """Who is there, and what each URL value stands for at each stage of a competition."""

    app: Flask
    people: dict[str, Person] = field(default_factory=dict)
    cookies: dict[str, tuple[str, str]] = field(default_factory=dict)  # session cookie, CSRF token
    near: dict[str, dict[str, Any]] = field(default_factory=dict)  # by stage, by name in the URL
    far: dict[str, dict[str, Any]] = field(default_factory=dict)  # the other municipality's

    def ask(
        self, role: str, path: str, method: str = "GET", *, token: bool = True, **kwargs: Any
    ) -> TestResponse:
        """One request as this role; a POST carries a CSRF token unless it is told not to."""
        client = FlaskClient(self.app, self.app.response_class)
        cookie, csrf = self.cookies[role]
        client.set_cookie("asns", cookie)
        if method == "POST" and token:
            kwargs["data"] = {"csrf_token": csrf, **kwargs.get("data", {})}
        return client.open(path, method=method, buffered=True, **kwargs)

    def url(self, endpoint: str, stage: str, **others: Any) -> str:
        """The address of an endpoint at a stage; `others` replace what stands there."""
        scene = self.near["draft" if stage == "-" else stage]
        names = {name for rule in self.app.url_map.iter_rules(endpoint) for name in rule.arguments}
        values = {"secret": SECRETS.get(endpoint, ""), **scene, **others}
        with self.app.test_request_context():
            return url_for(endpoint, **{name: values[name] for name in names})

    def methods(self, endpoint: str) -> set[str]:
        """The methods that an endpoint knows."""
        rules = self.app.url_map.iter_rules(endpoint)
        return {method for rule in rules for method in rule.methods or ()}

    @contextmanager
    def undone(self) -> Iterator[list[str]]:
        """Undo what the requests inside do; gives the statements that wrote something."""
        written: list[str] = []
        with self.app.app_context():
            engine = db.engines[None]
        with engine.connect() as connection:
            event.listen(
                connection,
                "before_cursor_execute",
                lambda _c, _cur, statement, *_: writes(statement) and written.append(statement),
            )
            outer = connection.begin()
            try:
                with self.app.app_context():
                    db.engines[None] = connection
                yield written
            finally:
                with self.app.app_context():
                    db.engines[None] = engine
                if outer.is_active:
                    outer.rollback()


def writes(statement: str) -> bool:
    """Whether a statement changes the database; to defer a job is one of those."""
    begins = statement.lstrip().split(None, 1)[0].upper()
    return (
        begins in ("INSERT", "UPDATE", "DELETE", "TRUNCATE") or "procrastinate_defer" in statement
    )


def build(app: Flask) -> World:
    """Make the world."""
    world = World(app)
    with app.app_context():
        engine = db.engine
    with Session(engine, expire_on_commit=False) as session:
        make = Make(session)
        # Every number of the factories is used once: both sides share one counter.
        Side(world, make, make.municipality(), "").build()
        ventspils = session.merge(
            Municipality(
                code="VEN",
                name=Words("Cita pilsēta", "Another City"),
                organiser=Words("Citas pilsētas pārvalde", "Another Board"),
                email="cita@example.lv",
            )
        )
        session.commit()
        Side(world, make, ventspils, "far-").build()
        world.people["administrator"] = make.person(Role.ADMINISTRATOR, name="Administrators")
        world.people["stranger"] = make.person(name="Svešinieks")
        links(make, world)
        for role in ROLES:
            world.cookies[role] = cookie_of(app, world.people.get(role))
    return world


def links(make: Make, world: World) -> None:
    """A living link of each purpose, and a letter."""
    for purpose in Purpose:
        person = make.person(confirmed_at=None) if purpose is Purpose.CONFIRM else make.person()
        invites = purpose is Purpose.INVITE
        make.row(
            Token(
                purpose=purpose,
                digest=digest(purpose),
                email=person.email if purpose is not Purpose.EMAIL else "jauna@example.lv",
                expires_at=clock.now() + DAY,
                person_id=None if invites else person.id,
                organisation_id=make.organisation().id if invites else None,
                role=Role.EDITOR if invites else None,
                invited_by_id=world.people["owner"].id if invites else None,
            )
        )
    letter = make.session.query(Message).first()
    for scenes in (world.near, world.far):
        for scene in scenes.values():
            scene |= {"message": letter, "version": "1", "filename": "asns.css"}


def cookie_of(app: Flask, person: Person | None) -> tuple[str, str]:
    """A session cookie and its CSRF token for somebody who has just signed in."""
    from flask import session

    with app.test_request_context():
        if person is not None:
            session.update(sign_in.begin(db.session.get_one(Person, person.id)))
        token = generate_csrf()
        signer = app.session_interface.get_signing_serializer(app)
        return str(signer.dumps(dict(session))), token


class Side:
    """One municipality with its people, and a competition at every stage."""

    def __init__(self, world: World, make: Make, municipality: Municipality, prefix: str) -> None:
        self.world = world
        self.make = make
        self.municipality = municipality
        self.prefix = prefix
        self.organisation: Organisation = make.organisation(
            iban="LV80BANK0000435195001",
            email="birojs@example.lv",
            address="Krasta iela 7, Liepāja",
        )

    def build(self) -> None:
        make = self.make
        for role in (Role.OFFICER, Role.HEAD, Role.AUDITOR):
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
        section = make.session.query(Section).filter_by(competition_id=competition.id).one()
        question = make.row(
            Question(
                competition_id=competition.id,
                section_id=section.id,
                key="plan",
                kind=QuestionKind.FILE,
                label=Words("Darba plāns", "Work plan"),
                required=False,
                settings={"several": True},
                position=9,
            )
        )
        document = make.row(
            CallDocument(competition_id=competition.id, kind="regulations", title=Words("Nolikums"))
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
            "part": section.key,
        }

    def file(self) -> StoredFile:
        """A small file in the storage."""
        with self.world.app.test_request_context():
            owner = db.session.get_one(Person, self.people("owner").id)
            with unit_of_work(owner, "file.stored", owner) as work:
                stored = documents.keep(
                    work,
                    b"%PDF-1.7",
                    name="plāns.pdf",
                    media_type="application/pdf",
                    purpose="attachment",
                )
            key = stored.id
        return self.make.session.get_one(StoredFile, key)

    def seated(self, competition: Competition, application: Application) -> None:
        """The committee, all but one of them without a conflict."""
        make = self.make
        for name, roles in (
            ("member", [Role.MEMBER]),
            ("chair", [Role.MEMBER, Role.CHAIR]),
            ("secretary", [Role.SECRETARY]),
            ("recused", [Role.MEMBER]),
        ):
            for role in roles:
                make.grant(self.people(name), role, competition)
        make.eligible(application)
        make.assigned(application, self.people("member"), self.people("chair"))
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
        attachment = self.make.row(
            Attachment(
                application_id=application.id,
                question_key="plan",
                file_id=self.file().id,
                names_minors=minors,
                added_by_id=self.people("owner").id,
            )
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
            submission.content = {**submission.content, "attachments": [asdict(sealed)]}
        self.make.session.commit()
        return {"application": application, "attachment": attachment, "revision": 1}

    # ------------------------------------------------------------------ the stages

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
        return {
            **scene,
            **self.filed(application, minors=minors),
            "reply_file": self.clarified(check, replied=True, minors=minors),
            "sheet": make.sheet(application, self.people("chair"), {"c1": "9", "c2": "9"}),
            "appointment": make.grant(make.person(), Role.MEMBER, competition),
            "suspicion": make.row(
                Suspicion(
                    person_id=self.people("secretary").id,
                    application_id=make.application(competition, submitted=True).id,
                    grounds=["email_domain"],
                )
            ),
            "meeting": meeting,
            "vote": make.row(
                Vote(meeting_id=meeting.id, number=1, kind="ranking", question="?", carried=False)
            ),
        }

    def clarified(
        self, check: EligibilityCheck, *, replied: bool, minors: bool = False
    ) -> ClarificationFile:
        """A clarification of the file that the form asks for, with the file."""
        now, owner = clock.now(), self.people("owner")
        reply: dict[str, Any] = {
            "replied_at": now,
            "replied_by_id": owner.id,
            "content": {},
            "seal": digest(str(check.id)),
        }
        clarification = self.make.row(
            Clarification(
                check_id=check.id,
                question_keys=["plan"],
                message="Lūdzu, pievienojiet darba plānu.",
                asked_at=now - DAY,
                asked_by_id=self.people("officer").id,
                until=now + DAY,
                **(reply if replied else {}),
            )
        )
        return self.make.row(
            ClarificationFile(
                clarification_id=clarification.id,
                question_key="plan",
                file_id=self.file().id,
                names_minors=minors,
                added_by_id=owner.id,
            )
        )

    def drafted(self) -> dict[str, Any]:
        return self.evaluated("officer")

    def signed(self) -> dict[str, Any]:
        return self.evaluated("officer", "head")

    def published(self) -> dict[str, Any]:
        return self.evaluated("officer", "head", "publish")

    def evaluated(self, *steps: str) -> dict[str, Any]:
        """A competition with its decisions drafted, signed or published."""
        competition, applications = self.make.evaluated(
            [("9", "9"), ("8", "8"), ("7", "7")], municipality=self.municipality
        )
        application = applications[0]
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
        return {
            "competition": competition,
            "decision": decision,
            **self.prepared(competition),
            **self.filed(application),
        }


def competition_criterion(make: Make, competition: Competition) -> Any:
    """A quality criterion of the competition."""
    return (
        make.session.query(Criterion)
        .filter_by(competition_id=competition.id, kind=CriterionKind.QUALITY)
        .order_by(Criterion.position)
        .first()
    )
