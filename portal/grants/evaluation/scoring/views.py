"""The committee's pages: own work, the score sheet, the chair's progress page, the discussion."""

from http import HTTPStatus

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.core import formats
from portal.core.access import may, requires, signed_in
from portal.core.documents.views import send
from portal.core.forms import carried_out, form_page, refused_autosave
from portal.core.questions.models import AnswerFile
from portal.grants.applications.models import Application
from portal.grants.competitions.models import Competition
from portal.grants.evaluation.committee import forms as committee_forms
from portal.grants.evaluation.committee import queries as committee
from portal.grants.evaluation.committee.labels import ROLES
from portal.grants.evaluation.committee.progress import progress as progress_of
from portal.grants.evaluation.committee.rights import Right as Committee
from portal.grants.evaluation.committee.service import remind as remind_members
from portal.grants.evaluation.eligibility.clarifications import replies_sent
from portal.grants.evaluation.preconditions import is_under_evaluation
from portal.grants.evaluation.scoring import forms, queries, rules, service
from portal.grants.evaluation.scoring.discussion import discussion as sheets_side_by_side
from portal.grants.evaluation.scoring.labels import TAGS, WORK_STATES
from portal.grants.evaluation.scoring.models import ScoreSheet, SheetState
from portal.grants.evaluation.scoring.rights import Right

views = Blueprint("scoring", __name__, url_prefix="/committee")


@views.context_processor
def _names() -> dict[str, object]:
    return {
        "Right": Right,
        "Committee": Committee,
        "ROLES": ROLES,
        "WORK_STATES": WORK_STATES,
        "TAGS": TAGS,
        "is_under_evaluation": is_under_evaluation,
    }


@views.get("")
@requires(Committee.SIT)
def index() -> ResponseReturnValue:
    return render_template(
        "grants/evaluation/scoring/index.html", seats=queries.my_seats(signed_in())
    )


@views.get("/<slug:competition>")
@requires(Committee.WORK)
def work(competition: Competition) -> ResponseReturnValue:
    actor = signed_in()
    return render_template(
        "grants/evaluation/scoring/work.html",
        competition=competition,
        work=queries.OwnWork(queries.my_work(actor, competition)),
        settings=committee.round_of(competition),
        roles=queries.roles_of(actor, competition),
        criteria=len(queries.criteria(competition)),
    )


# ------------------------------------------------------------------- the sheet


@views.get("/<slug:competition>/applications/<number:application>")
@requires(Committee.DECLARE)
def sheet(competition: Competition, application: Application) -> ResponseReturnValue:
    if committee.declaration(signed_in(), application) is None:
        return redirect(
            url_for("committee.declare", competition=competition, application=application)
        )
    allowed = may(Right.READ, competition, application)
    if not allowed:
        abort(HTTPStatus.FORBIDDEN, description=str(allowed.reason))
    return _sheet_page(competition, application)


def _sheet_page(
    competition: Competition, application: Application, form: forms.ScoreSheetForm | None = None
) -> ResponseReturnValue:
    """The application beside one's own sheet: a form, the locked sheet, or none."""
    criteria = queries.criteria(competition)
    own = queries.sheet_of(signed_in(), application)
    form = form or forms.sheet_form(criteria, own)
    return form_page(
        "grants/evaluation/scoring/sheet.html",
        form,
        competition=competition,
        application=application,
        content=queries.content(application),
        sheet=own,
        criteria=criteria,
        scales={criterion.key: queries.scale(criterion) for criterion in criteria},
        rules=rules,
        open=own is None or own.state is SheetState.DRAFT,
        reopened=queries.reopened(own) if own else None,
        file_url=lambda file: url_for(
            ".file", competition=competition, application=application, attachment=file.id
        ),
        replies=replies_sent(application),
        reply_file_url=lambda file: url_for(
            ".reply_file", competition=competition, application=application, reply_file=file.id
        ),
        following=queries.following(signed_in(), competition, application),
    )


@views.post("/<slug:competition>/applications/<number:application>")
@requires(Right.SCORE)
def save(competition: Competition, application: Application) -> ResponseReturnValue:
    form = _sent(competition, application)
    if not carried_out(form, lambda: _keep(application, form)):
        return _sheet_page(competition, application, form)
    onwards = ".check" if "check" in request.form else ".work"
    if onwards == ".work":
        flash(_("The draft is saved."))
    return redirect(url_for(onwards, competition=competition, application=application))


@views.post("/<slug:competition>/applications/<number:application>/autosave")
@requires(Right.SCORE)
def autosave(competition: Competition, application: Application) -> ResponseReturnValue:
    form = _sent(competition, application)
    if done := carried_out(form, lambda: _keep(application, form)):
        saved = done.result
        return jsonify(saved=formats.clocktime(saved.saved_at), version=form.version_after(saved))
    if form.refusal:
        return refused_autosave(form.refusal)
    message = "; ".join(text for text, _target in form.problems)
    return jsonify(message=message), HTTPStatus.UNPROCESSABLE_ENTITY


def _sent(competition: Competition, application: Application) -> forms.ScoreSheetForm:
    """The form as it was sent; stored values do not fill its gaps."""
    return forms.sheet_form(queries.criteria(competition), None)


def _keep(application: Application, form: forms.ScoreSheetForm) -> ScoreSheet:
    return service.save(
        signed_in(),
        application,
        form.given,
        overall=form.overall.data or "",
        version=form.seen_version,
    )


@views.route("/<slug:competition>/applications/<number:application>/check", methods=["GET", "POST"])
@requires(Right.SCORE)
def check(competition: Competition, application: Application) -> ResponseReturnValue:
    """The sheet before submission; what is missing links back to its criterion."""
    own = queries.sheet_of(signed_in(), application)
    if own is None or own.state is not SheetState.DRAFT:
        return redirect(url_for(".sheet", competition=competition, application=application))
    form = forms.VersionForm.of(own)
    if carried_out(
        form, lambda: service.submit(signed_in(), application, version=form.seen_version)
    ):
        flash(_("Submitted and locked: %(number)s.", number=application.number))
        return redirect(url_for(".work", competition=competition))
    criteria = queries.criteria(competition)
    given = queries.given(own, criteria)
    scales = [queries.scale(criterion) for criterion in criteria]
    return form_page(
        "grants/evaluation/scoring/check.html",
        form,
        competition=competition,
        application=application,
        sheet=own,
        criteria=criteria,
        given=given,
        owed=rules.owed(scales, given),
        total=rules.total(scales, given),
        most=rules.most(scales),
    )


@views.route(
    "/<slug:competition>/applications/<number:application>/take-back", methods=["GET", "POST"]
)
@requires(Right.SCORE)
def take_back(competition: Competition, application: Application) -> ResponseReturnValue:
    form = forms.ConfirmForm()
    own = queries.sheet_of(signed_in(), application)
    back = redirect(url_for(".sheet", competition=competition, application=application))
    if own is None or own.state is not SheetState.SUBMITTED:
        return back
    if carried_out(form, lambda: service.take_back(signed_in(), application)):
        flash(_("The sheet is a draft again. Submit it when it is right."))
        return back
    return form_page(
        "grants/evaluation/scoring/take_back.html",
        form,
        competition=competition,
        application=application,
        sheet=own,
    )


@views.get("/<slug:competition>/applications/<number:application>/files/<key:attachment>")
@requires(Right.READ_FILE)
def file(
    competition: Competition, application: Application, attachment: AnswerFile
) -> ResponseReturnValue:
    return send(attachment.file)


@views.get("/<slug:competition>/applications/<number:application>/replies/<key:reply_file>")
@requires(Right.READ_REPLY_FILE)
def reply_file(
    competition: Competition, application: Application, reply_file: AnswerFile
) -> ResponseReturnValue:
    return send(reply_file.file)


# --------------------------------------------------------------- the chair's page


@views.route("/<slug:competition>/progress", methods=["GET", "POST"])
@requires(Committee.SEE_ROUND)
def progress(competition: Competition) -> ResponseReturnValue:
    """The members' progress, and reminders for those with missing sheets."""
    leads = may(Committee.LEAD, competition)
    if request.method == "POST" and not leads:
        abort(HTTPStatus.FORBIDDEN, description=str(leads.reason))
    form = committee_forms.RemindForm()
    rows = progress_of(competition)
    late = [row for row in rows if row.left]
    form.people.choices = [(str(row.person_id), row.name) for row in late]
    if carried_out(
        form,
        lambda: remind_members(
            signed_in(),
            competition,
            [p for p in committee.voting(competition) if str(p.id) in form.people.data],
        ),
    ):
        flash(_("Reminded. Nobody gets more than one reminder a day."))
        return redirect(url_for(".progress", competition=competition))
    return form_page(
        "grants/evaluation/scoring/progress.html",
        form,
        competition=competition,
        rows=rows,
        late=late,
        settings=committee.round_of(competition),
        open_suspicions=committee.open_suspicions(competition),
    )


@views.route("/<slug:competition>/discussion", methods=["GET", "POST"])
@requires(Committee.LEAD)
def open_discussion(competition: Competition) -> ResponseReturnValue:
    missing = committee.sheets_missing(competition)
    form = forms.HurryForm() if missing else forms.ConfirmForm()
    if carried_out(
        form,
        lambda: service.open_discussion(
            signed_in(), competition, reason=form["reason"].data if missing else ""
        ),
    ):
        flash(_("The discussion is open: members see each other's sheets."))
        return redirect(url_for("ranking.show", competition=competition))
    return form_page(
        "grants/evaluation/scoring/open_discussion.html",
        form,
        competition=competition,
        missing=missing,
        count=sum(len(one.numbers) for one in missing),
    )


# ------------------------------------------------------------------ the discussion


@views.get("/<slug:competition>/applications/<number:application>/sheets")
@requires(Right.SEE_SHEETS)
def discussion(competition: Competition, application: Application) -> ResponseReturnValue:
    return render_template(
        "grants/evaluation/scoring/discussion.html",
        competition=competition,
        application=application,
        board=sheets_side_by_side(signed_in(), application),
    )


@views.route(
    "/<slug:competition>/applications/<number:application>/sheets/<key:sheet>/reopen",
    methods=["GET", "POST"],
)
@requires(Right.REOPEN)
def reopen(
    competition: Competition, application: Application, sheet: ScoreSheet
) -> ResponseReturnValue:
    form = forms.ReopenForm()
    if carried_out(
        form, lambda: service.reopen(signed_in(), competition, sheet, reason=form.reason.data)
    ):
        flash(_("The sheet is reopened, and %(name)s has been told.", name=sheet.person.name))
        return redirect(url_for(".discussion", competition=competition, application=application))
    return form_page(
        "grants/evaluation/scoring/reopen.html",
        form,
        competition=competition,
        application=application,
        sheet=sheet,
    )
