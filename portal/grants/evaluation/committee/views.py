"""The board's page of the committee; declarations, suspected conflicts and assignments."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.core import clock
from portal.core.access import requires, signed_in
from portal.core.accounts.models import RoleGrant
from portal.core.forms import carried_out, form_page
from portal.grants.applications.models import Application
from portal.grants.competitions.models import Competition
from portal.grants.evaluation.committee import forms, queries, service
from portal.grants.evaluation.committee.labels import CONFLICTS, GROUNDS, ROLES
from portal.grants.evaluation.committee.models import ConflictKind, Suspicion
from portal.grants.evaluation.committee.rights import Right
from portal.grants.evaluation.preconditions import is_under_evaluation
from portal.grants.evaluation.visibility import access_to, content_sight

board = Blueprint("appointments", __name__, url_prefix="/board/competitions")
views = Blueprint("committee", __name__, url_prefix="/committee")


@board.context_processor
@views.context_processor
def _names() -> dict[str, object]:
    return {
        "Right": Right,
        "ROLES": ROLES,
        "CONFLICTS": CONFLICTS,
        "GROUNDS": GROUNDS,
        "is_under_evaluation": is_under_evaluation,
    }


# ------------------------------------------------------------------- the board


@board.get("/<slug:competition>/committee")
@requires(Right.SEE_COMMITTEE)
def index(competition: Competition) -> ResponseReturnValue:
    grants = queries.grants_of(competition)
    return render_template(
        "grants/evaluation/committee/index.html",
        competition=competition,
        sitting=[grant for grant in grants if grant.is_living],
        coming=[grant for grant in grants if not grant.is_living and not grant.is_over],
        former=[grant for grant in grants if grant.is_over],
    )


@board.route("/<slug:competition>/committee/new", methods=["GET", "POST"])
@requires(Right.APPOINT)
def appoint(competition: Competition) -> ResponseReturnValue:
    number, ordered = queries.last_order(competition)
    form = forms.AppointForm(since=clock.today(), order_number=number, order_date=ordered)
    if carried_out(
        form,
        lambda: service.appoint(
            signed_in(),
            competition,
            email=form.email.data,
            name=form.name.data,
            roles=form.roles.data,
            order=service.AppointmentOrder(
                form.order_number.data, form.order_date.data, form.since.data
            ),
            workplace=form.workplace.data,
        ),
    ):
        flash(_("The appointment is recorded, and a letter is on its way."))
        return redirect(url_for(".index", competition=competition))
    return form_page("grants/evaluation/committee/appoint.html", form, competition=competition)


@board.route("/<slug:competition>/committee/<key:appointment>/end", methods=["GET", "POST"])
@requires(Right.APPOINT)
def end(competition: Competition, appointment: RoleGrant) -> ResponseReturnValue:
    form = forms.EndForm(until=appointment.until, when="day" if appointment.until else "now")
    if carried_out(
        form,
        lambda: service.end(
            signed_in(), competition, appointment, until=form.last_day, reason=form.reason.data
        ),
    ):
        flash(_("The end of the appointment is recorded."))
        return redirect(url_for(".index", competition=competition))
    return form_page(
        "grants/evaluation/committee/end.html",
        form,
        competition=competition,
        appointment=appointment,
    )


@board.route("/<slug:competition>/declarations", methods=["GET", "POST"])
@requires(Right.DECLARE_FOR_BOARD)
def declarations_of_board(competition: Competition) -> ResponseReturnValue:
    applications = queries.undeclared(signed_in(), competition, board=True)
    form = forms.BoardDeclarationForm()
    choices = [(a.number or "", a.counted.applicant) for a in applications]
    form.listed.choices = form.conflicts.choices = choices
    if carried_out(
        form,
        lambda: service.declare_for_board(
            signed_in(),
            competition,
            [one for one in applications if one.number in form.listed.data],
            conflicts=[one for one in applications if one.number in (form.conflicts.data or ())],
            kind=form.kind.data,
            note=form.note.data or "",
        ),
    ):
        flash(_("Declared. The applications with which you have no conflict are open to you."))
        return redirect(url_for("intake.index", competition=competition))
    return form_page(
        "grants/evaluation/committee/board.html",
        form,
        competition=competition,
        applications=applications,
        declared=queries.declared_by(signed_in(), competition, board=True),
    )


@board.route(
    "/<slug:competition>/applications/<number:application>/declaration", methods=["GET", "POST"]
)
@requires(Right.DECLARE_FOR_BOARD)
def declare_one(competition: Competition, application: Application) -> ResponseReturnValue:
    form = forms.DeclarationForm()
    back = url_for(".declarations_of_board", competition=competition)
    if carried_out(
        form,
        lambda: service.declare(signed_in(), application, kind=form.kind.data, note=form.note.data),
    ):
        flash(_("Declared."))
        return redirect(back)
    return _declaration_page(competition, application, form, back)


def _declaration_page(
    competition: Competition, application: Application, form: forms.DeclarationForm, back: str
) -> ResponseReturnValue:
    return form_page(
        "grants/evaluation/committee/declare.html",
        form,
        competition=competition,
        application=application,
        declaration=queries.declaration(signed_in(), application),
        back_url=back,
    )


# ---------------------------------------------------------------- declarations


@views.route("/<slug:competition>/declarations", methods=["GET", "POST"])
@requires(Right.WORK)
def declarations(competition: Competition) -> ResponseReturnValue:
    applications = queries.undeclared(signed_in(), competition)
    form = forms.DeclareNoneForm()
    form.applications.choices = [(a.number or "", a.counted.applicant) for a in applications]
    chosen = [a for a in applications if a.number in (form.applications.data or [])]
    if carried_out(form, lambda: service.declare_none(signed_in(), competition, chosen)):
        flash(_declared(competition))
        return redirect(url_for("scoring.work", competition=competition))
    return form_page(
        "grants/evaluation/committee/declarations.html",
        form,
        competition=competition,
        applications=applications,
        declared=queries.declared_by(signed_in(), competition),
    )


@views.route(
    "/<slug:competition>/applications/<number:application>/declaration", methods=["GET", "POST"]
)
@requires(Right.DECLARE)
def declare(competition: Competition, application: Application) -> ResponseReturnValue:
    """Redirects to the score sheet if it is open now; otherwise to the list, with the reason."""
    actor, form = signed_in(), forms.DeclarationForm()
    if carried_out(
        form,
        lambda: service.declare(actor, application, kind=form.kind.data, note=form.note.data),
    ):
        if form.kind.data is not ConflictKind.NONE:
            flash(_("You have recused yourself. You see nothing more of this application."))
        elif access_to(content_sight, actor, application):
            return redirect(
                url_for("scoring.sheet", competition=competition, application=application)
            )
        else:
            flash(_declared(competition))
        return redirect(url_for("scoring.work", competition=competition))
    back = url_for("scoring.work", competition=competition)
    return _declaration_page(competition, application, form, back)


def _declared(competition: Competition) -> str:
    """The message on what a declaration opens, and when."""
    settings = queries.round_of(competition)
    if settings and settings.started_at:
        return _("Declared. The content of those that you score is open to you now.")
    return _("Declared. The content opens once the chair has assigned the applications.")


# ------------------------------------------------------------------- assignments


@views.get("/<slug:competition>/conflicts")
@requires(Right.SEE_ROUND)
def conflicts(competition: Competition) -> ResponseReturnValue:
    return render_template(
        "grants/evaluation/committee/conflicts.html",
        competition=competition,
        suspicions=queries.suspicions(competition),
        declared=queries.declared_conflicts(competition),
        of_board=[
            *queries.declared_conflicts(competition, committee=False),
            *queries.suspicions(competition, committee=False),
        ],
        closed=queries.closed_to(signed_in(), competition),
    )


@views.route("/<slug:competition>/conflicts/<key:suspicion>", methods=["GET", "POST"])
@requires(Right.RESOLVE)
def resolve(competition: Competition, suspicion: Suspicion) -> ResponseReturnValue:
    form = forms.ResolveForm()
    if carried_out(
        form,
        lambda: service.resolve(
            signed_in(),
            competition,
            suspicion,
            confirmed=form.verdict.data == "confirmed",
            reason=form.reason.data,
        ),
    ):
        flash(_("Settled."))
        return redirect(url_for(".conflicts", competition=competition))
    return form_page(
        "grants/evaluation/committee/resolve.html",
        form,
        competition=competition,
        suspicion=suspicion,
    )


@views.route("/<slug:competition>/assignment", methods=["GET", "POST"])
@requires(Right.LEAD)
def assign(competition: Competition) -> ResponseReturnValue:
    settings = queries.round_of(competition)
    each = settings.sheets_per_application if settings else None
    due = settings.due_at.astimezone(clock.RIGA).date() if settings and settings.due_at else None
    form = forms.AssignForm(mode="each" if each else "all", each=each, due=due)
    if carried_out(
        form,
        lambda: service.assign(
            signed_in(),
            competition,
            each=(form.each.data or 0) if form.mode.data == "each" else None,
            due_at=clock.end_of(form.due.data),
        ),
    ):
        flash(_("The applications are assigned, and everybody concerned has been told."))
        return redirect(url_for("scoring.progress", competition=competition))
    return form_page(
        "grants/evaluation/committee/assign.html",
        form,
        competition=competition,
        settings=settings,
        members=len(queries.voting(competition)),
        applications=len(queries.eligible(competition)),
    )
