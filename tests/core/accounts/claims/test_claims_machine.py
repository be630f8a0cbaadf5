"""Claims in any order, by several people, beside the other ways to an organisation."""

import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.access import decide
from portal.core.accounts.administration import service as administration
from portal.core.accounts.claims import queries, service
from portal.core.accounts.claims.models import ClaimState, OrganisationClaim
from portal.core.accounts.claims.rights import Right
from portal.core.accounts.claims.rules import MOST_OPEN
from portal.core.accounts.demo import registration_number
from portal.core.accounts.models import OrganisationKind, Role, RoleGrant
from portal.core.accounts.organisations import queries as organisations
from portal.core.accounts.organisations import service as members
from portal.core.audit.models import JournalEntry
from portal.core.db import Base, db
from portal.core.errors import DomainError
from tests.conftest import NOW
from tests.factories import Make

PEOPLE, DECIDERS, ORGANISATIONS = 2, 3, 4

who = st.integers(0, PEOPLE - 1)
decider = st.integers(0, DECIDERS - 1)
which = st.integers(0, ORGANISATIONS - 1)
some = st.integers(0, 7)


class Claiming(RuleBasedStateMachine):
    """Four organisations that nobody owns, two people, two officers and an administrator."""

    app: Flask
    connection: Connection
    done: ClassVar[Counter[str]] = Counter()  # journal events of all examples, so that none is idle

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = self.connection.begin_nested()
        self.session = Session(self.connection, join_transaction_mode="rollback_only")
        self.hours = itertools.count(1)
        self.decided: dict[UUID, tuple[ClaimState, UUID | None, str]] = {}

    @initialize()
    def registered(self) -> None:
        make = Make(self.session, self.app)
        self.organisations = [make.organisation() for _ in range(ORGANISATIONS)]
        self.numbers = [one.registration_number or "" for one in self.organisations]
        self.people = [make.person() for _ in range(PEOPLE)]
        # An officer who may come to belong as well, one who does not, and an administrator.
        self.people.append(make.person(Role.OFFICER))
        roles = (Role.OFFICER, Role.ADMINISTRATOR)
        self.deciders = [self.people[-1], *(make.person(role) for role in roles)]

    def teardown(self) -> None:
        self.done.update(self.session.scalars(select(JournalEntry.event)))
        self.session.close()
        self.savepoint.rollback()

    @contextmanager
    def request(self) -> Iterator[None]:
        """An hour later, in a request of its own."""
        at = NOW + timedelta(hours=3 * next(self.hours))
        with clock.at(at), self.app.test_request_context():
            yield
            db.session.remove()

    def attempt(self, verb: Callable[[], object]) -> bool:
        """Carry out what a verb lets be carried out."""
        with self.request():
            try:
                verb()
            except DomainError:
                return False
        return True

    @staticmethod
    def here(row: Base) -> Any:
        return db.session.get_one(type(row), row.id)  # type: ignore[attr-defined]

    def claims(self) -> list[OrganisationClaim]:
        self.session.expire_all()
        return list(self.session.scalars(select(OrganisationClaim).order_by(OrganisationClaim.id)))

    def any_claim(self) -> bool:
        return hasattr(self, "people") and bool(self.claims())

    # ------------------------------------------------------------------ the verbs

    @rule(person=st.integers(0, PEOPLE), organisation=which)
    def claim(self, person: int, organisation: int) -> None:
        self.attempt(
            lambda: service.make(
                self.here(self.people[person]),
                registration_number=self.numbers[organisation],
                name=f"Biedrība {person}",
                position="Valdes loceklis",
                words="",
                proof=None,
            )
        )

    @rule(
        person=st.integers(0, PEOPLE),
        organisation=which,
        kind=st.sampled_from(
            [
                OrganisationKind.ASSOCIATION,
                OrganisationKind.ASSOCIATION,
                OrganisationKind.YOUTH_GROUP,
            ]
        ),
        serial=st.integers(1, 3),
    )
    def swap(self, person: int, organisation: int, kind: OrganisationKind, serial: int) -> None:
        """An owner gives up its number, or all numbers, and registers it once more."""
        owner, given_up = self.people[person], self.organisations[organisation]
        self.attempt(
            lambda: members.change(
                self.here(owner),
                self.here(given_up),
                self.described(kind, registration_number(serial)),
                self.here(given_up).version,
            )
        )
        anew = self.described(OrganisationKind.ASSOCIATION, self.numbers[organisation])
        self.attempt(lambda: members.found(self.here(owner), anew))

    @staticmethod
    def described(kind: OrganisationKind, number: str) -> members.Details:
        return members.Details(kind, "Biedrība", number, address="", email="", phone="", iban=None)

    @precondition(any_claim)
    @rule(claim=some)
    def withdraw(self, claim: int) -> None:
        chosen = self.chosen(claim)
        self.attempt(lambda: service.withdraw(self.here(chosen.claimant), self.here(chosen)))

    @precondition(any_claim)
    @rule(claim=some, person=who)
    def answer(self, claim: int, person: int) -> None:
        """An owner answers, and somebody who is none tries to."""
        chosen, answering = self.chosen(claim), self.people[person]

        def verb() -> None:
            actor, found = self.here(answering), self.here(chosen)
            owners = organisations.owners(found.organisation)
            service.answer(actor, found.organisation, found, words="Nē.", version=found.version)
            assert actor.id in owners, "answered by who does not own it"

        self.attempt(verb)

    @precondition(any_claim)
    @rule(
        claim=some,
        decider=decider,
        alone=st.booleans(),
        seen=st.sampled_from([True, True, True, False]),
    )
    def approve(self, claim: int, decider: int, alone: bool, seen: bool) -> None:
        """As far as the right reaches; the verb and the database hold it as well (see below)."""
        chosen = self.chosen(claim)

        def verb() -> None:
            actor, found = self.here(self.deciders[decider]), self.here(chosen)
            if not queries.is_within(actor, found):  # whoever decided before decides again
                return
            shown = queries.facts(found).seen if seen else "other people"
            allowed = bool(decide(Right.DECIDE, actor, found))
            service.approve(
                actor,
                found,
                reason="Reģistrā.",
                alone=alone,
                seen=shown,
            )
            assert allowed and seen, "approved by who may not, or has not seen who belongs"
            owners = organisations.owners(self.here(chosen.organisation))
            assert chosen.claimant_id in owners
            assert not alone or owners == {chosen.claimant_id}
            assert self.here(chosen.organisation).name == chosen.name

        self.attempt(verb)

    @precondition(any_claim)
    @rule(claim=some, decider=decider)
    def refuse(self, claim: int, decider: int) -> None:
        chosen = self.chosen(claim)

        def verb() -> None:
            actor, found = self.here(self.deciders[decider]), self.here(chosen)
            if not queries.is_within(actor, found):  # whoever decided before decides again
                return
            allowed = bool(decide(Right.DECIDE, actor, found))
            before = organisations.owners(found.organisation)
            service.refuse(actor, found, reason="Nav reģistrā.", version=found.version)
            assert allowed, "refused by who may not"
            assert organisations.owners(self.here(chosen.organisation)) == before

        self.attempt(verb)

    @rule(person=st.integers(0, PEOPLE), organisation=which)
    def come_by_another_way(self, person: int, organisation: int) -> None:
        """As by an invitation that an owner had sent."""
        coming, joined = self.people[person], self.organisations[organisation]
        with self.request():
            if not organisations.memberships_of(self.here(coming), self.here(joined)):
                row = RoleGrant(person_id=coming.id, scope_id=joined.id)
                row.role = Role.OWNER
                db.session.add(row)
                db.session.commit()

    @rule(person=st.integers(0, PEOPLE), organisation=which)
    def leave(self, person: int, organisation: int) -> None:
        leaving, left = self.people[person], self.organisations[organisation]
        self.attempt(lambda: members.leave(self.here(leaving), self.here(left)))

    @rule(person=who, opened=st.sampled_from([True, True, False]))
    def close_and_open(self, person: int, opened: bool) -> None:
        chosen, admin = self.people[person], self.deciders[-1]
        if opened:
            self.attempt(lambda: administration.open_account(self.here(admin), self.here(chosen)))
        else:
            self.attempt(
                lambda: administration.close_account(self.here(admin), self.here(chosen), {})
            )

    def chosen(self, claim: int) -> OrganisationClaim:
        """One that is open, as long as there is one; now and then the last that has ended."""
        found = self.claims()
        ended = [one for one in found if one.state is not ClaimState.MADE]
        choice = [one for one in found if one.state is ClaimState.MADE] or found
        return ended[-1] if ended and claim == 0 else choice[claim % len(choice)]

    # ----------------------------------------------------------------- what holds

    @invariant()
    def what_is_decided_stands(self) -> None:
        if not hasattr(self, "people"):
            return
        for one in self.claims():
            now = (one.state, one.decided_by_id, one.reason)
            assert self.decided.get(one.id, now) == now
            if one.state is not ClaimState.MADE:
                self.decided[one.id] = now

    @invariant()
    def an_open_one_is_of_whoever_has_its_number(self) -> None:
        if not hasattr(self, "people"):
            return
        for one in self.claims():
            has = one.organisation.registration_number == one.registration_number
            assert has or one.state is not ClaimState.MADE

    @invariant()
    def few_are_open_and_each_once(self) -> None:
        if not hasattr(self, "people"):
            return
        waiting = [one for one in self.claims() if one.state is ClaimState.MADE]
        pairs = Counter((one.claimant_id, one.organisation_id) for one in waiting)
        assert all(count == 1 for count in pairs.values())
        assert all(n <= MOST_OPEN for n in Counter(one.claimant_id for one in waiting).values())


def test_claims_end_once_and_by_who_may(app: Flask, connection: Connection) -> None:
    kind = type("Machine", (Claiming,), {"app": app, "connection": connection})
    run(
        kind,
        settings=settings(
            max_examples=10,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert kind.done.keys() >= {
        "organisation.claimed",
        "organisation.claim_withdrawn",
        "organisation.claim_answered",
        "organisation.claim_approved",
        "organisation.claim_refused",
        "organisation.left",
        "account.closed",
        "account.opened",
        "organisation.changed",
        "organisation.founded",
    }, "a verb that is never carried out is not tried"
