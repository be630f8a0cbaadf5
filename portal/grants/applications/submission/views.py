"""Pages of checking, submitting and withdrawing; the receipt."""

from flask import Blueprint, flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.core.access import may, requires, signed_in
from portal.core.arrival import arrived_at
from portal.core.documents.views import protect, send_bytes
from portal.core.forms import carried_out, form_page
from portal.grants.applications import hooks, obstacles, printed, queries
from portal.grants.applications.drafts.service import NotOpen
from portal.grants.applications.models import Application, Submission
from portal.grants.applications.register.queries import entry_of
from portal.grants.applications.rights import Right
from portal.grants.applications.submission import service
from portal.grants.applications.submission.forms import SubmitForm
from portal.grants.competitions.rules import Phase, phase
from portal.grants.competitions.terms.rules import Terms

views = Blueprint("submission", __name__, url_prefix="/my/applications")


@views.get("/<key:application>/check")
@requires(Right.READ)
def check(application: Application) -> ResponseReturnValue:
    if queries.final(application, arrived_at()):
        return redirect(url_for(".receipt", application=application))
    return check_page(application, SubmitForm())


@views.post("/<key:application>/submit")
@requires(Right.EDIT)
def submit(application: Application) -> ResponseReturnValue:
    form = SubmitForm()
    if carried_out(
        form,
        lambda: service.submit(
            signed_in(), application, seen=form.seen.data, received_at=arrived_at()
        ),
    ):
        return redirect(url_for(".receipt", application=application))
    return check_page(application, form)


def check_page(application: Application, form: SubmitForm) -> ResponseReturnValue:
    """All answers with what is missing, and the reason of a refused submission.

    Shows the submission once that is final.
    """
    draft = queries.draft(application)
    submission = queries.current_submission(application)
    is_open = phase(application.competition, arrived_at()) is Phase.OPEN
    final = None if is_open else submission
    form.seen.typed = service.print_of(draft)
    return form_page(
        "grants/applications/submission/check.html",
        form,
        application=application,
        competition=application.competition,
        project=application.counted.title if final else application.draft_title,
        content=queries.counted_content(final, minors=True)
        if final
        else queries.content_of_draft(draft),
        obstacles=obstacles.obstacles(draft) if is_open else [],
        submission=submission,
        changed=submission is None or (is_open and draft.differs_from(submission)),
        is_open=is_open,
        is_late=isinstance(form.refusal, NotOpen),
        may_edit=bool(may(Right.EDIT, application)),
        file_url=lambda file: url_for(
            "applications.file", application=application, attachment=file.id
        ),
    )


# ---------------------------------------------------------------------- receipt


@views.get("/<key:application>/receipt")
@requires(Right.READ)
def receipt(application: Application) -> ResponseReturnValue:
    if not application.submissions:
        return redirect(url_for("applications.task_list", application=application))
    submission, competition = application.submissions[-1], application.competition
    is_open = phase(competition, arrived_at()) is Phase.OPEN
    counts = submission.superseded_at is None
    return render_template(
        "grants/applications/submission/receipt.html",
        application=application,
        competition=competition,
        submission=submission,
        counts=counts,
        changed=counts and is_open and queries.draft(application).differs_from(submission),
        entry=entry_of(submission),
        next_steps=list(printed.next_steps(Terms.of(competition), submission.created_at)),
        notices=hooks.notices(application),
        outcome=dict(hooks.outcomes(signed_in(), [application])).get(application.id),
        submitted_by=printed.submitted_by(submission),
        is_open=is_open,
        may_edit=bool(may(Right.EDIT, application)),
    )


@views.get("/<key:application>/revisions/<int:revision>/receipt.pdf")
@requires(Right.READ)
def receipt_pdf(application: Application, revision: Submission) -> ResponseReturnValue:
    name = _("Receipt %(number)s", number=application.number)
    return send_bytes(printed.receipt_pdf(revision, minors=True), name=f"{name}.pdf")


@views.get("/<key:application>/revisions/<int:revision>/receipt.json")
@requires(Right.READ)
def receipt_json(application: Application, revision: Submission) -> ResponseReturnValue:
    return protect(jsonify(printed.record(revision)), f"{application.number}.json")


@views.get("/<key:application>/revisions/<int:revision>/application.pdf")
@requires(Right.READ)
def submitted_pdf(application: Application, revision: Submission) -> ResponseReturnValue:
    content = printed.submitted_pdf(revision, minors=True)
    return send_bytes(content, name=f"{application.number}.pdf")


# --------------------------------------------------------------------- withdraw


@views.get("/<key:application>/withdraw")
@requires(Right.EDIT)
def ask_to_withdraw(application: Application) -> ResponseReturnValue:
    if phase(application.competition, arrived_at()) is not Phase.OPEN:
        return redirect(url_for(".receipt", application=application))
    return render_template(
        "grants/applications/submission/withdraw.html",
        application=application,
        competition=application.competition,
    )


@views.post("/<key:application>/withdraw")
@requires(Right.EDIT)
def withdraw(application: Application) -> ResponseReturnValue:
    service.withdraw(signed_in(), application, received_at=arrived_at())
    flash(_("Application %(number)s has been withdrawn.", number=application.number))
    return redirect(url_for("applications.task_list", application=application))
