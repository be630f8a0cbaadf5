"""The applicants' pages of an application in the making."""

from collections.abc import Mapping, Sequence
from functools import partial
from http import HTTPStatus
from typing import Any

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.core import formats
from portal.core.access import may, requires, signed_in
from portal.core.accounts.rights import Right as Accounts
from portal.core.arrival import arrived_at
from portal.core.caching import conditional, this_minute
from portal.core.documents.views import send, send_bytes
from portal.core.errors import DomainError, StaleForm
from portal.core.forms import carried_out, form_page, refused_autosave
from portal.core.questions.models import Section
from portal.grants.applications import checks, hooks, papers, queries
from portal.grants.applications.drafts import queries as drafts
from portal.grants.applications.drafts import rules, service
from portal.grants.applications.drafts.forms import (
    PartnerForm,
    SectionForm,
    StartForm,
    filled_form,
    sent_form,
    version_of,
)
from portal.grants.applications.drafts.stamps import stamp
from portal.grants.applications.models import Application, Attachment, Part, State
from portal.grants.applications.rights import Right
from portal.grants.competitions.models import Competition
from portal.grants.competitions.rules import Phase, phase
from portal.grants.competitions.settled import sections_of

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


@views.get("/start/<slug:competition>")
@requires(Right.START)
def start(competition: Competition) -> ResponseReturnValue:
    return start_page(competition, StartForm(formdata=None))


@views.post("/start/<slug:competition>")
@requires(Right.START)
def begin(competition: Competition) -> ResponseReturnValue:
    form, offered = StartForm(), drafts.applying(signed_in())
    form.offer(offered)
    if not form.validate():
        return start_page(competition, form), form.status
    chosen = next(one for one in offered if str(one.id) == form.organisation.data)
    try:
        application = service.start(
            *(signed_in(), competition, chosen, form.partner),
            language=queries.language(),
            received_at=arrived_at(),
        )
    except DomainError as refusal:
        form.refuse(refusal)
        return start_page(competition, form), refusal.status
    return redirect(url_for(".task_list", application=application))


def start_page(competition: Competition, form: StartForm) -> str:
    """The page on which an application is started."""
    organisations = drafts.applying(signed_in())
    form.offer(organisations)
    return render_template(
        "grants/applications/drafts/start.html",
        competition=competition,
        form=form,
        organisations=organisations,
        needs_partner=any(one.kind == "youth_group" for one in organisations),
    )


@views.get("/<key:application>")
@requires(Right.READ)
def task_list(application: Application) -> ResponseReturnValue:
    actor = signed_in()
    beside = {
        "notices": hooks.notices(application),
        "outcome": dict(hooks.outcomes(actor, [application])).get(application.id),
        "may_edit": bool(may(Right.EDIT, application)),
        "may_invite": bool(may(Accounts.CHANGE_ORGANISATION, application.organisation)),
    }
    return conditional(
        (stamp(application), this_minute(), beside),
        lambda: _task_list(application, drafts.task_list(actor, application), **beside),
    )


def _task_list(application: Application, tasks: drafts.TaskList, **beside: object) -> str:
    return render_template(
        "grants/applications/drafts/task_list.html",
        application=application,
        competition=application.competition,
        tasks=tasks,
        **beside,
    )


@views.route("/<key:application>/partner", methods=["GET", "POST"])
@requires(Right.EDIT)
def partner(application: Application) -> ResponseReturnValue:
    if application.partner is None:
        abort(HTTPStatus.NOT_FOUND)  # a registered organisation applies on its own
    if request.method == "GET" and queries.final(application, arrived_at()):
        return redirect(url_for(".task_list", application=application))
    form = PartnerForm.of(application.partner)
    change = partial(service.change_partner, signed_in(), application, received_at=arrived_at())
    if carried_out(form, lambda: change(form.partner)):
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
    saved = service.part_of(application, part)
    form = filled_form(part, saved)
    checks.mark(form, queries.draft(application), part, for_submit="check" in request.args)
    return section_page(application, part, form, saved)


@views.post("/<key:application>/sections/<part>")
@requires(Right.EDIT)
def save(application: Application, part: Section) -> ResponseReturnValue:
    form = sent_form(part)
    if form.rearranged:
        return section_page(application, part, form, service.part_of(application, part))
    try:
        saved = _save(application, part, form, form.uploads)
    except DomainError as refusal:
        return refused(application, part, form, refusal)
    _remove(application, part)
    if saved.refused:
        return _some_files_refused(application, part, form, saved)
    return _saved(application, part, saved.draft)


def _saved(application: Application, part: Section, draft: queries.Draft) -> ResponseReturnValue:
    """Onwards, and a word where something is wrong or where no next section shows that it went."""
    onwards = _onwards(application, part)
    if checks.has_wrong(draft, part):
        wrong = _("Saved, but something in “%(part)s” is still to be put right.", part=part.title)
        flash(wrong, "warning")
    elif onwards == url_for(".task_list", application=application):
        flash(_("Saved."))
    return redirect(onwards)


@views.post("/<key:application>/sections/<part>/autosave")
@requires(Right.EDIT)
def autosave(application: Application, part: Section) -> ResponseReturnValue:
    try:
        saved = _save(application, part, sent_form(part)).part
    except DomainError as refusal:
        return refused_autosave(refusal)
    return jsonify(
        saved=formats.clocktime(saved.saved_at),
        version=version_of(part, saved),
        left=formats.remaining(application.competition.deadline),
    )


def _save(
    application: Application,
    part: Section,
    form: SectionForm,
    uploads: Sequence[service.Upload] = (),
) -> service.Saved:
    version, _base = form.filled_from
    answers: Mapping[str, Any] = form.typed
    taken = request.form.getlist("take")
    if taken and (standing := service.part_of(application, part)):
        answers = {**answers, **{key: standing.answers.get(key) for key in taken if key in answers}}
    return service.save_part(
        *(signed_in(), application, part, answers),
        version=version,
        received_at=arrived_at(),
        uploads=uploads,
    )


def _remove(application: Application, part: Section) -> None:
    """Remove the file whose button was pressed; what was typed is saved already."""
    pressed = request.form.get("remove")
    if not pressed:
        return
    attached = next(
        (one for one in queries.living_files(application) if str(one.id) == pressed), None
    )
    if attached is not None:
        service.remove_file(signed_in(), application, part, attached, received_at=arrived_at())
        flash(_("“%(name)s” has been removed.", name=attached.file.name))


def _some_files_refused(
    application: Application, part: Section, form: SectionForm, saved: service.Saved
) -> ResponseReturnValue:
    """All else is saved; beside each file that was not taken stands why."""
    for refusal in saved.refused:
        form.refuse(refusal)
    form.version.typed = version_of(part, saved.part)
    return section_page(application, part, form, saved.part), HTTPStatus.UNPROCESSABLE_ENTITY


def refused(
    application: Application, part: Section, form: SectionForm, refusal: DomainError
) -> ResponseReturnValue:
    """What could not be saved, with everything that was typed."""
    saved = service.part_of(application, part)
    if isinstance(refusal, StaleForm) and saved is not None:
        return conflict_page(application, part, form, saved), refusal.status
    if isinstance(refusal, service.Unkeepable):
        form.show(refusal.problems)
    else:
        form.refuse(refusal)
    return section_page(application, part, form, saved), refusal.status


def conflict_page(application: Application, part: Section, form: SectionForm, theirs: Part) -> str:
    """Both versions side by side, with a form that puts them together."""
    mine_ = form.typed
    _version, base = form.filled_from
    merged = rules.merge(mine_, base=base, mine=mine_, theirs=theirs.answers)
    return section_page(
        application, part, filled_form(part, theirs, merged.answers), theirs, merged
    )


def section_page(
    application: Application,
    part: Section,
    form: SectionForm,
    saved: Part | None,
    merged: rules.Merged | None = None,
) -> str:
    """One section of the form, to write or to read; what was submitted, once that is final."""
    sections = [one.key for one in sections_of(application.competition)]
    final, draft = queries.final(application, arrived_at()), queries.draft(application)
    submitted = queries.current_submission(application)
    return render_template(
        "grants/applications/drafts/section.html",
        application=application,
        competition=application.competition,
        project=application.counted.title if final else application.draft_title,
        section=part,
        place=(sections.index(part.key) + 1, len(sections)),
        form=form,
        saved=saved,
        merged=merged,
        shown=queries.part_of(final, part) if final else draft.shown(part),
        size=sum(one.file.size for one in draft.files),
        changed=final is None and submitted is not None and draft.differs_in(part, submitted),
        may_edit=bool(may(Right.EDIT, application)),
        is_open=phase(application.competition, arrived_at()) is Phase.OPEN,
        file_url=lambda file: url_for(".file", application=application, attachment=file.id),
    )


def _onwards(application: Application, part: Section) -> str:
    """Where the pressed button leads: to this section again, to the next one, or to the list."""
    if request.form.keys() & {"attach", "remove"}:
        return url_for(".section", application=application, part=part.key)
    following = drafts.next_section(application.competition, part)
    if request.form.get("then") == "return" or following is None:
        return url_for(".task_list", application=application)
    return url_for(".section", application=application, part=following.key)


# ------------------------------------------------------------------------ files


@views.get("/<key:application>/files/<key:attachment>")
@requires(Right.READ)
def file(application: Application, attachment: Attachment) -> ResponseReturnValue:
    if queries.final(application, arrived_at()) and not queries.counts(application, attachment):
        abort(HTTPStatus.NOT_FOUND)
    return send(attachment.file)


@views.get("/<key:application>/application.pdf")
@requires(Right.READ)
def pdf(application: Application) -> ResponseReturnValue:
    final = queries.final(application, arrived_at())
    if final is not None:
        url = "submission.submitted_pdf"
        return redirect(url_for(url, application=application, revision=final.revision))
    content = papers.draft_pdf(queries.draft(application))
    return send_bytes(content, name=f"{application.draft_title or application.id}.pdf")


@views.get("/<key:application>/discard")
@requires(Right.EDIT)
def ask_to_discard(application: Application) -> ResponseReturnValue:
    if application.state is not State.DRAFT:
        return redirect(url_for(".task_list", application=application))
    return render_template("grants/applications/drafts/discard.html", application=application)


@views.post("/<key:application>/discard")
@requires(Right.EDIT)
def discard(application: Application) -> ResponseReturnValue:
    service.discard(signed_in(), application)
    flash(_("The draft has been deleted."))
    return redirect(url_for(".index"))
