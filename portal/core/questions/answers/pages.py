"""Saving and attaching on the pages of all owners of answers, by form and by script."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from operator import attrgetter

from flask import abort, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.core import formats
from portal.core.accounts.models import Person
from portal.core.errors import DomainError
from portal.core.forms import refused_autosave
from portal.core.questions.answers import service
from portal.core.questions.answers.forms import AnswerSetForm
from portal.core.questions.answers.labels import who_changed
from portal.core.questions.answers.queries import CurrentAnswers
from portal.core.questions.answers.service import AnswersOwner, Saved, Typed
from portal.core.questions.models import AnswerFile, Question
from portal.core.questions.rules import takes_files

FileUrl = Callable[[AnswerFile], str]


def save(
    actor: Person, owner: AnswersOwner, form: AnswerSetForm, *, received_at: datetime
) -> Saved | None:
    """Save a form; None if nothing could be saved, with the reason in the form.

    Refused files are also reported in the form; the other answers are saved.
    """
    try:
        saved = service.save(actor, owner, form.questions, form.sent, received_at=received_at)
    except DomainError as refusal:
        form.refuse(refusal)
        return None
    if not saved.conflicts:
        form.catch_up(saved)
    for one in sorted(saved.refused, key=attrgetter("status")):  # the page gets the last one's
        form.refuse(one)
    return saved


def autosave(
    actor: Person,
    owner: AnswersOwner,
    form: AnswerSetForm,
    *,
    received_at: datetime,
    **more: object,
) -> ResponseReturnValue:
    """Save what a script sends; `more` is added to the response. See static/src/js/autosave.js."""
    try:
        typed = replace(form.sent, replacing=(), uploads=())
        saved = service.save(actor, owner, form.questions, typed, received_at=received_at)
    except DomainError as refusal:
        return refused_autosave(refusal)
    if saved.conflicts:
        message = who_changed(saved.current, saved.conflicts)
        answer = {"code": "stale", "message": message, "version": saved.seen.line}
        return jsonify(answer), HTTPStatus.CONFLICT
    return jsonify(
        saved=formats.clocktime(received_at),
        version=saved.seen.line,
        said=who_changed(saved.current, saved.theirs),
        **more,
    )


def attach(
    actor: Person, owner: AnswersOwner, *, received_at: datetime, file_url: FileUrl
) -> ResponseReturnValue:
    """Attach the file that a script sends to a question, and return the question's list of
    files."""
    question = _asked(owner)
    upload = request.files.get("file")
    if upload is None:
        abort(HTTPStatus.UNPROCESSABLE_ENTITY)
    replacing = [question.key] if request.form.get("replace") else []
    typed = Typed({}, replacing=replacing, uploads=[(question, upload)])
    try:
        saved = service.save(actor, owner, [question], typed, received_at=received_at)
    except DomainError as refusal:
        return refused_autosave(refusal)
    if saved.refused:
        return refused_autosave(saved.refused[0])
    return jsonify(
        files=files_of(saved.current, question, file_url),
        said=_("Attached: %(name)s", name=", ".join(one.file.name for one in saved.came)),
        size=formats.filesize(sum(one.file.size for one in saved.current.files)),
    )


def remove(actor: Person, owner: AnswersOwner, *, received_at: datetime) -> AnswerFile | None:
    """Remove the file whose button was pressed, if any; the answers are saved already."""
    pressed = request.form.get("remove", "")
    if not pressed:
        return None
    current = owner.current()
    questions = {one.key: one for one in current.questions}
    for file in current.files:
        if str(file.id) == pressed and file.question_key in questions:
            question = questions[file.question_key]
            service.remove_file(actor, owner, question, file, received_at=received_at)
            return file
    return None


def files_of(current: CurrentAnswers, question: Question, file_url: FileUrl) -> str:
    """The list of a question's files, each with its buttons."""
    return render_template(
        "core/questions/files.html", files=current.files_of(question), file_url=file_url
    )


def _asked(owner: AnswersOwner) -> Question:
    """The question that a script names; 422 if it takes no file or is not open."""
    key = request.form.get("question", "")
    for question in owner.current().questions:
        if question.key == key and takes_files(question):
            return question
    abort(HTTPStatus.UNPROCESSABLE_ENTITY)
