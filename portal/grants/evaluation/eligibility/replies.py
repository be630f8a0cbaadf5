"""The applicant's verbs of a clarification: save a draft, attach, send and seal."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.core import formats
from portal.core.accounts.models import Person, Role
from portal.core.db import db
from portal.core.documents import service as documents
from portal.core.errors import NotReady, StaleForm, StateConflict, trigger
from portal.core.messages.links import page_url
from portal.core.periods import in_time, whole_second
from portal.core.questions.answers.labels import who_changed
from portal.core.questions.answers.queries import CurrentAnswers
from portal.core.questions.answers.service import (
    AnswersOwner,
    Typed,
    freeze,
    keep,
    require_keepable,
    require_same_set,
    send_files,
    take_in,
)
from portal.core.questions.rules import takes_files
from portal.core.work import Work, unit_of_work
from portal.grants.applications import obstacles
from portal.grants.applications.models import Application, Reply
from portal.grants.applications.queries import current_submission, sealed_file
from portal.grants.applications.rules import seal, title_of
from portal.grants.competitions.cached_terms import sections_of
from portal.grants.evaluation.eligibility import rules
from portal.grants.evaluation.eligibility.clarifications import counted_answers
from portal.grants.evaluation.eligibility.models import Clarification, EligibilityCheck
from portal.grants.evaluation.eligibility.rules import WORKFLOW, CheckEvent
from portal.grants.evaluation.visibility import of_the_board

trigger(_l("The reply has been sent already."), "clarifications_sealed")


def answers_owner(application: Application, clarification: Clarification) -> AnswersOwner:
    """The opened answers, for the applicants until the reply is sent."""
    return AnswersOwner(
        answer_set=clarification.answer_set,
        sections=sections_of(application.competition),
        subject=application,
        locks=(clarification,),
        saved="clarification.saved",
        attached="clarification.saved",
        removed="clarification.file_removed",
        purpose="clarification",
        require_open=partial(_require_open, clarification),
    )


def send(
    actor: Person,
    application: Application,
    clarification: Clarification,
    typed: Typed,
    *,
    received_at: datetime,
) -> None:
    """Send the reply: it is sealed, the check continues, and the officer who asked is notified.

    Raises NotReady with the problems of the answers, StaleForm, StateConflict when it is late.
    """
    place = answers_owner(application, clarification)
    require_same_set(place.answer_set, typed.seen)
    if typed.uploads:
        place.require_open(received_at)
    with documents.sending() as sending:
        files, unfit = send_files(sending, typed.uploads)
        if unfit:
            raise unfit[0]
        with unit_of_work(actor, "clarification.replied", application) as work:
            check = clarification.check
            work.lock(check)  # before its clarification, in the order of the board's verbs
            work.lock(clarification)
            place.require_open(received_at)
            current = place.current()
            require_keepable(current.questions, typed.answers)
            found = keep(work, current, current.questions, typed, received_at)
            if found.conflicts or found.theirs:
                raise StaleForm(who_changed(current, [*found.conflicts, *found.theirs]))
            current, refused = take_in(
                work, found.current, files, purpose=place.purpose, replacing=typed.replacing
            )
            if refused:
                raise refused[0]
            db.session.flush()
            if wrong := judging(application, current).messages(for_submit=True):
                labels = {question.key: question.label for question in current.questions}
                raise NotReady(
                    "incomplete",
                    _l("The reply is not complete."),
                    [f"{labels[key]}: {message}" for key, message in wrong],
                )
            _seal(work, application, clarification, current, received_at)
            check.state = WORKFLOW.next(check, check.state, CheckEvent.REPLY)
            _tell_officer(work, application, check, clarification)


def _require_open(clarification: Clarification, arrived_at: datetime) -> None:
    if clarification.reply_id is not None:
        raise StateConflict("replied", _l("The reply has been sent already."))
    if clarification.closed_at is not None:
        raise StateConflict("closed", _l("The board has closed this question."))
    if not in_time(clarification.until, arrived_at):
        raise StateConflict(
            "late",
            _l(
                "The reply had to be received by %(until)s. All of it was received on %(received)s,"
                " so it was not accepted.",
                until=formats.exact_instant(clarification.until),
                received=formats.exact_instant(arrived_at),
            ),
        )


def judging(
    application: Application, current: CurrentAnswers, typed: Mapping[str, Any] | None = None
) -> obstacles.Judging:
    """The validation of a reply by the terms and the other valid answers; `typed` are unsaved
    answers."""
    kept = {
        one.key: current.values.get(one.key) for one in current.questions if one.key in current.rows
    }
    answers = {**counted_answers(application), **kept, **(typed or {})}
    return obstacles.Judging(
        application.competition,
        current.sections,
        current.questions,
        {**current.given(current.questions), **(typed or {})},
        obstacles.context_of(application.competition, current.sections, answers),
    )


def _seal(
    work: Work,
    application: Application,
    clarification: Clarification,
    current: CurrentAnswers,
    arrived_at: datetime,
) -> None:
    submission = current_submission(application)
    if submission is None:
        raise StateConflict("withdrawn", _l("This application has been withdrawn."))
    title = next((one.key for one in current.questions if one.measures == "title"), None)
    content = rules.sealed_reply(
        number=application.number or "",
        clarification=str(clarification.id),
        asked_at=clarification.asked_at,
        received_at=arrived_at,
        sent_by=work.actor.name if work.actor else "",
        title=title_of({"title": current.values.get(title)}) or None if title else None,
        # Of every opened question, including cleared ones, which is an answer too.
        answers={
            question.key: current.values.get(question.key)
            for question in current.questions
            if not takes_files(question)
        },
        files=[sealed_file(file) for file in current.files],
    )
    clarification.reply = work.add(
        Reply(
            submission_id=submission.id,
            received_at=whole_second(arrived_at),
            sent_by_id=work.actor_id,
            content=content,
            seal=seal(content),
        )
    )
    freeze(clarification.answer_set)


def _tell_officer(
    work: Work, application: Application, check: EligibilityCheck, clarification: Clarification
) -> None:
    """Notify who asked, or if they may not read it any more, the officers who may."""
    officers = of_the_board(application, [Role.OFFICER])
    asked = [one for one in officers if one.id == clarification.asked_by_id]
    for officer in asked or officers:
        work.send(
            "evaluation/clarification_received",
            to=officer,
            key=f"clarification_received:{clarification.id}:{officer.id}",
            competition=application.competition,
            application=application,
            url=page_url(
                "eligibility.check", competition=application.competition, application=application
            ),
        )
