"""The acts of people in a demo competition, each a few verbs at one time."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from portal.core import clock
from portal.core.accounts.demo.cast import Cast
from portal.core.accounts.models import Organisation, OrganisationKind, Person
from portal.core.questions.answers import service as answering
from portal.core.questions.answers.service import Typed
from portal.grants.applications import queries as applications
from portal.grants.applications.drafts import service as drafts
from portal.grants.applications.models import Application
from portal.grants.applications.register import service as register
from portal.grants.applications.submission import service as submission
from portal.grants.awards import service as awards
from portal.grants.competitions import service as competitions
from portal.grants.competitions.cached_terms import sections_of
from portal.grants.competitions.documents import service as documents
from portal.grants.competitions.models import Competition
from portal.grants.evaluation.committee import queries as committee_queries
from portal.grants.evaluation.committee import service as committee
from portal.grants.evaluation.committee.models import CommitteeRole, ConflictKind
from portal.grants.evaluation.eligibility import queries as eligibility_queries
from portal.grants.evaluation.eligibility import service as eligibility
from portal.grants.evaluation.eligibility.models import Verdict
from portal.grants.evaluation.eligibility.rules import Answered
from portal.grants.evaluation.meeting import service as meetings
from portal.grants.evaluation.meeting.models import BallotChoice
from portal.grants.evaluation.scoring import queries as scoring_queries
from portal.grants.evaluation.scoring import service as scoring
from portal.grants.evaluation.scoring.rules import Given
from portal.site.demo import samples
from portal.site.demo.stories import Story, organisations

MEMBERS = tuple(f"member-{number}" for number in range(1, 6))
FILES = {
    "partner_statement": lambda: samples.signed("Partnera apliecinājums"),
    "at_risk_statement": lambda: samples.signed("Apliecinājums par riska jauniešiem"),
}
REMARKS = {
    "at_risk": "Nav skaidrs, kā uzrunās tos, kuri uz skolu nenāk vispār.",
    "own_initiative": "Plānu sastādījuši pieaugušie; jaunieši tikai piedalās.",
    "activities": "Secība nav saprotama, un laika ir par maz.",
    "results": "Saskaitīti pasākumi, bet ne tas, kas mainīsies.",
    "team": "Nav teikts, kas palīdzēs, ja vadītājs saslims.",
}


@dataclass(frozen=True, slots=True)
class Players:
    """The cast with all applicants, and what they do."""

    cast: Cast
    applicants: dict[str, tuple[Organisation, Person]]

    @property
    def officer(self) -> Person:
        return self.cast.people["officer"]

    @property
    def head(self) -> Person:
        return self.cast.people["head"]

    @property
    def chair(self) -> Person:
        return self.cast.people["chair"]

    @property
    def members(self) -> list[Person]:
        return [self.cast.people[code] for code in MEMBERS]

    # ------------------------------------------------------------------ the call

    def draft_call(self, opens: datetime, deadline: datetime, *, slug: str | None) -> Competition:
        """A call from the template with a file for each of its documents."""
        competition = competitions.create_from_template(
            self.officer,
            self.cast.municipality,
            "pumpurs-2020",
            slug=slug,
            opens_at=opens,
            deadline=deadline,
        )
        for document in list(competition.documents):
            documents.replace(
                self.officer,
                competition,
                document,
                documents.Upload(samples.word(document.title.lv), clock.today()),
            )
        return competition

    def appoint(self, competition: Competition, order: str) -> None:
        """The committee, by one order: chair, secretary and five members."""
        dated = committee.AppointmentOrder(order, clock.today(), clock.today())
        posts = {"chair": CommitteeRole.CHAIR, "secretary": CommitteeRole.SECRETARY}
        for code in ("chair", "secretary", *MEMBERS):
            person = self.cast.people[code]
            committee.appoint(
                self.officer,
                competition,
                email=person.email,
                name=person.name,
                roles=[posts.get(code, CommitteeRole.MEMBER)],
                order=dated,
            )

    # -------------------------------------------------------------- applications

    def write(
        self, competition: Competition, story: Story, call: int, *, sections: int | None = None
    ) -> Application:
        """An application to the open call; of a draft only the first `sections`."""
        organisation, owner = self.applicants[story.organisation]
        application = drafts.start(
            owner,
            competition,
            organisation,
            self._partner(story),
            language="lv",
            received_at=clock.now(),
        )
        answers = story.answers(call, competition.start_from + timedelta(days=30))
        form = sections_of(competition)
        for section in form[:sections]:
            given = answers.get(section.key, {})
            if section.key == "statements":
                given = {question.key: True for question in section.questions}
            files = [(one, FILES[one.key]()) for one in section.questions if one.key in FILES]
            if given or files:
                answering.save(
                    owner,
                    drafts.answers_owner(application),
                    section.questions,
                    Typed(given, uploads=files),
                    received_at=clock.now(),
                )
        return application

    def _partner(self, story: Story) -> drafts.Partner | None:
        code = organisations().get(story.organisation, {}).get("partner")
        if code is None:
            return None
        partner = self.applicants[code][0]
        return drafts.Partner(
            partner.registration_number or "", partner.name, OrganisationKind(partner.kind)
        )

    def submit(self, application: Application) -> None:
        """Its owner checks and submits it."""
        owner = next(o for org, o in self.applicants.values() if org is application.organisation)
        submission.submit(
            owner,
            application,
            seen=submission.print_of(applications.draft(application)),
            received_at=clock.now(),
        )

    def apply(
        self, competition: Competition, projects: Iterable[Story], call: int, start: datetime
    ) -> list[Application]:
        """All applicants write and submit, some hours apart."""
        found = []
        for index, story in enumerate(projects):
            with clock.at(start + timedelta(hours=7 * index, minutes=11 * index)):
                application = self.write(competition, story, call)
                self.submit(application)
                found.append(application)
        return found

    # ---------------------------------------------------------------- evaluation

    def check(self, competition: Competition, all_of: Sequence[Application]) -> None:
        """The board declares, and the officer finds every application eligible."""
        register.close(self.officer, competition)
        for person in (self.officer, self.head):
            owed = committee_queries.undeclared(person, competition, board=True)
            committee.declare_for_board(person, competition, owed, conflicts=(), kind=None)
        for application in all_of:
            yes = self._verdicts(competition, {})
            eligibility.accept(self.officer, application, yes, version=0)

    def reject(
        self, competition: Competition, application: Application, key: str, why: str
    ) -> None:
        """Two people find an application ineligible by one criterion."""
        verdicts = self._verdicts(competition, {key: Answered(Verdict.NO, why)})
        eligibility.propose_rejection(self.officer, application, verdicts, version=0)
        check = eligibility_queries.check_of(application)
        eligibility.confirm_rejection(self.head, application, version=check.version if check else 0)

    def _verdicts(
        self, competition: Competition, others: dict[str, Answered]
    ) -> dict[str, Answered]:
        criteria = eligibility_queries.criteria(competition)
        return {c.key: others.get(c.key, Answered(Verdict.YES)) for c in criteria}

    def declare(
        self,
        all_of: Sequence[Application],
        conflict: tuple[str, Application] | None = None,
    ) -> None:
        """The whole committee declares; one member may have a conflict with one application."""
        for code in ("chair", "secretary", *MEMBERS):
            for application in all_of:
                mine = conflict is not None and conflict == (code, application)
                committee.declare(
                    self.cast.people[code],
                    application,
                    kind=ConflictKind.FAMILY if mine else ConflictKind.NONE,
                    note="Manas māsas bērns piedalās šajā projektā." if mine else "",
                )

    def score(
        self,
        competition: Competition,
        pairs: Sequence[tuple[Application, Story]],
        *,
        submits: Callable[[int, int], bool] = lambda member, place: True,
        starts: Callable[[int, int], bool] = lambda member, place: True,
        skip: tuple[str, Application] | None = None,
    ) -> None:
        """Members fill in their sheets; `submits` and `starts` tell which (member, application)."""
        criteria = scoring_queries.criteria(competition)
        for member, code in enumerate(MEMBERS):
            for place, (application, story) in enumerate(pairs):
                if skip == (code, application) or not starts(member, place):
                    continue
                finished = submits(member, place)
                given = story.given_by(member)
                sheet = scoring.save(
                    self.cast.people[code],
                    application,
                    {
                        c.key: Given(given[c.key], _remark(c.key, given[c.key], c.comment_below))
                        for c in (criteria if finished else criteria[:3])
                    },
                    overall="",
                    version=0,
                )
                if finished:
                    scoring.submit(self.cast.people[code], application, version=sheet.version)

    def meet(self, competition: Competition, held_at: datetime) -> None:
        """All meet, approve the ranking and close the minutes."""
        secretary = self.cast.people["secretary"]
        meeting = meetings.convene(
            secretary, competition, held_at=held_at, place="Izglītības pārvalde, 2. stāva zāle"
        )
        meetings.attend(
            secretary,
            competition,
            meeting,
            {self.chair.id, secretary.id, *(member.id for member in self.members)},
        )
        meetings.approve_ranking(
            secretary,
            competition,
            meeting,
            ballots={member.id: BallotChoice.FOR for member in self.members},
        )
        meetings.close(self.chair, competition, meeting, version=meeting.version)

    # --------------------------------------------------------------------- award

    def decide(self, competition: Competition, decided_on: date) -> None:
        """The officer drafts the decisions, the head signs them."""
        awards.propose_decisions(self.officer, competition)
        awards.sign_off(self.head, competition, decided_on=decided_on)


def _remark(key: str, points: Decimal, owed_below: Decimal | None) -> str:
    if owed_below is None or points >= owed_below:
        return ""
    return REMARKS.get(key, "Pamatots vispārīgi.")
