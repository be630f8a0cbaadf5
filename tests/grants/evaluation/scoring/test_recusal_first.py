"""A member saves a sheet in one window while another window recuses them."""

import threading

from flask import Flask
from sqlalchemy import select

from portal.core.db import db
from portal.core.errors import DomainError, StateConflict
from portal.grants.evaluation.committee import service as committee
from portal.grants.evaluation.models import Assignment, ConflictKind, ScoreSheet
from portal.grants.evaluation.scoring import service
from tests.factories import Make
from tests.world.scene import evaluating, here


def test_a_sheet_that_is_saved_while_its_member_is_recused_waits_and_is_refused(
    busy: tuple[Flask, Make],
) -> None:
    app, make = busy
    scene = evaluating(make)
    application, answers = scene.assigned(), list[object]()

    def save() -> None:
        with app.test_request_context():
            try:
                answers.append(
                    service.save(here(scene.member), here(application), {}, overall="", version=0)
                )
            except DomainError as refusal:
                answers.append(refusal)
            finally:
                db.session.remove()

    with app.test_request_context():  # which closes the register
        service.save(here(scene.chair), here(application), {}, overall="", version=0)
    with app.test_request_context():
        held = db.session.scalars(
            select(Assignment)
            .where(
                Assignment.person_id == scene.member.id,
                Assignment.application_id == application.id,
            )
            .with_for_update()
        ).one()
        saving = threading.Thread(target=save)
        saving.start()
        saving.join(timeout=0.5)
        assert saving.is_alive(), "it saved while somebody else held the assignment"
        assert held.ended_at is None
        committee.declare(here(scene.member), here(application), kind=ConflictKind.FAMILY)
    saving.join(timeout=30)
    assert [type(answer) for answer in answers] == [StateConflict]
    make.session.rollback()
    assert not make.session.query(ScoreSheet).filter_by(person_id=scene.member.id).count()
