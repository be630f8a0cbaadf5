"""The applicant's pages of a clarification."""

from functools import partial
from http import HTTPStatus
from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.core import formats
from portal.core.access import may, requires, signed_in
from portal.core.arrival import arrived_at
from portal.core.documents.views import send as send_file
from portal.core.errors import DomainError, NotReady, StaleForm
from portal.core.forms import form_page
from portal.core.periods import in_time
from portal.core.questions.answers import pages
from portal.core.questions.answers import service as answering
from portal.core.questions.answers.forms import AnswerSetForm, filled_form, merged_form, sent_form
from portal.core.questions.answers.labels import who_changed
from portal.core.questions.answers.queries import CurrentAnswers
from portal.core.questions.answers.service import Saved
from portal.core.questions.models import AnswerFile
from portal.grants.applications import obstacles
from portal.grants.applications.models import Application
from portal.grants.evaluation.eligibility import queries, replies
from portal.grants.evaluation.eligibility.clarifications import counted_answers, replies_of
from portal.grants.evaluation.eligibility.models import Clarification
from portal.grants.evaluation.eligibility.rights import Right

views = Blueprint(
    "clarifications", __name__, url_prefix="/my/applications/<key:application>/clarification"
)


@views.context_processor
def _names() -> dict[str, object]:
    return {"Right": Right}


def _latest(application: Application) -> Clarification:
    """The last clarification; 404 if there is none."""
    asked = queries.clarifications_of(application)
    return asked[0] if asked else abort(HTTPStatus.NOT_FOUND)


@views.get("")
@requires(Right.READ_CLARIFICATION)
def reply(application: Application) -> ResponseReturnValue:
    return _page(application, _latest(application))


def _page(
    application: Application,
    asked: Clarification,
    form: AnswerSetForm | None = None,
    saved: Saved | None = None,
) -> ResponseReturnValue:
    """The open questions with the original answers above, or the reply that was sent."""
    owner = replies.answers_owner(application, asked)
    current = owner.current()
    form = form or filled_form(
        current,
        current.questions,
        instead=counted_answers(application),
        **_asks(application, current),
    )
    return form_page(
        "grants/evaluation/eligibility/reply.html",
        form,
        application=application,
        competition=application.competition,
        asked=asked,
        current=current,
        owner=owner,
        saved=saved,
        saved_at=max((row.saved_at for row in current.rows.values()), default=None),
        shown=replies_of(application, [asked], minors=True)[0],
        open=asked.waits and in_time(asked.until, arrived_at()),
        writable=bool(may(Right.REPLY, application)),
        file_url=partial(_file_url, application),
    )


@views.post("")
@requires(Right.REPLY)
def save(application: Application) -> ResponseReturnValue:
    """Save the draft, add or remove a file, or send the reply, by the button pressed."""
    asked = _latest(application)
    form, owner = _sent(application, asked), replies.answers_owner(application, asked)
    if "send" in request.form:
        return _send(application, asked, form)
    saved = pages.save(signed_in(), owner, form, received_at=arrived_at())
    if form.refusal or form.rearranged or (saved and saved.conflicts):
        return _again(application, asked, form, saved)
    pages.remove(signed_in(), owner, received_at=arrived_at())
    flash(_("The draft is saved."))
    return redirect(url_for(".reply", application=application))


def _send(
    application: Application, asked: Clarification, form: AnswerSetForm
) -> ResponseReturnValue:
    try:
        replies.send(signed_in(), application, asked, form.sent, received_at=arrived_at())
    except NotReady as refusal:  # what is missing is shown beside its questions
        form.refusal = refusal
        current = replies.answers_owner(application, asked).current()
        replies.judging(application, current, form.typed).show(form, for_submit=True)
    except DomainError as refusal:
        form.refuse(refusal)
    else:
        flash(_("The reply is sent and sealed."))
        return redirect(url_for(".reply", application=application))
    return _again(application, asked, form)


def _again(
    application: Application, asked: Clarification, form: AnswerSetForm, saved: Saved | None = None
) -> ResponseReturnValue:
    """The typed answers with the reason of the refusal; both versions of conflicts."""
    latest = _latest(application)
    if isinstance(form.refusal, StaleForm) and latest.id == asked.id:
        current = replies.answers_owner(application, latest).current()
        saved = answering.compared(current, form.questions, form.sent)
    if saved and (saved.conflicts or isinstance(form.refusal, StaleForm)):
        form = merged_form(form, saved, **_asks(application, saved.current))
        form.refuse(StaleForm(who_changed(saved.current, saved.conflicts)))
    return _page(application, latest, form, saved)


def _sent(application: Application, asked: Clarification) -> AnswerSetForm:
    current = replies.answers_owner(application, asked).current()
    return sent_form(current.questions, **_asks(application, current))


def _asks(application: Application, current: CurrentAnswers) -> dict[str, Any]:
    """The call's requirements on answers, as answers.forms takes them."""
    return {
        "context": replies.judging(application, current).context,
        "said": obstacles.said(application.competition, current.questions),
    }


@views.post("/autosave")
@requires(Right.REPLY)
def autosave(application: Application) -> ResponseReturnValue:
    asked = _latest(application)
    return pages.autosave(
        signed_in(),
        replies.answers_owner(application, asked),
        _sent(application, asked),
        received_at=arrived_at(),
        left=formats.remaining(asked.until),
    )


@views.post("/files")
@requires(Right.REPLY)
def attach(application: Application) -> ResponseReturnValue:
    return pages.attach(
        signed_in(),
        replies.answers_owner(application, _latest(application)),
        received_at=arrived_at(),
        file_url=partial(_file_url, application),
    )


def _file_url(application: Application, file: AnswerFile) -> str:
    return url_for("clarifications.file", application=application, reply_file=file.id)


@views.get("/files/<key:reply_file>")
@requires(Right.READ_OWN_FILE)
def file(application: Application, reply_file: AnswerFile) -> ResponseReturnValue:
    return send_file(reply_file.file)
