"""One competition with the people of both sides, and what comes of it."""

import io
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import select

from portal.core import clock
from portal.core.accounts.models import ORGANISATIONAL, Organisation, Person, Role, RoleGrant
from portal.core.db import Base, Words, db
from portal.core.questions.answers.rules import SeenAnswers
from portal.core.questions.models import Section
from portal.core.versions import print_of
from portal.grants.applications.models import Application
from portal.grants.awards import service as awards
from portal.grants.awards.models import PAST, Decision
from portal.grants.competitions.models import Competition
from portal.grants.evaluation.committee.models import CommitteeRole
from tests.core.documents.samples import PDF
from tests.factories import DAY, Make

# Best first; the last but one misses the minimum of c2, the last that of the total.
POINTS = [("9", "9"), ("8", "8"), ("7", "7"), ("6", "6"), ("10", "2.5"), ("4", "3.5")]


def pdf(name: str = "apliecinājums.pdf", content: bytes | None = None) -> tuple[io.BytesIO, str]:
    """A small PDF as a browser sends it, another one for another name."""
    return io.BytesIO(PDF + f"%{name}".encode() if content is None else content), name


def here(row: Any) -> Any:
    """The row in the application's own session, as a verb gets it."""
    return db.session.get_one(type(row), row.id, populate_existing=True)


class Scene:
    """A competition, and everybody and everything that a test of one of its stages is about.

    It brings along `people`, by the names below; an officer, a head, an auditor and a stranger join
    when they are first asked for. `values` are the competition's.
    """

    organisation: Organisation  # where somebody applies, with its people and their draft
    owner: Person
    editor: Person
    reader: Person
    draft: Application
    members: list[Person]  # the committee, all of whom score: first its chair, then its secretary
    applications: Sequence[Application] = ()  # best first, once evaluated

    def __init__(
        self, make: Make, phase: str, *, people: Mapping[str, Any] | None = None, **values: Any
    ) -> None:
        self.make = make
        self.session = make.session
        self.app = make.app
        self.call = make.competition(phase, **values)
        vars(self).update(people or {})

    @cached_property
    def stranger(self) -> Person:
        """Who owns another organisation."""
        return self.make.person(Role.OWNER, scope=self.make.organisation())

    @cached_property
    def officer(self) -> Person:
        return self.make.person(Role.OFFICER)

    @cached_property
    def head(self) -> Person:
        return self.make.person(Role.HEAD)

    @cached_property
    def auditor(self) -> Person:
        return self.make.person(Role.AUDITOR)

    @cached_property
    def chair(self) -> Person:
        return self.members[0]

    @cached_property
    def secretary(self) -> Person:
        return self.members[1]

    @cached_property
    def member(self) -> Person:
        """A member who neither leads nor keeps the minutes."""
        return self.members[2]

    def another_secretary(self) -> Person:
        """Somebody who keeps the minutes beside, or after, whom the order named first."""
        person = self.make.person()
        self.make.rewrite(
            RoleGrant(
                person_id=person.id,
                role=CommitteeRole.SECRETARY,
                scope_id=self.call.id,
                since=clock.today() - DAY,
            )
        )
        return person

    def application(self, *, submitted: bool = True) -> Application:
        """The owner's."""
        return self.make.application(
            self.call, by=self.owner, organisation=self.organisation, submitted=submitted
        )

    def eligible(self, **values: Any) -> Application:
        """An eligible application that nobody has been given yet."""
        application = self.make.application(self.call, submitted=True, **values)
        self.make.eligible(application)
        return application

    def assigned(self, *, declared: bool = True, **values: Any) -> Application:
        """An eligible application that all members are to score."""
        application = self.eligible(**values)
        self.make.assigned(application, *self.members, declared=declared)
        return application

    def scored(self, *points: tuple[str, str], **values: Any) -> Application:
        """An assigned application that the first members have scored, each with (c1, c2)."""
        application = self.assigned(**values)
        for member, (c1, c2) in zip(self.members, points, strict=False):
            self.make.sheet(application, member, {"c1": c1, "c2": c2})
        return application

    def evaluated(self, points: Sequence[tuple[str, str]]) -> "Scene":
        """Applications with these points, best first, and a meeting that approved the ranking."""
        _, self.applications = self.make.evaluated(points, competition=self.call)
        return self

    def propose(self) -> "Scene":
        return self.run(awards.propose_decisions, self.officer, self.call)

    def sign(self) -> "Scene":
        return self.run(awards.sign_off, self.head, self.call, decided_on=clock.today())

    def publish(self) -> "Scene":
        return self.run(awards.publish, self.head, self.call)

    def run(
        self, verb: Callable[..., object], actor: Person | None, subject: Base, **values: Any
    ) -> "Scene":
        """Carry out a verb as the application would in a request of `actor`."""
        assert self.app
        with self.app.test_request_context():
            verb(actor and here(actor), here(subject), **values)
            db.session.remove()
        return self

    def fresh(self, row: Any) -> Any:
        """The row as the database has it now."""
        self.session.expire_all()
        return self.session.get_one(type(row), row.id)

    def decision(self, rank: int) -> Decision:
        """The standing decision on the application at that rank, 0 the best, read afresh."""
        self.session.expire_all()
        return self.session.scalars(
            select(Decision).where(
                Decision.application_id == self.applications[rank].id,
                Decision.state.not_in(PAST),
            )
        ).one()

    def owner_of(self, rank: int) -> Person:
        """Who applied, of the application at that rank."""
        return self.session.get_one(Person, self.applications[rank].started_by_id)

    def organisation_of(self, rank: int) -> Organisation:
        return self.session.get_one(Organisation, self.applications[rank].organisation_id)

    @property
    def version(self) -> str:
        """What a page of the draft carries that is opened now."""
        values = self.make.answered(self.draft.answer_set_id)
        prints = {key: print_of(values.get(key)) for key in ("title", "need", *values)}
        return SeenAnswers("page", prints).line

    def path(self, tail: str = "", of: Application | None = None) -> str:
        """The applicant's pages of an application, the draft unless told."""
        return f"/my/applications/{(of or self.draft).id}{tail}"

    def own(self, rank: int) -> str:
        """The applicant's page of the decision on the application at that rank."""
        return self.path("/decision", self.applications[rank])

    def board(self, tail: str = "") -> str:
        """The board's pages of the applications."""
        return f"/board/competitions/{self.call.slug}/applications{tail}"

    @property
    def url(self) -> str:
        """The board's page of decisions."""
        return f"/board/competitions/{self.call.slug}/decisions"

    @property
    def results(self) -> str:
        """The public results page."""
        return f"/competitions/{self.call.slug}/results"


def applying(make: Make) -> Scene:
    """An open competition that asks for files too, with the draft of an organisation of three."""
    organisation = make.organisation()
    people = {str(role): make.person(role, scope=organisation) for role in ORGANISATIONAL}
    scene = Scene(make, "open", people={"organisation": organisation, **people})
    papers(make, scene.call)
    scene.draft = scene.application(submitted=False)
    return scene


def papers(make: Make, call: Competition) -> None:
    """Add a section of files: a partner's statement, the minors' statement, several plans."""
    section = make.row(
        Section(form_id=call.form.id, key="papers", title=Words("Pielikumi", "Files"), position=2)
    )
    for position, (key, settings) in enumerate(
        {"partner": {}, "minors": {"names_minors": True}, "plans": {"several": True}}.items(), 10
    ):
        make.question(
            section,
            key,
            "file",
            label=Words(f"Pielikums {key}", f"File {key}"),
            settings=settings,
            required=False,
            position=position,
        )


def evaluating(make: Make, members: int = 3, **values: Any) -> Scene:
    """A closed competition with one grant and its committee; nobody has applied."""
    scene = Scene(make, "closed", **{"grants": 1, **values})
    scene.members = make.committee(scene.call, members)
    return scene


def deciding(make: Make) -> Scene:
    """A closed competition with two grants, whose evaluation is finished."""
    return Scene(make, "closed", grants=2).evaluated(POINTS)
