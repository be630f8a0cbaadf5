"""From eligibility to promotion and decline: the verbs in any order, undone and redone, by several
people. What is published is what was last approved, and every surface says the same of it.
"""

import itertools
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Any, ClassVar
from uuid import UUID

from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.access import decide
from portal.core.accounts.models import Person, Role, RoleGrant
from portal.core.audit.models import JournalEntry
from portal.core.db import Base, Words, db
from portal.core.errors import DomainError
from portal.core.questions.answers.service import Typed
from portal.grants.applications.correspondence.models import Letter
from portal.grants.awards import service as awards
from portal.grants.awards.models import Decision, DecisionState, Outcome
from portal.grants.awards.rights import Right
from portal.grants.competitions.amendments import service as amendments
from portal.grants.competitions.models import Competition, CompetitionState
from portal.grants.competitions.terms.rules import Terms
from portal.grants.evaluation.committee import service as committee
from portal.grants.evaluation.committee.models import CommitteeRole, Suspicion
from portal.grants.evaluation.eligibility import queries as checks
from portal.grants.evaluation.eligibility import replies
from portal.grants.evaluation.eligibility import service as eligibility
from portal.grants.evaluation.eligibility.models import Verdict
from portal.grants.evaluation.eligibility.rules import Answered
from portal.grants.evaluation.meeting import queries as meetings
from portal.grants.evaluation.meeting import service as meeting
from portal.grants.evaluation.meeting.rules import Electorate, counts
from portal.grants.evaluation.models import (
    BallotChoice,
    ConflictKind,
    Meeting,
    ScoreSheet,
    SheetState,
    Vote,
    VoteKind,
)
from portal.grants.evaluation.ranking.queries import meetings_of, ranking_of
from portal.grants.evaluation.ranking.rules import deciding_ties
from portal.grants.evaluation.scoring import queries as sheets
from portal.grants.evaluation.scoring import service as scoring
from portal.grants.evaluation.scoring.rules import Given
from tests.conftest import NOW
from tests.factories import Make
from tests.pages import PageClient

APPLICATIONS, GRANTS = 4, 2
POINTS = [("9", "9"), ("8", "8"), ("7", "7"), ("7", "7")]
YES, NO = {"e1": Answered(Verdict.YES)}, {"e1": Answered(Verdict.NO, "Nav tiesīgs.")}
PAST = (DecisionState.REPLACED, DecisionState.TAKEN_BACK)
GRANTED = (Outcome.APPROVE, Outcome.CONDITIONS)

which = st.integers(0, APPLICATIONS - 1)
who = st.integers(0, 2)
either = st.integers(0, 1)


class Approving(RuleBasedStateMachine):
    """A closed call: four applications, perhaps one more by post, two grants, three members."""

    app: Flask
    connection: Connection
    done: ClassVar[Counter[str]] = Counter()  # journal events of all examples, so that none is idle

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = self.connection.begin_nested()
        self.session = Session(self.connection, join_transaction_mode="rollback_only")
        self.make = Make(self.session, self.app)
        self.hours = itertools.count(1)
        self.changed = True  # since the invariants were last asked
        self.numbers: dict[str, str] = {}  # of decisions, and what they were given to
        self.tags: dict[str, list[str]] = {}
        self.client = PageClient(self.app, self.app.response_class)

    @initialize()
    def evaluated(self) -> None:
        """Everything is checked and scored; the third and fourth places are tied."""
        make = self.make
        self.call = make.competition("closed", grants=GRANTS)
        self.members = [make.person(CommitteeRole.MEMBER, scope=self.call) for _ in range(3)]
        make.grant(self.members[0], CommitteeRole.CHAIR, self.call)
        self.substitute = self.members[-1]
        self.secretary = make.person(CommitteeRole.SECRETARY, scope=self.call)  # who has no vote
        self.officers = [make.person(Role.OFFICER) for _ in range(2)]
        self.heads = [make.person(Role.HEAD) for _ in range(2)]
        self.applied = []
        self.suspected: dict[tuple[UUID, UUID], Suspicion] = {}
        for points in POINTS:
            application = make.application(self.call, submitted=True)
            make.eligible(application)
            make.assigned(application, *self.members)
            make.declared(self.secretary, application.id)
            for member in self.members:
                make.sheet(application, member, dict(zip(("c1", "c2"), points, strict=True)))
            self.applied.append(application)
        self.client.sign_in(self.members[0])

    def teardown(self) -> None:
        self.done.update(self.session.scalars(select(JournalEntry.event)))
        self.session.close()
        self.savepoint.rollback()

    # ----------------------------------------------------------------- how verbs are carried out

    @contextmanager
    def request(self) -> Iterator[None]:
        """An hour later, in a request of its own."""
        with clock.at(NOW + timedelta(hours=next(self.hours))), self.app.test_request_context():
            yield
            db.session.remove()

    def attempt(self, verb: Callable[..., object]) -> bool:
        """Carry out what a verb lets be carried out."""
        with self.request():
            try:
                verb()
            except DomainError:
                return False
        self.changed = True
        return True

    @property
    def competition(self) -> Competition:
        return self.here(self.call)

    @staticmethod
    def here(row: Base) -> Any:
        return db.session.get_one(type(row), row.id)  # type: ignore[attr-defined]

    def state(self) -> CompetitionState:
        self.session.expire_all()
        return self.session.get_one(Competition, self.call.id).state

    def undecided(self) -> bool:
        return hasattr(self, "applied") and self.state() is CompetitionState.ANNOUNCED

    def signed(self) -> bool:
        return hasattr(self, "applied") and self.state() is CompetitionState.DECIDED

    def published(self) -> bool:
        return hasattr(self, "applied") and self.state() is CompetitionState.PUBLISHED

    @precondition(undecided)
    @rule()
    def register_a_letter(self) -> None:
        """What came by post in time is entered late; once."""
        if len(self.applied) == APPLICATIONS:
            late = self.make.application(self.call, submitted=True)
            self.make.assigned(late, *self.members)
            self.make.declared(self.secretary, late.id)
            self.applied.append(late)
            self.changed = True

    # ----------------------------------------------------------------------- eligibility

    @precondition(undecided)
    @rule(application=which, officer=either, eligible=st.booleans())
    def check_again(self, application: int, officer: int, eligible: bool) -> None:
        self.attempt(lambda: self._reopen(application, officer))
        self.attempt(lambda: self._check(application, officer, eligible))
        if not eligible:
            self.attempt(lambda: self._confirm(application, 1 - officer))

    @precondition(undecided)
    @rule(application=which, officer=either)
    def open_a_check(self, application: int, officer: int) -> None:
        self.attempt(lambda: self._reopen(application, officer))

    @precondition(undecided)
    @rule(application=which, title=st.sampled_from(["Precizēts", "Cits", "Trešais"]))
    def clarify_the_title(self, application: int, title: str) -> None:
        self.attempt(lambda: self._reopen(application, 0))
        self.attempt(lambda: self._ask(application))
        self.attempt(lambda: self._reply(application, title))
        self.attempt(lambda: self._check(application, 0, True))

    def _version(self, application: int) -> int:
        found = checks.check_of(self.here(self.applied[application]))
        return found.version if found else 0

    def _reopen(self, n: int, officer: int) -> None:
        who, what = self.here(self.officers[officer]), self.here(self.applied[n])
        eligibility.reopen(who, what, note="Jauns fakts.", version=self._version(n))

    def _check(self, n: int, officer: int, eligible: bool) -> None:
        verb = eligibility.accept if eligible else eligibility.propose_rejection
        who, what = self.here(self.officers[officer]), self.here(self.applied[n])
        verb(who, what, YES if eligible else NO, version=self._version(n))

    def _confirm(self, n: int, officer: int) -> None:
        who, what = self.here(self.officers[officer]), self.here(self.applied[n])
        eligibility.confirm_rejection(who, what, version=self._version(n))

    def _ask(self, n: int) -> None:
        who, what = self.here(self.officers[0]), self.here(self.applied[n])
        until = clock.now() + timedelta(days=2)
        eligibility.ask(who, what, question_keys=["title"], message="?", until=until)

    def _reply(self, n: int, title: str) -> None:
        what = self.here(self.applied[n])
        (asked, *_) = checks.clarifications_of(what)
        replies.send(
            self.here(self.session.get_one(Person, self.applied[n].started_by_id)),
            *(what, asked, Typed({"title": title})),
            received_at=clock.now(),
        )

    # ------------------------------------------------------------------------- committee

    @precondition(undecided)
    @rule(member=who, application=which)
    def declare(self, member: int, application: int) -> None:
        kind = ConflictKind.FAMILY
        self.attempt(
            lambda: committee.declare(
                self.here(self.members[member]), self.here(self.applied[application]), kind=kind
            )
        )

    @precondition(undecided)
    @rule(member=who, application=which, points=st.sampled_from(["6", "7", "9.5"]))
    def score_anew(self, member: int, application: int, points: str) -> None:
        """Their own until the discussion is open; after that somebody reopens it."""
        self.take_a_sheet_back(member, application)
        self.attempt(lambda: self._reopen_sheet(member, application))
        self.attempt(lambda: self._score(member, application, points))

    @precondition(undecided)
    @rule(member=who, application=which)
    def take_a_sheet_back(self, member: int, application: int) -> None:
        def take_back() -> None:
            scoring.take_back(self.here(self.members[member]), self.here(self.applied[application]))

        opened = self.discussed()
        assert not (self.attempt(take_back) and opened), "others had seen it"

    @precondition(undecided)
    @rule()
    def open_the_discussion(self) -> None:
        self.attempt(
            lambda: scoring.open_discussion(
                self.here(self.members[0]), self.competition, reason="Vairs negaida."
            )
        )

    def discussed(self) -> bool:
        self.session.expire_all()
        return self.session.get_one(Competition, self.call.id).discussion_opened_at is not None

    def _sheet(self, member: int, application: int) -> ScoreSheet | None:
        return sheets.sheet_of(
            self.here(self.members[member]), self.here(self.applied[application])
        )

    def _reopen_sheet(self, member: int, application: int) -> None:
        sheet = self._sheet(member, application)
        if sheet is not None and sheet.state is SheetState.SUBMITTED:
            by = self.here(self.members[0] if member else self.heads[0])
            scoring.reopen(by, self.competition, sheet, reason="Kļūda.")

    def _score(self, member: int, application: int, points: str) -> None:
        actor, what = self.here(self.members[member]), self.here(self.applied[application])
        given = {key: Given(Decimal(points)) for key in ("c1", "c2")}
        sheet = self._sheet(member, application)
        version = sheet.version if sheet else 0
        saved = scoring.save(actor, what, given, overall="", version=version)
        scoring.submit(actor, what, version=saved.version)

    @precondition(undecided)
    @rule(member=who, application=which)
    def suspect(self, member: int, application: int) -> None:
        key = (self.members[member].id, self.applied[application].id)
        if key not in self.suspected:
            row = Suspicion(person_id=key[0], application_id=key[1], grounds=["school"])
            self.suspected[key] = self.make.row(row)
            self.changed = True

    @precondition(undecided)
    @rule(confirmed=st.booleans())
    def resolve_suspicions(self, confirmed: bool) -> None:
        for suspicion in self.suspected.values():
            self.attempt(lambda s=suspicion: self._resolve(s, confirmed))

    def _resolve(self, suspicion: Suspicion, confirmed: bool) -> None:
        by = self.members[suspicion.person_id == self.members[0].id]
        committee.resolve(
            *(self.here(by), self.competition, self.here(suspicion)),
            confirmed=confirmed,
            reason="Pārbaudīts.",
        )

    # --------------------------------------------------------------------------- meeting

    @precondition(undecided)
    @rule(carried=st.booleans(), twice=st.booleans(), member=who, moves=st.booleans())
    def meet(self, carried: bool, twice: bool, member: int = 0, moves: bool = False) -> None:
        """A whole meeting: somebody is away for a while, ties are voted on, then the ranking,
        perhaps anew after a sheet was given back, and it is closed.
        """
        self.open_the_discussion()
        self.convene()
        if moves:
            self.come_or_leave(member, True)
        self.vote_on_ties()
        self.vote(carried)
        if twice:
            self.withdraw_the_last_vote()
            self.score_anew(member, 0, "9.5")
            self.vote(carried)
        self.close()

    @precondition(undecided)
    @rule()
    def convene(self) -> None:
        chair = lambda: self.here(self.members[0])  # noqa: E731 - a person of this request
        self.attempt(
            lambda: meeting.convene(chair(), self.competition, held_at=clock.now(), place="Rīga")
        )
        self.attempt(
            lambda: meeting.attend(
                *(chair(), self.competition, self._open_meeting()),
                {one.id for one in (*self.members, self.substitute)},
            )
        )

    @precondition(undecided)
    @rule()
    def vote_on_ties(self) -> None:
        self.attempt(self._break_ties)

    @precondition(undecided)
    @rule(carried=st.booleans())
    def vote(self, carried: bool) -> None:
        choice = BallotChoice.FOR if carried else BallotChoice.AGAINST

        def vote() -> None:
            held = self._open_meeting()
            about = list(meetings.numbers(self.competition).values())
            voters = meetings.voting(self.competition, held, about, tie=False).voters
            meeting.approve_ranking(
                *(self.here(self.secretary), self.competition, held),
                ballots={voter.id: choice for voter in voters},
            )

        self.attempt(vote)

    @precondition(undecided)
    @rule(member=who, came=st.booleans())
    def come_or_leave(self, member: int, came: bool) -> None:
        """Somebody leaves the meeting, and perhaps comes back an hour later."""
        for verb in (meeting.leave, meeting.arrive)[: 1 + came]:
            self.attempt(
                lambda verb=verb: verb(  # type: ignore[misc]
                    *(self.here(self.secretary), self.competition, self._open_meeting()),
                    self.here(self.members[member]),
                    at=clock.now(),
                )
            )

    @precondition(undecided)
    @rule()
    def a_seat_ends_and_another_begins(self) -> None:
        """From tomorrow on the last member sits no more; once."""
        grant = self.session.scalars(
            select(RoleGrant).where(
                RoleGrant.person_id == self.members[-1].id, RoleGrant.role == CommitteeRole.MEMBER
            )
        ).one()
        ended = self.attempt(
            lambda: committee.end(
                *(self.here(self.officers[0]), self.competition, self.here(grant)),
                until=clock.today(),
                reason="Pārcēlies.",
            )
        )
        if ended:
            self.substitute = self.make.person(CommitteeRole.MEMBER, scope=self.call)
            for application in self.applied:
                self.make.declared(self.substitute, application.id)

    @precondition(undecided)
    @rule()
    def withdraw_the_last_vote(self) -> None:
        def withdraw() -> None:
            held = self._open_meeting()
            for vote in held.votes[-1:]:
                actor = self.here(self.secretary)
                meeting.withdraw_vote(actor, self.competition, held, vote, reason="Kļūda.")

        self.attempt(withdraw)

    @precondition(undecided)
    @rule()
    def close(self) -> None:
        def close() -> None:
            held = self._open_meeting()
            meeting.close(self.here(self.members[0]), self.competition, held, version=held.version)

        self.attempt(close)

    def _open_meeting(self) -> Meeting:
        held = meetings_of(self.competition)
        if not held or held[-1].closed_at:
            raise DomainError("none", "no meeting is open")
        found = meetings.meeting(self.competition, held[-1].id)
        assert found
        return found

    def _break_ties(self) -> None:
        ranking = ranking_of(self.competition)
        for tie in deciding_ties([entry.placed for entry in ranking.entries], GRANTS):
            held = self._open_meeting()
            voters = meetings.voting(self.competition, held, tie, tie=True).voters
            meeting.break_tie(
                *(self.here(self.secretary), self.competition, held),
                numbers=tie,
                ballots={voter.id: tie[0] for voter in voters},
            )

    # ----------------------------------------------------------------------------- board

    @precondition(undecided)
    @rule(officer=either)
    def draft(self, officer: int) -> None:
        self.attempt(
            lambda: awards.propose_decisions(self.here(self.officers[officer]), self.competition)
        )

    @precondition(undecided)
    @rule(application=which)
    def word(self, application: int) -> None:
        def word() -> None:
            found = self._standing(application)
            if found is not None and found.outcome in GRANTED:
                awards.edit_draft(
                    *(self.here(self.officers[0]), found),
                    outcome=Outcome.CONDITIONS,
                    conditions="Precizēt tāmi.",
                    reasons="",
                    version=found.version,
                )

        self.attempt(word)

    @precondition(undecided)
    @rule(head=either)
    def sign(self, head: int) -> None:
        self.attempt(
            lambda: awards.sign_off(
                self.here(self.heads[head]), self.competition, decided_on=clock.today()
            )
        )

    @precondition(signed)
    @rule(head=either)
    def take_back(self, head: int) -> None:
        def take_back() -> None:
            actor = self.here(self.heads[head])
            if decide(Right.TAKE_BACK_SIGNATURE, actor, self.competition):
                awards.take_back_signature(actor, self.competition, reason="Kļūda.")

        self.attempt(take_back)

    @precondition(signed)
    @rule(head=either)
    def publish(self, head: int) -> None:
        approved = self.last_approved()
        done = self.attempt(lambda: awards.publish(self.here(self.heads[head]), self.competition))
        if done:
            assert approved is not None
            self.published_is(approved)

    @precondition(undecided)
    @rule()
    def settle_and_sign(self) -> None:
        """The whole way, so that its end is often reached: what is open is checked and scored, the
        committee meets, the board drafts and signs.
        """
        self.resolve_suspicions(confirmed=False)
        for application in range(len(self.applied)):
            self.attempt(lambda n=application: self._check(n, 0, True))
            for member in range(3):
                self.attempt(lambda m=member, n=application: self._score(m, n, "8"))
        self.close()
        self.meet(carried=True, twice=False)
        self.draft(0)
        self.sign(0)
        self.sign(1)

    @precondition(published)
    @rule(application=which, head=either)
    def decline_and_promote(self, application: int, head: int) -> None:
        self.decline(application)
        self.promote(application, head)

    @precondition(published)
    @rule(application=which)
    def decline(self, application: int) -> None:
        owner = self.session.get_one(Person, self.applied[application].started_by_id)

        def decline() -> None:
            found = self._standing(application)
            if found is not None:
                awards.decline(self.here(owner), found, reason="Nav vadītāja.")

        self.attempt(decline)

    @precondition(published)
    @rule(application=which, head=either)
    def promote(self, application: int, head: int) -> None:
        def promote() -> None:
            found = self._standing(application)
            if found is not None:
                today = clock.today()
                awards.promote(self.here(self.heads[head]), found, decided_on=today)

        self.attempt(promote)

    def _standing(self, application: int) -> Decision | None:
        return db.session.scalar(
            select(Decision).where(
                Decision.application_id == self.applied[application].id,
                Decision.state.not_in(PAST),
            )
        )

    # ------------------------------------------------------------------- what else happens

    @rule(application=which, name=st.sampled_from(["Jaunā biedrība", "Cita biedrība"]))
    def rename(self, application: int, name: str) -> None:
        organisation = self.applied[application].organisation
        organisation.name = name
        self.applied[application].draft_title = name
        self.session.flush()

    @precondition(undecided)
    @rule()
    def amend(self) -> None:
        def amend() -> None:
            terms = Terms.of(self.competition)
            later = terms.results_by + timedelta(days=1)
            order = amendments.AmendmentOrder("7", clock.today(), Words("Vajag vairāk laika."))
            changed = replace(terms, results_by=later)
            amendments.amend(self.here(self.officers[0]), self.competition, order, changed)

        self.attempt(amend)

    @precondition(undecided)
    @rule()
    def the_first_head_leaves(self) -> None:
        grant = self.session.scalars(
            select(RoleGrant).where(RoleGrant.person_id == self.heads[0].id)
        ).one()
        grant.ended_at = grant.ended_at or clock.now()
        self.session.flush()

    # ------------------------------------------------------------------------ what holds

    def rows(self, *states: DecisionState) -> list[Decision]:
        self.session.expire_all()
        return list(
            self.session.scalars(
                select(Decision)
                .where(Decision.competition_id == self.call.id, Decision.state.in_(states))
                .order_by(Decision.created_at)
            )
        )

    def last_approved(self) -> dict[str, Any] | None:
        """What the last vote on the ranking in a closed meeting approved."""
        self.session.expire_all()
        return self.session.scalar(
            select(Vote.approved)
            .join(Vote.meeting)
            .where(
                Meeting.competition_id == self.call.id,
                Meeting.closed_at.is_not(None),
                Vote.kind == VoteKind.RANKING,
                Vote.withdrawn_at.is_(None),
            )
            .order_by(Meeting.number.desc(), Vote.number.desc())
            .limit(1)
        )

    def published_is(self, approved: dict[str, Any]) -> None:
        """Each application is decided on as the committee approved it, and nothing else is."""
        said = {
            decision.application.number: (
                "approve" if decision.outcome in GRANTED else decision.outcome.value,
                decision.place,
            )
            for decision in self.rows(DecisionState.PUBLISHED)
        }
        expected = {
            one["number"]: (one["proposal"], one["place"]) for one in approved["applications"]
        }
        expected |= dict.fromkeys(approved["ineligible"], ("reject", None))
        assert said == expected
        assert set(said) == {application.number for application in self.applied}

    @invariant()
    def an_application_has_one_standing_decision(self) -> None:
        if not self.changed:
            return
        standing = [row for row in self.rows(*DecisionState) if row.state not in PAST]
        keys = [row.application_id for row in standing]
        assert len(keys) == len(set(keys))
        if self.state() in (CompetitionState.DECIDED, CompetitionState.PUBLISHED):
            assert len(keys) == len(self.applied)
            assert all(row.state is not DecisionState.DRAFTED for row in standing)
        elif standing:
            assert all(row.state is DecisionState.DRAFTED for row in standing)

    @invariant()
    def a_number_is_given_once_and_dated_after_its_meeting(self) -> None:
        if not self.changed:
            return
        for row in self.rows(*DecisionState):
            if row.number is not None:
                assert self.numbers.setdefault(row.number, str(row.id)) == str(row.id)
                assert row.decided_on
                assert row.decided_on >= clock.day_of(row.vote.meeting.held_at)

    @invariant()
    def a_vote_is_of_those_who_sat_and_were_there(self) -> None:
        """And what was carried was so for each application, without those recused from it."""
        if not self.changed:
            return
        self.session.expire_all()
        for vote in self.session.scalars(select(Vote)):
            asked = Electorate.of(vote.electorate)
            ballots = {ballot.person_id: ballot.choice for ballot in vote.ballots}
            assert ballots.keys() <= asked.seats & asked.present
            if vote.kind is VoteKind.TIE:
                assert not ballots.keys() & asked.kept_from(*vote.order)
            elif vote.carried:
                found = counts(asked, asked.out, ballots, self.members[0].id)
                assert found and all(one.carried for one in found)

    @invariant()
    def every_surface_says_the_same(self) -> None:
        """And none is kept that would be made otherwise now."""
        if not self.changed:
            return
        self.changed = False
        ranking = self.page(f"/committee/{self.call.slug}/ranking")
        if not self.discussed():
            assert ranking and "<table" not in ranking, "points before the discussion"
            assert self.last_approved() is None
        results = self.page(f"/competitions/{self.call.slug}/results")
        decided = Letter.matter.startswith("decision:")
        letters = self.session.scalars(select(Letter.matter).where(decided)).all()
        if self.state() is not CompetitionState.PUBLISHED:
            assert results is None and not letters
            return
        data, feed = self.page("/open-data/competitions.json"), self.page("/competitions.atom")
        public = self.rows(DecisionState.PUBLISHED, DecisionState.DECLINED)
        granted = {
            row.application.number: row.applicant
            for row in public
            if row.outcome in GRANTED and row.state is DecisionState.PUBLISHED
        }
        assert results and data and feed
        assert self.awards_in(data) == granted
        for number, applicant in granted.items():
            assert number in results and applicant in results
        assert (str(len(granted)), str(len(self.applied))) in re.findall(r"(\d+) no (\d+)", feed)
        ever = [row.matter for row in self.rows(*DecisionState) if row.published_at]
        assert sorted(letters) == sorted(ever)

    def awards_in(self, data: str) -> dict[str, str]:
        found = json.loads(data)["competitions"]
        (one,) = (one for one in found if one["code"] == self.call.code)
        return {award["application"]: award["organisation"] for award in one["results"]["awards"]}

    def page(self, path: str) -> str | None:
        """A page, asked for by all the names that it had before; None where there is none."""
        known = self.tags.setdefault(path, [])
        answer = self.client.get(path, headers={"If-None-Match": ", ".join(known)})
        if answer.status_code == HTTPStatus.NOT_FOUND:
            return None
        anew = self.client.get(path)
        if answer.status_code == HTTPStatus.NOT_MODIFIED:
            assert answer.headers["ETag"] == anew.headers["ETag"], path
        else:
            assert without_token(answer.text) == without_token(anew.text), path
        if "ETag" in anew.headers:  # none has a page that is for one person
            known.append(anew.headers["ETag"])
        return anew.text


def without_token(page: str) -> str:
    """A page without the signature of its form's token, which is another each time it is made."""
    return re.sub(r'name="csrf_token"[^>]*>', "", page)


def test_what_is_published_is_what_was_approved(app: Flask, connection: Connection) -> None:
    kind = type("Machine", (Approving,), {"app": app, "connection": connection})
    run_state_machine_as_test(
        kind,
        settings=settings(
            max_examples=20,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert kind.done.keys() >= {
        "eligibility.rejected",
        "clarification.replied",
        "conflict.declared",
        "conflict.resolved",
        "score_sheet.taken_back",
        "score_sheet.submitted",
        "score_sheet.reopened",
        "discussion.opened",
        "tie.voted",
        "ranking.voted",
        "vote.withdrawn",
        "meeting.arrived",
        "meeting.left",
        "committee.ended",
        "decisions.taken_back",
        "results.published",
        "grant.declined",
        "grant.promoted",
    }, "a verb that is never carried out is not tried"
