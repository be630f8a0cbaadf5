"""What an application's evaluation becomes when the applicant answers, or submits it anew."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.core import clock
from portal.core.accounts.models import Person, Role
from portal.core.db import db
from portal.core.errors import StateConflict
from portal.core.questions.answers.service import Typed
from portal.grants.applications import queries as applications
from portal.grants.applications.models import Application
from portal.grants.applications.submission import service as submission
from portal.grants.evaluation.eligibility import queries as checks
from portal.grants.evaluation.eligibility import replies, service
from portal.grants.evaluation.eligibility.clarifications import counted_answers
from portal.grants.evaluation.eligibility.models import CheckState, Clarification, Verdict
from portal.grants.evaluation.eligibility.rules import Answered
from portal.grants.evaluation.models import ScoreSheet, SheetState
from tests.factories import Make
from tests.pages import PageClient
from tests.world.scene import evaluating, here

YES = {"e1": Answered(Verdict.YES)}


def reply(officer: Person, application: Application, answers: dict[str, Any]) -> None:
    """The officer asks about the need, and the applicant sends these answers."""
    asked = ask(officer, application)
    replies.send(
        db.session.get_one(Person, application.started_by_id),
        here(application),
        asked,
        Typed(answers),
        received_at=clock.now(),
    )


def ask(officer: Person, application: Application) -> Clarification:
    return service.ask(
        here(officer),
        here(application),
        question_keys=["need"],
        message="Kam tas vajadzīgs?",
        until=clock.now() + timedelta(days=5),
    )


def test_what_is_asked_again_starts_from_what_was_answered_last(
    make: Make, client: PageClient, app: Flask
) -> None:
    applied = make.application(make.competition("closed"), submitted=True)
    officer = make.person(Role.OFFICER)
    with app.test_request_context():
        reply(officer, applied, {"need": "Pirmā atbilde."})
        with clock.at(clock.now() + timedelta(minutes=1)):
            ask(officer, applied)
        db.session.remove()
    client.sign_in(make.session.get_one(Person, applied.started_by_id))
    page = client.page(f"/my/applications/{applied.id}/clarification")
    assert "Pirmā atbilde." in page.select_one("main form").get_text()


def test_an_answer_in_time_counts_while_it_waits_for_a_thread(make: Make, app: Flask) -> None:
    """The officer goes on only when nothing sent in the last second can still be on its way."""
    applied = make.application(make.competition("closed"), submitted=True)
    officer = make.person(Role.OFFICER)
    with app.test_request_context():
        asked = ask(officer, applied)
        until, version = asked.until, checks.check_of(here(applied)).version
        with clock.at(until + timedelta(seconds=5)):
            with pytest.raises(StateConflict):
                service.accept(here(officer), here(applied), YES, version=version)
            db.session.rollback()
            asked = here(asked)
            replies.send(
                db.session.get_one(Person, applied.started_by_id),
                here(applied),
                asked,
                Typed({"need": "Laikā."}),
                received_at=until,
            )
        assert checks.check_of(here(applied)).state is CheckState.OPEN


def test_nothing_is_judged_before_all_that_came_in_time_is_in(make: Make, app: Flask) -> None:
    call = make.competition("open")
    applied, officer = make.application(call, submitted=True), make.person(Role.OFFICER)
    with app.test_request_context():
        for waited, judged in ((1, False), (121, True)):
            with clock.at(call.deadline + timedelta(seconds=waited)):
                try:
                    service.accept(here(officer), here(applied), YES, version=0)
                except StateConflict:
                    db.session.rollback()
                assert (checks.check_of(here(applied)) is not None) is judged


def test_submitted_anew_it_is_judged_anew(make: Make, app: Flask) -> None:
    """The deadline is extended after the applicant has answered and members have scored."""
    scene = evaluating(make)
    application = scene.scored(("9", "9"), ("8", "8"), ("7", "7"))
    make.reply(
        application.id,
        make.session.get_one(Person, application.started_by_id),
        answers={"need": "Precizēts."},
    )
    make.rewrite(scene.call, deadline=clock.now() + timedelta(days=2))
    with app.test_request_context():
        what = here(application)
        assert counted_answers(what)["need"] == "Precizēts."
        (need,) = [one for one in what.answer_set.answers if one.question_key == "need"]
        need.value = "Jauns."
        db.session.commit()
        submission.submit(
            db.session.get_one(Person, application.started_by_id),
            what,
            seen=submission.print_of(applications.draft(what)),
            received_at=clock.now(),
        )
        db.session.expire_all()
        assert counted_answers(here(application))["need"] == "Jauns."
        check = checks.check_of(here(application))
        assert check and check.state is CheckState.OPEN and check.returned_note
        sheets = db.session.scalars(
            select(ScoreSheet).where(ScoreSheet.application_id == application.id)
        ).all()
    states = Counter(sheet.state for sheet in sheets)
    assert states == {SheetState.REPLACED: 3, SheetState.DRAFT: 3}
    assert all(sheet.reopen_reason for sheet in sheets if sheet.state is SheetState.REPLACED)
