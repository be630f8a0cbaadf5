"""The applicants' pages of a draft."""

from functools import partial
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.core import formats, languages
from portal.core.access import may, requires, signed_in
from portal.core.accounts.rights import Right as Accounts
from portal.core.arrival import arrived_at
from portal.core.documents.views import send, send_bytes
from portal.core.forms import carried_out, form_page
from portal.core.questions.answers import pages
from portal.core.questions.answers.forms import AnswerSetForm, filled_form, merged_form, sent_form
from portal.core.questions.answers.service import AnswersOwner, Saved
from portal.core.questions.models import AnswerFile, Section
from portal.grants.applications import hooks, obstacles, printed, queries
from portal.grants.applications.drafts import queries as drafts
from portal.grants.applications.drafts import service
from portal.grants.applications.drafts.forms import PartnerForm, StartForm
from portal.grants.applications.models import Application, ApplicationState, Submission
from portal.grants.applications.queries import Draft
from portal.grants.applications.rights import Right
from portal.grants.competitions.cached_terms import quality_criteria_of
from portal.grants.competitions.models import Competition
from portal.grants.competitions.rules import Phase, phase

views = Blueprint("applications", __name__, url_prefix="/my/applications")


@views.get("")
@requires(Right.MINE)
def index() -> ResponseReturnValue:
    actor = signed_in()
    rows = drafts.mine(actor)
    return render_template(
        "grants/applications/drafts/index.html",
        rows=rows,
        outcomes=dict(hooks.outcomes(actor, [row.application for row in rows])),
        waiting=hooks.waiting(actor),
    )


@views.route("/start/<slug:competition>", methods=["GET", "POST"])
@requires(Right.START)
def start(competition: Competition) -> ResponseReturnValue:
    form, organisations = StartForm(), drafts.applying(signed_in())
    form.offer(organisations)
    done = carried_out(
        form,
        lambda: service.start(
            signed_in(),
            competition,
            form.chosen,
            form.partner,
            language=languages.current(),
            received_at=arrived_at(),
        ),
    )
    if done:
        return redirect(url_for(".task_list", application=done.result))
    return form_page(
        "grants/applications/drafts/start.html",
        form,
        competition=competition,
        organisations=organisations,
        needs_partner=any(one.kind == "youth_group" for one in organisations),
    )


@views.get("/<key:application>")
@requires(Right.READ)
def task_list(application: Application) -> ResponseReturnValue:
    actor = signed_in()
    return render_template(
        "grants/applications/drafts/task_list.html",
        application=application,
        competition=application.competition,
        tasks=drafts.task_list(actor, application),
        notices=hooks.notices(application),
        outcome=dict(hooks.outcomes(actor, [application])).get(application.id),
        may_edit=may(Right.EDIT, application),
        may_invite=may(Accounts.CHANGE_ORGANISATION, application.organisation),
    )


@views.route("/<key:application>/partner", methods=["GET", "POST"])
@requires(Right.EDIT)
def partner(application: Application) -> ResponseReturnValue:
    if application.partner is None:
        abort(HTTPStatus.NOT_FOUND)  # a registered organisation applies without a partner
    if request.method == "GET" and queries.final(application, arrived_at()):
        return redirect(url_for(".task_list", application=application))
    form = PartnerForm.of(application.partner)
    if carried_out(
        form,
        lambda: service.change_partner(
            signed_in(), application, form.partner, received_at=arrived_at()
        ),
    ):
        flash(_("Saved."))
        return redirect(url_for(".task_list", application=application))
    return form_page(
        "grants/applications/drafts/partner.html",
        form,
        application=application,
        competition=application.competition,
    )


# --------------------------------------------------------------------- sections


@views.get("/<key:application>/sections/<part>")
@requires(Right.READ)
def section(application: Application, part: Section) -> ResponseReturnValue:
    draft = queries.draft(application)
    form = filled_form(draft.current, part.questions, **obstacles.asked(draft, part))
    obstacles.of_draft(draft, part).show(form, for_submit="check" in request.args)
    return section_page(draft, part, form)


@views.post("/<key:application>/sections/<part>")
@requires(Right.EDIT)
def save(application: Application, part: Section) -> ResponseReturnValue:
    """Redirect, or show the page again with conflicts and refusals."""
    form, owner = _sent(application, part)
    saved = pages.save(signed_in(), owner, form, received_at=arrived_at())
    draft = queries.Draft(application, saved.current) if saved else queries.draft(application)
    if saved and saved.conflicts:
        form = merged_form(form, saved, **obstacles.asked(draft, part))
    if form.refusal or form.rearranged:
        return section_page(draft, part, form, saved)
    if removed := pages.remove(signed_in(), owner, received_at=arrived_at()):
        flash(_("“%(name)s” has been removed.", name=removed.file.name))
        draft = queries.draft(application)
    onwards = _onwards(application, part)
    if obstacles.of_draft(draft, part).messages(for_submit=False):
        wrong = _("Saved, but something in “%(part)s” is still to be put right.", part=part.title)
        flash(wrong, "warning")
    elif onwards == url_for(".task_list", application=application):  # no next section shows it
        flash(_("Saved."))
    return redirect(onwards)


@views.post("/<key:application>/sections/<part>/autosave")
@requires(Right.EDIT)
def autosave(application: Application, part: Section) -> ResponseReturnValue:
    form, owner = _sent(application, part)
    return pages.autosave(
        signed_in(),
        owner,
        form,
        received_at=arrived_at(),
        left=formats.remaining(application.competition.deadline),
    )


@views.post("/<key:application>/files")
@requires(Right.EDIT)
def attach(application: Application) -> ResponseReturnValue:
    return pages.attach(
        signed_in(),
        service.answers_owner(application),
        received_at=arrived_at(),
        file_url=partial(_file_url, application),
    )


def _sent(application: Application, part: Section) -> tuple[AnswerSetForm, AnswersOwner]:
    """The form as it was sent, and the owner of the answers that were read for it."""
    draft = queries.draft(application)
    form = sent_form(part.questions, **obstacles.asked(draft, part))
    return form, service.answers_owner(application, draft.current)


def section_page(
    draft: Draft, part: Section, form: AnswerSetForm, saved: Saved | None = None
) -> ResponseReturnValue:
    """One section of the form, for writing or reading; the submission, once that is final."""
    application = draft.application
    sections = [one.key for one in draft.sections]
    final = queries.final(application, arrived_at())
    submitted = queries.current_submission(application)
    return form_page(
        "grants/applications/drafts/section.html",
        form,
        application=application,
        competition=application.competition,
        project=application.counted.title if final else application.draft_title,
        section=part,
        criteria=[
            one
            for one in quality_criteria_of(application.competition)
            if one.section_key == part.key
        ],
        place=(sections.index(part.key) + 1, len(sections)),
        current=draft.current,
        owner=service.answers_owner(application),
        saved=saved,
        last=draft.current.last_saved(part),
        shown=queries.part_of(final, part) if final else draft.shown(part),
        changed=final is None and submitted is not None and draft.differs_in(part, submitted),
        may_edit=bool(may(Right.EDIT, application)),
        is_open=phase(application.competition, arrived_at()) is Phase.OPEN,
        file_url=partial(_file_url, application),
    )


def _file_url(application: Application, file: AnswerFile) -> str:
    return url_for("applications.file", application=application, attachment=file.id)


def _onwards(application: Application, part: Section) -> str:
    """The URL for the pressed button: this section, the next one, or the list."""
    if request.form.keys() & {"attach", "remove"}:
        return url_for(".section", application=application, part=part.key)
    following = drafts.next_section(application.competition, part)
    if request.form.get("then") == "return" or following is None:
        return url_for(".task_list", application=application)
    return url_for(".section", application=application, part=following.key)


# ------------------------------------------------------------------------ files


@views.get("/<key:application>/files/<key:attachment>")
@requires(Right.READ)
def file(application: Application, attachment: AnswerFile) -> ResponseReturnValue:
    if queries.final(application, arrived_at()) and not queries.counts(application, attachment):
        abort(HTTPStatus.NOT_FOUND)
    return send(attachment.file)


@views.get("/<key:application>/application.pdf")
@requires(Right.READ)
def pdf(application: Application) -> ResponseReturnValue:
    """The submission; of a draft that is none or differs from it in an open call, the draft."""
    if final := queries.final(application, arrived_at()):
        return _submitted_pdf(application, final)
    draft, current = queries.draft(application), queries.current_submission(application)
    if current is not None and not draft.differs_from(current):
        return _submitted_pdf(application, current)
    content = printed.draft_pdf(draft, counts=current is not None)
    return send_bytes(content, name=f"{application.draft_title or application.id}.pdf")


def _submitted_pdf(application: Application, submission: Submission) -> ResponseReturnValue:
    url = "submission.submitted_pdf"
    return redirect(url_for(url, application=application, revision=submission.revision))


@views.get("/<key:application>/discard")
@requires(Right.EDIT)
def ask_to_discard(application: Application) -> ResponseReturnValue:
    if application.state is not ApplicationState.DRAFT:
        return redirect(url_for(".task_list", application=application))
    return render_template("grants/applications/drafts/discard.html", application=application)


@views.post("/<key:application>/discard")
@requires(Right.EDIT)
def discard(application: Application) -> ResponseReturnValue:
    service.discard(signed_in(), application)
    flash(_("The draft has been deleted."))
    return redirect(url_for(".index"))
