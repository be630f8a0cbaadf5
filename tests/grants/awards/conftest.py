"""A competition in each of the states that decisions pass through, made by the verbs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.accounts.models import Organisation, Person, Role
from portal.core.db import Base, db
from portal.grants.applications.models import Application
from portal.grants.awards import service
from portal.grants.awards.models import PAST, Decision
from portal.grants.competitions.models import Competition
from tests.factories import Make

# Best first; the last but one misses the minimum of c2, the last that of the total.
POINTS = [("9", "9"), ("8", "8"), ("7", "7"), ("6", "6"), ("10", "2.5"), ("4", "3.5")]


@dataclass
class Case:
    """A competition with two grants, its applications (best first) and its board."""

    competition: Competition
    applications: list[Application]
    officer: Person
    head: Person
    auditor: Person
    app: Flask
    session: Session

    @property
    def url(self) -> str:
        """The board's page of decisions."""
        return f"/board/competitions/{self.competition.slug}/decisions"

    @property
    def results(self) -> str:
        """The public results page."""
        return f"/competitions/{self.competition.slug}/results"

    def own(self, rank: int) -> str:
        """The page of the decision for the applicant at that rank, 0 the best."""
        return f"/my/applications/{self.applications[rank].id}/decision"

    def owner(self, rank: int) -> Person:
        return self.session.get_one(Person, self.applications[rank].started_by_id)

    def organisation(self, rank: int) -> Organisation:
        return self.session.get_one(Organisation, self.applications[rank].organisation_id)

    def decision(self, rank: int) -> Decision:
        """The standing decision on the application at that rank, read afresh."""
        self.session.expire_all()
        return self.session.scalars(
            select(Decision).where(
                Decision.application_id == self.applications[rank].id,
                Decision.state.not_in(PAST),
            )
        ).one()

    def run(self, verb: Callable[..., object], actor: Person, subject: Base, **values: Any) -> None:
        """Carry out a verb as the application would in a request of `actor`."""
        with self.app.test_request_context():
            verb(here(actor), here(subject), **values)
            db.session.remove()

    def draft(self) -> "Case":
        self.run(service.propose_decisions, self.officer, self.competition)
        return self

    def sign(self) -> "Case":
        self.run(service.sign_off, self.head, self.competition, decided_on=clock.today())
        return self

    def publish(self) -> "Case":
        self.run(service.publish, self.head, self.competition)
        return self


def here(row: Any) -> Any:
    """The same row in the session of the application."""
    return db.session.get(type(row), row.id)


@pytest.fixture
def case(app: Flask, make: Make, session: Session) -> Case:
    competition, applications = make.evaluated(POINTS, grants=2)
    return Case(
        competition,
        applications,
        make.person(Role.OFFICER),
        make.person(Role.HEAD),
        make.person(Role.AUDITOR),
        app,
        session,
    )


@pytest.fixture
def drafted(case: Case) -> Case:
    return case.draft()


@pytest.fixture
def signed(case: Case) -> Case:
    return case.draft().sign()


@pytest.fixture
def published(case: Case) -> Case:
    return case.draft().sign().publish()
