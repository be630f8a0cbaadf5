"""The board's pages of the eligibility check."""

from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug import Response

from portal.core import clock
from portal.core.access import may, requires, signed_in
from portal.core.accounts.models import Role
from portal.core.accounts.rights import holds
from portal.core.arrival import all_received
from portal.core.documents.views import send
from portal.core.forms import carried_out, form_page
from portal.core.questions.models import AnswerFile
from portal.grants.applications import hooks
from portal.grants.applications.correspondence import queries as correspondence
from portal.grants.applications.models import Application
from portal.grants.applications.queries import counted_content, current_submission
from portal.grants.applications.rights import Right as Applications
from portal.grants.competitions.cached_terms import sections_of
from portal.grants.competitions.labels import by_post
from portal.grants.competitions.models import Competition
from portal.grants.evaluation.eligibility import forms, queries, rules, service
from portal.grants.evaluation.eligibility.clarifications import replies_of
from portal.grants.evaluation.eligibility.labels import STATES, TAGS, VERDICTS
from portal.grants.evaluation.eligibility.models import (
    CheckState,
    EligibilityCheck,
)
from portal.grants.evaluation.eligibility.rights import Right
from portal.grants.evaluation.preconditions import is_under_evaluation
from portal.grants.evaluation.visibility import REASONS

views = Blueprint(
    "eligibility", __name__, url_prefix="/board/competitions/<slug:competition>/eligibility"
)
DAYS_TO_REPLY = 5  # working days, as default


@views.context_processor
def _names() -> dict[str, object]:
    return {
        "Right": Right,
        "STATES": STATES,
        "TAGS": TAGS,
        "VERDICTS": VERDICTS,
        "is_under_evaluation": is_under_evaluation,
    }


@views.get("")
@requires(Right.LIST)
def index(competition: Competition) -> ResponseReturnValue:
    """`?state=` filters the list by state; other values show all."""
    wanted = request.args.get("state", "")
    state = CheckState(wanted) if wanted in set(CheckState) else None
    return render_template(
        "grants/evaluation/eligibility/index.html",
        competition=competition,
        state=state,
        counts=queries.counts(competition),
        lines=queries.checks(signed_in(), competition, *([state] if state else [])),
        first=hooks.before_reading(signed_in(), competition),
        REASONS=REASONS,
        actor=signed_in(),
        checks=bool(holds(signed_in(), Role.OFFICER, competition.municipality_id)),
    )


@views.get("/<number:application>")
@requires(Right.READ)
def check(competition: Competition, application: Application) -> ResponseReturnValue:
    return _check_page(competition, application)


def _check_page(
    competition: Competition, application: Application, form: forms.CheckForm | None = None
) -> ResponseReturnValue:
    """The criteria beside the content, with the clarifications and their replies."""
    found = queries.check_of(application)
    criteria = queries.criteria(competition)
    answered = queries.answered(found, criteria)
    waiting = queries.waiting(found)
    minors = bool(may(Applications.SEE_MINORS_STATEMENT, application))
    submission = current_submission(application)
    return form_page(
        "grants/evaluation/eligibility/check.html",
        form or forms.check_form(criteria, found, answered),
        competition=competition,
        application=application,
        check=found,
        criteria=criteria,
        answered=answered,
        waiting=waiting,
        overdue=waiting is not None and all_received(waiting.until),
        content=counted_content(submission, minors=minors) if submission else None,
        replies=replies_of(application, found.clarifications if found else (), minors=minors),
        file_url=lambda file: url_for(
            "intake.file", competition=competition, application=application, attachment=file.id
        ),
        reply_file_url=lambda file: url_for(
            ".file", competition=competition, application=application, reply_file=file.id
        ),
        letters=correspondence.sent(application),
        reopens=found is not None and rules.is_decided(found.state),
        actor=signed_in(),
    )


@views.post("/<number:application>")
@requires(Right.CHECK)
def answer(competition: Competition, application: Application) -> ResponseReturnValue:
    """Save the answers; `then` is whether to accept, to propose rejection, or neither."""
    form = forms.check_form(queries.criteria(competition), None, {})
    verb, said = {
        "accept": (service.accept, _("The application is eligible and goes to the committee.")),
        "propose": (
            service.propose_rejection,
            _("The rejection is proposed. Somebody else has to confirm it."),
        ),
    }.get(request.form.get("then", ""), (service.answer, ""))
    if not carried_out(
        form,
        lambda: verb(signed_in(), application, form.answers, version=form.seen_version),
    ):
        return _check_page(competition, application, form)
    if said:
        flash(said)
        return redirect(url_for(".index", competition=competition))
    return _check(competition, application, _("Saved."))


def _check(competition: Competition, application: Application, message: str) -> Response:
    flash(message)
    return redirect(url_for(".check", competition=competition, application=application))


@views.route("/<number:application>/clarification", methods=["GET", "POST"])
@requires(Right.CHECK)
def ask(competition: Competition, application: Application) -> ResponseReturnValue:
    form = forms.AskForm()
    form.offer(
        [(q.key, str(q.label)) for section in sections_of(competition) for q in section.questions],
        rules.after_working_days(clock.today(), DAYS_TO_REPLY),
        queries.unclear(application),
    )
    outlook = correspondence.outlook_of([application])
    if carried_out(
        form,
        lambda: service.ask(
            signed_in(),
            application,
            question_keys=form.questions.data,
            message=form.message.data,
            until=clock.end_of(form.until.data),
        ),
    ):
        asked = by_post(outlook) or _("The applicant is written to.")
        opened = _("Only what you have chosen is open.")
        return _check(competition, application, f"{asked} {opened}")
    return form_page(
        "grants/evaluation/eligibility/ask.html",
        form,
        competition=competition,
        application=application,
        outlook=outlook,
    )


@views.post("/<number:application>/clarification/take-back")
@requires(Right.CHECK)
def take_back(competition: Competition, application: Application) -> ResponseReturnValue:
    service.take_back(signed_in(), application)
    return _check(competition, application, _("The question is closed."))


@views.route("/<number:application>/rejection", methods=["GET", "POST"])
@requires(Right.CONFIRM)
def confirm(competition: Competition, application: Application) -> ResponseReturnValue:
    found = _begun(application)
    form = forms.ConfirmForm(obj=found)
    if carried_out(
        form,
        lambda: service.confirm_rejection(signed_in(), application, version=form.seen_version),
    ):
        flash(_("The rejection is confirmed."))
        return redirect(url_for(".index", competition=competition))
    return _rejection_page(competition, application, found, form)


@views.route("/<number:application>/rejection/return", methods=["GET", "POST"])
@requires(Right.CONFIRM)
def give_back(competition: Competition, application: Application) -> ResponseReturnValue:
    found = _begun(application)
    form = forms.ReturnForm(obj=found)
    if carried_out(
        form,
        lambda: service.return_rejection(
            signed_in(), application, note=form.note.data, version=form.seen_version
        ),
    ):
        return _check(competition, application, _("The check is open again."))
    return _rejection_page(competition, application, found, form)


@views.route("/<number:application>/reopen", methods=["GET", "POST"])
@requires(Right.CHECK)
def reopen(competition: Competition, application: Application) -> ResponseReturnValue:
    found = _begun(application)
    form = forms.ReopenForm(obj=found)
    if carried_out(
        form,
        lambda: service.reopen(
            signed_in(), application, note=form.note.data, version=form.seen_version
        ),
    ):
        return _check(competition, application, _("The check is open again."))
    return form_page(
        "grants/evaluation/eligibility/reopen.html",
        form,
        competition=competition,
        application=application,
        check=found,
        decided=rules.is_decided(found.state),
    )


def _begun(application: Application) -> EligibilityCheck:
    """The existing check; 404 if there is none."""
    return queries.check_of(application) or abort(HTTPStatus.NOT_FOUND)


def _rejection_page(
    competition: Competition,
    application: Application,
    check: EligibilityCheck,
    form: forms.ConfirmForm | forms.ReturnForm,
) -> ResponseReturnValue:
    criteria = queries.criteria(competition)
    return form_page(
        "grants/evaluation/eligibility/rejection.html",
        form,
        competition=competition,
        application=application,
        check=check,
        criteria=criteria,
        answered=queries.answered(check, criteria),
        own=check.proposed_by_id == signed_in().id,
    )


@views.get("/<number:application>/files/<key:reply_file>")
@requires(Right.READ_FILE)
def file(
    competition: Competition, application: Application, reply_file: AnswerFile
) -> ResponseReturnValue:
    return send(reply_file.file)
