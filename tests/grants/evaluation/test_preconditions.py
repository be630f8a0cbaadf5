"""Evaluation stands on the closed register, whoever begins it, and begins after the deadline."""

import pytest
from sqlalchemy import select

from portal.core.accounts.models import Role
from portal.core.db import db
from portal.core.errors import StateConflict
from portal.grants.applications.models import Register
from portal.grants.evaluation.committee import service as committee
from portal.grants.evaluation.committee.models import ConflictKind
from portal.grants.evaluation.eligibility import service as eligibility
from portal.grants.evaluation.eligibility.models import Verdict
from portal.grants.evaluation.eligibility.rules import Answered
from tests.world.scene import here

YES = {"e1": Answered(Verdict.YES)}


def registered() -> list[list[str]]:
    """The numbers in each register."""
    found = db.session.scalars(select(Register).order_by(Register.ordinal))
    return [[entry.number for entry in register.entries] for register in found]


def test_the_first_verb_closes_the_register_where_no_worker_has(make, ctx):
    application = make.application(make.competition("closed"), submitted=True)
    officer = make.person(Role.OFFICER)
    assert registered() == []
    check = eligibility.answer(here(officer), here(application), YES, version=0)
    assert registered() == [[application.number]]
    assert here(application).competition.register_closed_at is not None
    eligibility.accept(here(officer), here(application), YES, version=check.version)
    assert len(registered()) == 1, "it closes once"


def test_a_declaration_closes_it_too(scene, ctx):
    application = scene.eligible()
    committee.declare(here(scene.member), here(application), kind=ConflictKind.NONE)
    assert registered() == [[application.number]]


def test_nothing_is_evaluated_before_the_deadline(make, ctx):
    application = make.application(make.competition("open"), submitted=True)
    with pytest.raises(StateConflict):
        eligibility.answer(here(make.person(Role.OFFICER)), here(application), YES, version=0)
    assert registered() == []
