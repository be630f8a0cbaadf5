"""Deciding, from the drafts to a grant that is declined and given on."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.accounts.models import Person, Role
from portal.core.db import db
from portal.core.errors import Invalid, NotReady, StateConflict
from portal.core.messages.models import Message
from portal.grants.applications.correspondence.models import Letter
from portal.grants.applications.models import Application
from portal.grants.awards import service
from portal.grants.awards.models import Decision, DecisionState, Outcome
from portal.grants.competitions.models import Competition, CompetitionState
from portal.grants.evaluation.committee.models import CommitteeRole
from tests.factories import Make
from tests.world.scene import POINTS, here

pytestmark = pytest.mark.usefixtures("ctx")


@pytest.fixture
def evaluated(make: Make) -> tuple[Competition, list[Application]]:
    competition, applications = make.evaluated(POINTS, grants=2)
    return here(competition), applications


@pytest.fixture
def officer(make: Make) -> Person:
    return here(make.person(Role.OFFICER))


@pytest.fixture
def head(make: Make) -> Person:
    return here(make.person(Role.HEAD))


@pytest.fixture
def outcome(session: Session) -> Callable[[Application], Outcome]:
    def of(application: Application) -> Outcome:
        return session.scalars(
            select(Decision.outcome).where(
                Decision.application_id == application.id,
                Decision.state != DecisionState.REPLACED,
            )
        ).one()

    return of


def publish(officer: Person, head: Person, competition: Competition) -> None:
    service.propose_decisions(officer, competition)
    service.sign_off(head, competition, decided_on=clock.today())
    service.publish(head, competition)


def decision_on(application: Application) -> Decision:
    return db.session.scalars(
        select(Decision).where(
            Decision.application_id == application.id, Decision.state != DecisionState.REPLACED
        )
    ).one()


def test_the_first_places_get_the_grants_and_minimums_are_kept(
    evaluated: Any, officer: Person, outcome: Any
) -> None:
    competition, applications = evaluated
    service.propose_decisions(officer, competition)
    assert [outcome(a) for a in applications] == [
        Outcome.APPROVE,
        Outcome.APPROVE,
        Outcome.RESERVE,
        Outcome.RESERVE,
        Outcome.REJECT,
        Outcome.REJECT,
    ]


def test_a_rejection_is_drafted_with_its_reason(evaluated: Any, officer: Person) -> None:
    competition, applications = evaluated
    service.propose_decisions(officer, competition)
    assert "2,50" in decision_on(applications[4]).reasons
    assert "7,50" in decision_on(applications[5]).reasons


def test_drafting_again_replaces_the_drafts(
    evaluated: Any, officer: Person, session: Session
) -> None:
    competition, _ = evaluated
    service.propose_decisions(officer, competition)
    service.propose_decisions(officer, competition)
    assert session.scalar(select(func.count()).select_from(Decision)) == len(POINTS)


def test_nothing_is_drafted_while_a_sheet_is_missing(make: Make, officer: Person) -> None:
    competition, _ = make.evaluated(POINTS[:2], grants=1)
    late = make.application(competition, submitted=True)
    make.eligible(late)
    make.assigned(late, make.person(CommitteeRole.MEMBER, scope=competition))
    with pytest.raises(NotReady) as refusal:
        service.propose_decisions(officer, here(competition))
    assert refusal.value.missing


def test_an_award_may_get_conditions_and_the_order_may_not_change(
    evaluated: Any, officer: Person
) -> None:
    competition, applications = evaluated
    service.propose_decisions(officer, competition)
    first, third = decision_on(applications[0]), decision_on(applications[2])
    worded = {"outcome": Outcome.CONDITIONS, "conditions": "Precizēt tāmi.", "reasons": ""}
    service.edit_draft(officer, first, **worded, version=first.version)
    assert first.outcome is Outcome.CONDITIONS
    worded["outcome"] = Outcome.APPROVE
    with pytest.raises(Invalid):
        service.edit_draft(officer, third, **worded, version=third.version)


def test_conditions_must_be_written(evaluated: Any, officer: Person) -> None:
    competition, applications = evaluated
    service.propose_decisions(officer, competition)
    with pytest.raises(Invalid) as refusal:
        service.edit_draft(
            officer,
            decision_on(applications[0]),
            outcome=Outcome.CONDITIONS,
            conditions="",
            reasons="",
            version=1,
        )
    assert refusal.value.field == "conditions"


def test_signing_numbers_the_decisions_and_freezes_them(
    evaluated: Any, officer: Person, head: Person
) -> None:
    competition, applications = evaluated
    service.propose_decisions(officer, competition)
    service.sign_off(head, competition, decided_on=clock.today())
    first = decision_on(applications[0])
    assert first.number == f"{competition.code}-L-001"
    assert competition.state is CompetitionState.DECIDED
    with pytest.raises(StateConflict):
        service.edit_draft(
            officer, first, outcome=Outcome.APPROVE, conditions="", reasons="x", version=1
        )


@pytest.mark.parametrize("days", [-40_000, -11, -1, 1, 400])
def test_decisions_are_dated_between_the_meeting_and_today(
    evaluated: Any, officer: Person, head: Person, days: int
) -> None:
    competition, _ = evaluated
    service.propose_decisions(officer, competition)
    with pytest.raises(Invalid) as refusal:
        service.sign_off(head, competition, decided_on=clock.today() + timedelta(days=days))
    assert refusal.value.field == "decided_on"
    service.sign_off(head, competition, decided_on=clock.today())


def test_nothing_can_be_signed_before_it_is_drafted(evaluated: Any, head: Person) -> None:
    with pytest.raises(NotReady):
        service.sign_off(head, evaluated[0], decided_on=clock.today())


def test_results_are_published_once_with_one_letter_each(
    evaluated: Any, officer: Person, head: Person, session: Session
) -> None:
    competition, applications = evaluated
    publish(officer, head, competition)
    assert competition.state is CompetitionState.PUBLISHED
    with pytest.raises(StateConflict):
        service.publish(head, competition)
    assert session.scalar(select(func.count()).select_from(Letter)) == len(applications)
    assert session.scalar(select(func.count()).select_from(Message)) == len(applications)


def test_before_publication_no_letter_exists(
    evaluated: Any, officer: Person, head: Person, session: Session
) -> None:
    competition, _ = evaluated
    service.propose_decisions(officer, competition)
    service.sign_off(head, competition, decided_on=clock.today())
    assert session.scalar(select(func.count()).select_from(Message)) == 0


def test_a_declined_grant_goes_to_the_next_in_reserve(
    evaluated: Any, officer: Person, head: Person, outcome: Any, session: Session
) -> None:
    competition, applications = evaluated
    publish(officer, head, competition)
    declined = decision_on(applications[0])
    owner = session.get_one(Person, applications[0].started_by_id)
    service.decline(here(owner), declined, reason="Nav vadītāja.")
    promoted = service.promote(head, declined, decided_on=clock.today())
    assert promoted.application_id == applications[2].id
    assert outcome(applications[2]) is Outcome.APPROVE
    letters = select(func.count()).where(Letter.matter.startswith("decision:"))
    assert session.scalar(letters) == len(applications) + 1


def test_a_declined_grant_is_given_on_once(
    evaluated: Any, officer: Person, head: Person, session: Session
) -> None:
    competition, applications = evaluated
    publish(officer, head, competition)
    declined = decision_on(applications[0])
    service.decline(
        here(session.get_one(Person, applications[0].started_by_id)), declined, reason=""
    )
    service.promote(head, declined, decided_on=clock.today())
    with pytest.raises(StateConflict):
        service.promote(head, declined, decided_on=clock.today())


def test_what_is_no_grant_cannot_be_declined(evaluated: Any, officer: Person, head: Person) -> None:
    competition, applications = evaluated
    publish(officer, head, competition)
    with pytest.raises(StateConflict):
        service.decline(officer, decision_on(applications[2]), reason="")


def test_signing_refuses_drafts_that_the_ranking_has_left_behind(
    make: Make, officer: Person, head: Person
) -> None:
    competition, _ = make.evaluated(POINTS, grants=2)
    service.propose_decisions(officer, here(competition))
    make.rewrite(competition, grants=1)
    db.session.expire_all()
    with pytest.raises(NotReady) as refusal:
        service.sign_off(head, here(competition), decided_on=clock.today())
    assert refusal.value.code == "ranking_moved"
    assert refusal.value.missing, "it says what differs"
