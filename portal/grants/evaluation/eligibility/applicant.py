"""The applicant's pages of a clarification."""

from functools import partial
from http import HTTPStatus
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.core import formats
from portal.core.access import may, requires, signed_in
from portal.core.arrival import arrived_at
from portal.core.documents.views import send as send_file
from portal.core.errors import DomainError, StaleForm
from portal.core.periods import in_time
from portal.core.questions.answers import pages
from portal.core.questions.answers import service as answering
from portal.core.questions.answers.forms import SheetForm, filled_form, merged_form, sent_form
from portal.core.questions.answers.queries import Sheet
from portal.core.questions.answers.service import Saved, Unkeepable
from portal.core.questions.answers.words import who_changed
from portal.core.questions.models import AnswerFile
from portal.grants.applications import checks
from portal.grants.applications.models import Application
from portal.grants.evaluation.eligibility import queries, replies
from portal.grants.evaluation.eligibility.models import Clarification
from portal.grants.evaluation.eligibility.rights import Right
from portal.grants.evaluation.eligibility.shown import counted_answers, replies_of

views = Blueprint(
    "clarifications", __name__, url_prefix="/my/applications/<key:application>/clarification"
)


@views.context_processor
def _names() -> dict[str, object]:
    return {"Right": Right}


def _latest(application: Application) -> Clarification:
    """What was asked last; 404 where nothing was."""
    asked = queries.clarifications_of(application)
    return asked[0] if asked else abort(HTTPStatus.NOT_FOUND)


@views.get("")
@requires(Right.READ_CLARIFICATION)
def reply(application: Application) -> ResponseReturnValue:
    return _page(application, _latest(application))


def _page(
    application: Application,
    asked: Clarification,
    form: SheetForm | None = None,
    saved: Saved | None = None,
) -> tuple[str, HTTPStatus]:
    """The questions that are open with the original answers above, or the reply that was sent."""
    sheet = replies.desk(application, asked).sheet()
    form = form or filled_form(
        sheet, sheet.questions, instead=counted_answers(application), **_asks(application, sheet)
    )
    page = render_template(
        "grants/evaluation/eligibility/reply.html",
        application=application,
        competition=application.competition,
        asked=asked,
        form=form,
        sheet=sheet,
        desk=replies.desk(application, asked),
        saved=saved,
        saved_at=max((row.saved_at for row in sheet.rows.values()), default=None),
        shown=replies_of(application, [asked], minors=True)[0],
        open=asked.waits and in_time(asked.until, arrived_at()),
        writable=bool(may(Right.REPLY, application)),
        file_url=partial(_file_url, application),
    )
    return page, form.status


@views.post("")
@requires(Right.REPLY)
def save(application: Application) -> ResponseReturnValue:
    """Keep the draft, take in or remove a file, or send the reply, as the pressed button says."""
    asked = _latest(application)
    form = _sent(application, asked)
    try:
        if "send" in request.form:
            return _send(application, asked, form)
        desk = replies.desk(application, asked)
        saved = answering.save(
            *(signed_in(), desk, form.questions, form.sent), received_at=arrived_at()
        )
    except DomainError as refusal:
        return _refused(application, asked, form, refusal)
    return _saved(application, asked, form, saved)


def _saved(
    application: Application, asked: Clarification, form: SheetForm, saved: Saved
) -> ResponseReturnValue:
    """The draft again: with what two have changed, or why a file was not taken."""
    if saved.conflicts:
        return _both(application, asked, form, saved)
    form.catch_up(saved)
    for refusal in saved.refused:
        form.refuse(refusal)
    if saved.refused or form.rearranged:
        return _page(application, asked, form)
    pages.remove(signed_in(), replies.desk(application, asked), received_at=arrived_at())
    flash(_("The draft is saved."))
    return redirect(url_for(".reply", application=application))


def _send(application: Application, asked: Clarification, form: SheetForm) -> ResponseReturnValue:
    replies.send(signed_in(), application, asked, form.sent, received_at=arrived_at())
    flash(_("The reply is sent and sealed."))
    return redirect(url_for(".reply", application=application))


def _both(
    application: Application, asked: Clarification, form: SheetForm, saved: Saved
) -> ResponseReturnValue:
    """Both versions of what two have changed: to save or send once more decides."""
    merged = merged_form(form, saved, **_asks(application, saved.sheet))
    merged.refuse(StaleForm(who_changed(saved.sheet, saved.conflicts)))
    page, _status = _page(application, asked, merged, saved)
    return page, HTTPStatus.CONFLICT


def _refused(
    application: Application, asked: Clarification, form: SheetForm, refusal: DomainError
) -> ResponseReturnValue:
    """What was typed, with what keeps it from being sent; of a stale form both versions."""
    latest = _latest(application)
    sheet = replies.desk(application, latest).sheet()
    if isinstance(refusal, StaleForm) and latest.id == asked.id:
        compared = answering.compared(sheet, form.questions, form.sent)
        return _both(application, latest, form, compared)
    if isinstance(refusal, Unkeepable):
        form.show(refusal.problems)
    elif refusal.code == "incomplete":
        replies.judging(application, sheet, form.typed).show(form, for_submit=True)
    else:
        form.refuse(refusal)
    page, _status = _page(application, latest, form)
    return page, refusal.status


def _sent(application: Application, asked: Clarification) -> SheetForm:
    sheet = replies.desk(application, asked).sheet()
    return sent_form(sheet.questions, **_asks(application, sheet))


def _asks(application: Application, sheet: Sheet) -> dict[str, Any]:
    """What the terms of the call ask of answers, as answers.forms takes it."""
    answers = replies.judging(application, sheet).answers
    return {
        "context": checks.context_of(application.competition, sheet.sections, answers),
        "said": checks.said(application.competition, sheet.questions),
    }


@views.post("/autosave")
@requires(Right.REPLY)
def autosave(application: Application) -> ResponseReturnValue:
    asked = _latest(application)
    return pages.autosave(
        *(signed_in(), replies.desk(application, asked), _sent(application, asked)),
        received_at=arrived_at(),
        left=formats.remaining(asked.until),
    )


@views.post("/files")
@requires(Right.REPLY)
def attach(application: Application) -> ResponseReturnValue:
    return pages.attach(
        *(signed_in(), replies.desk(application, _latest(application))),
        received_at=arrived_at(),
        file_url=partial(_file_url, application),
    )


def _file_url(application: Application, file: AnswerFile) -> str:
    return url_for("clarifications.file", application=application, reply_file=file.id)


@views.get("/files/<key:reply_file>")
@requires(Right.READ_OWN_FILE)
def file(application: Application, reply_file: AnswerFile) -> ResponseReturnValue:
    return send_file(reply_file.file)
