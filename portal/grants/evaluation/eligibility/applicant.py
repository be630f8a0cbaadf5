"""The applicant's pages of a clarification."""

from http import HTTPStatus

from flask import (
    Blueprint,
    abort,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.core import formats
from portal.core.access import may, requires, signed_in
from portal.core.arrival import arrived_at
from portal.core.documents.views import send as send_file
from portal.core.errors import DomainError, StaleForm
from portal.core.forms import refused_autosave
from portal.core.periods import in_time
from portal.core.questions.rules import validate
from portal.core.versions import version_of
from portal.grants.applications.models import Application
from portal.grants.evaluation.eligibility import forms, queries, replies
from portal.grants.evaluation.eligibility.models import Clarification, ClarificationFile
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
    application: Application, asked: Clarification, form: forms.ReplyForm | None = None
) -> ResponseReturnValue:
    """The questions that are open with the original answers above, or the reply that was sent."""
    questions = replies.questions_of(asked, application)
    kept = counted_answers(application) if asked.answers is None else asked.answers
    form = form or forms.filled_reply(questions, asked, kept)
    page = render_template(
        "grants/evaluation/eligibility/reply.html",
        application=application,
        competition=application.competition,
        asked=asked,
        form=form,
        questions=questions,
        shown=replies_of(application, [asked], minors=True)[0],
        files=replies.living_files(asked),
        open=asked.waits and in_time(asked.until, arrived_at()),
        writable=bool(may(Right.REPLY, application)),
        file_url=lambda file: url_for(".file", application=application, reply_file=file.id),
    )
    return page, form.status


@views.post("")
@requires(Right.REPLY)
def save(application: Application) -> ResponseReturnValue:
    """Keep the draft, take in or remove a file, or send the reply, as the pressed button says."""
    asked = _latest(application)
    questions = replies.questions_of(asked, application)
    form = forms.sent_reply(questions)
    if form.rearranged:
        return _page(application, asked, form)
    sending = "send" in request.form
    try:
        _carry_out(application, asked, form, sending=sending)
    except DomainError as refusal:
        return _refused(application, asked, form, refusal)
    _remove(application, asked)
    flash(_("The reply is sent and sealed.") if sending else _("The draft is saved."))
    return redirect(url_for(".reply", application=application))


def _carry_out(
    application: Application, asked: Clarification, form: forms.ReplyForm, *, sending: bool
) -> None:
    verb = replies.send if sending else replies.save
    verb(
        signed_in(),
        application,
        asked,
        form.typed,
        version=form.seen_version,
        arrived_at=arrived_at(),
        uploads=form.uploads,
    )


def _refused(
    application: Application, asked: Clarification, form: forms.ReplyForm, refusal: DomainError
) -> ResponseReturnValue:
    """What was typed, with what keeps it from being sent; of a stale form both versions."""
    asked = _latest(application)
    if refusal.code == "incomplete":
        questions = replies.questions_of(asked, application)
        files = {
            q.key: [f for f in replies.living_files(asked) if f.question_key == q.key]
            for q in questions
        }
        form.show(validate(questions, {**files, **form.typed}, for_submit=True))
    else:
        form.refuse(refusal)
    if isinstance(refusal, StaleForm):
        form.version.typed = version_of(asked)
    response = make_response(_page(application, asked, form))
    response.status_code = refusal.status
    return response


def _remove(application: Application, asked: Clarification) -> None:
    """Remove the file whose button was pressed; what was typed is saved already."""
    pressed = request.form.get("remove", "")
    for file in replies.living_files(asked):
        if str(file.id) == pressed:
            replies.remove_file(signed_in(), application, asked, file, arrived_at=arrived_at())


@views.post("/autosave")
@requires(Right.REPLY)
def autosave(application: Application) -> ResponseReturnValue:
    asked = _latest(application)
    form = forms.sent_reply(replies.questions_of(asked, application))
    try:
        replies.save(
            signed_in(),
            application,
            asked,
            form.typed,
            version=form.seen_version,
            arrived_at=arrived_at(),
        )
    except DomainError as refusal:
        return refused_autosave(refusal)
    return jsonify(saved=formats.clocktime(arrived_at()), version=version_of(asked))


@views.get("/files/<key:reply_file>")
@requires(Right.READ_OWN_FILE)
def file(application: Application, reply_file: ClarificationFile) -> ResponseReturnValue:
    return send_file(reply_file.file)
