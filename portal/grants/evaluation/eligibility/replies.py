"""The verbs of a clarification, on the applicant's side: keep a draft, attach, send and seal."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage

from portal.core import clock, formats
from portal.core.accounts.models import Person, Role
from portal.core.db import db
from portal.core.documents import service as documents
from portal.core.documents.intake import Limits
from portal.core.errors import NotReady, StateConflict, guards
from portal.core.messages.links import page_url
from portal.core.periods import in_time, whole_second
from portal.core.questions import words
from portal.core.questions.models import Question
from portal.core.questions.registry import kind_of
from portal.core.questions.rules import validate
from portal.core.work import Work, unit_of_work
from portal.grants.applications.content import names_minors
from portal.grants.applications.models import Application, Reply
from portal.grants.applications.queries import current_submission
from portal.grants.applications.rules import SealedFile, seal, title_of
from portal.grants.competitions.settled import sections_of
from portal.grants.evaluation.eligibility import rules
from portal.grants.evaluation.eligibility.models import (
    Clarification,
    ClarificationFile,
    EligibilityCheck,
)
from portal.grants.evaluation.eligibility.rules import WORKFLOW, Event
from portal.grants.evaluation.visibility import of_the_board

guards(
    _l("The reply has been sent already."), "clarifications_sealed", "clarification_files_sealed"
)


Sent = tuple[Question, documents.Incoming]


def questions_of(clarification: Clarification, application: Application) -> list[Question]:
    """The questions that the clarification opens, in the order of the form."""
    return [
        question
        for section in sections_of(application.competition)
        for question in section.questions
        if question.key in clarification.question_keys
    ]


def living_files(clarification: Clarification) -> list[ClarificationFile]:
    """The files that stand in the reply."""
    return [file for file in clarification.files if file.removed_at is None]


def save(
    actor: Person,
    application: Application,
    clarification: Clarification,
    answers: Mapping[str, Any],
    *,
    version: int,
    arrived_at: datetime,
    uploads: Sequence[tuple[Question, FileStorage]] = (),
) -> None:
    """Keep what has been answered so far, and take in files. Only the opened questions change.

    Raises StaleForm, StateConflict once it has been sent or the time is over, Invalid for a file.
    """
    with (
        _sent(clarification, arrived_at, uploads) as files,
        unit_of_work(actor, "clarification.saved", application) as work,
    ):
        _open(work, clarification, arrived_at, version)
        _keep(clarification, application, answers)
        _attach(work, clarification, files)


def remove_file(
    actor: Person,
    application: Application,
    clarification: Clarification,
    file: ClarificationFile,
    *,
    arrived_at: datetime,
) -> None:
    """Take a file out of the reply. Raises StateConflict once it has been sent."""
    with unit_of_work(actor, "clarification.file_removed", application) as work:
        _open(work, clarification, arrived_at)
        file.removed_at = file.removed_at or clock.now()


def send(
    actor: Person,
    application: Application,
    clarification: Clarification,
    answers: Mapping[str, Any],
    *,
    version: int,
    arrived_at: datetime,
    uploads: Sequence[tuple[Question, FileStorage]] = (),
) -> None:
    """Send the reply: it is sealed, the check goes on, the officer who asked is told.

    Raises NotReady with what is wrong with the answers, StaleForm, StateConflict when it is late.
    """
    with (
        _sent(clarification, arrived_at, uploads) as files,
        unit_of_work(actor, "clarification.replied", application) as work,
    ):
        check = clarification.check
        work.lock(check)  # before its clarification, as the board's verbs do
        _open(work, clarification, arrived_at, version)
        _keep(clarification, application, answers)
        _attach(work, clarification, files)
        db.session.flush()
        _complete(clarification, application)
        _seal(work, actor, application, clarification, arrived_at)
        check.state = WORKFLOW.next(check, check.state, Event.REPLY)
        _tell_officer(work, application, check, clarification)


def _open(
    work: Work, clarification: Clarification, arrived_at: datetime, version: int | None = None
) -> None:
    """Lock it and make sure that it may still be answered."""
    if version is None:
        work.lock(clarification)
    else:
        work.expect(clarification, version)
    _require_open(clarification, arrived_at)


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


def _keep(
    clarification: Clarification, application: Application, answers: Mapping[str, Any]
) -> None:
    opened = set(clarification.question_keys)
    clarification.answers = {
        key: value for key, value in answers.items() if key in opened and value is not None
    }


@contextmanager
def _sent(
    clarification: Clarification,
    arrived_at: datetime,
    uploads: Sequence[tuple[Question, FileStorage]],
) -> Iterator[list[Sent]]:
    """Send the files to the opened questions. Raises Invalid for one that cannot be taken."""
    if uploads:
        _require_open(clarification, arrived_at)
    with documents.sending() as send:
        yield [
            (question, send(upload, field=f"q_{question.key}"))
            for question, upload in uploads
            if question.key in clarification.question_keys
        ]


def _attach(work: Work, clarification: Clarification, files: Sequence[Sent]) -> None:
    for question, incoming in files:
        beside = sum(file.file.size for file in living_files(clarification))
        stored = incoming.place(work, purpose="clarification", limits=Limits(beside=beside))
        clarification.files.append(
            ClarificationFile(
                question_key=question.key,
                file=stored,
                file_id=stored.id,
                names_minors=names_minors(question),
                added_by_id=work.actor_id,
            )
        )


def _complete(clarification: Clarification, application: Application) -> None:
    questions = questions_of(clarification, application)
    files: dict[str, list[ClarificationFile]] = {}
    for file in living_files(clarification):
        files.setdefault(file.question_key, []).append(file)
    problems = validate(questions, {**(clarification.answers or {}), **files}, for_submit=True)
    if problems:
        known = {question.key: question for question in questions}
        raise NotReady(
            "incomplete",
            _l("The reply is not complete."),
            [f"{known[p.key].label}: {words.message(p, known[p.key])}" for p in problems],
        )


def _seal(
    work: Work,
    actor: Person,
    application: Application,
    clarification: Clarification,
    arrived_at: datetime,
) -> None:
    submission = current_submission(application)
    if submission is None:
        raise StateConflict("withdrawn", _l("This application has been withdrawn."))
    kept = clarification.answers or {}
    content = rules.sealed_reply(
        number=application.number or "",
        clarification=str(clarification.id),
        asked_at=clarification.asked_at,
        received_at=arrived_at,
        sent_by=actor.name,
        title=_new_title(clarification, application),
        # Of every question that was open, an emptied one too: that says something as well.
        answers={
            question.key: kept.get(question.key)
            for question in questions_of(clarification, application)
            if not kind_of(question.kind).limits
        },
        files=[_as_sealed(file) for file in living_files(clarification)],
    )
    clarification.reply = work.add(
        Reply(
            submission_id=submission.id,
            received_at=whole_second(arrived_at),
            sent_by_id=actor.id,
            content=content,
            seal=seal(content),
        )
    )


def _new_title(clarification: Clarification, application: Application) -> str | None:
    """The project's title, where the question that measures it was open."""
    opened = questions_of(clarification, application)
    key = next((question.key for question in opened if question.measures == "title"), None)
    return title_of({"title": (clarification.answers or {}).get(key)}) or None if key else None


def _as_sealed(file: ClarificationFile) -> SealedFile:
    stored = file.file
    return SealedFile(
        id=str(file.id),
        question=file.question_key,
        name=stored.name,
        size=stored.size,
        media_type=stored.media_type,
        sha256=stored.sha256,
        names_minors=file.names_minors,
    )


def _tell_officer(
    work: Work, application: Application, check: EligibilityCheck, clarification: Clarification
) -> None:
    """Who asked; where they may not read it any more, the officers who may."""
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
