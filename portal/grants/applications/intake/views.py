"""The board's pages of received applications."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.core import clock
from portal.core.access import may, requires, signed_in
from portal.core.documents.exports import send_csv
from portal.core.documents.views import send, send_bytes
from portal.core.errors import Message
from portal.core.forms import carried_out, form_page
from portal.core.questions.models import AnswerFile
from portal.grants.applications import hooks, printed, queries
from portal.grants.applications.correspondence import queries as correspondence
from portal.grants.applications.intake import queries as intake
from portal.grants.applications.intake import service
from portal.grants.applications.intake.forms import paper_form
from portal.grants.applications.intake.rules import Show, Sort, View
from portal.grants.applications.labels import CHANNELS
from portal.grants.applications.models import Application
from portal.grants.applications.rights import Right, is_unsealed
from portal.grants.competitions.cached_terms import sections_of
from portal.grants.competitions.labels import MEASURES
from portal.grants.competitions.models import Competition
from portal.grants.competitions.rules import phase

EXPORTED: tuple[Message, ...] = (
    _l("Number"),
    _l("Project"),
    _l("Applicant"),
    _l("Registration number"),
    _l("Partner"),
    _l("How it came"),
    _l("Received (Riga time)"),
    *(MEASURES[code] for code in intake.MEASURED),
    _l("Seal"),
)

views = Blueprint(
    "intake", __name__, url_prefix="/board/competitions/<slug:competition>/applications"
)


@views.get("")
@requires(Right.LIST)
def index(competition: Competition) -> ResponseReturnValue:
    view = View.of(request.args)
    return render_template(
        "grants/applications/intake/index.html",
        competition=competition,
        view=view,
        shows=Show,
        sorts=Sort,
        counts=intake.counts(competition),
        page=intake.page(signed_in(), competition, view),
        channels=CHANNELS,
        unsealed=is_unsealed(competition),
        phase=phase(competition, clock.now()),
        may_register=bool(may(Right.REGISTER, competition)),
        first=hooks.before_reading(signed_in(), competition),
    )


@views.get("/<number:application>")
@requires(Right.SEE)
def application(competition: Competition, application: Application) -> ResponseReturnValue:
    submission = application.submissions[-1]
    minors = bool(may(Right.SEE_MINORS_STATEMENT, application))
    return render_template(
        "grants/applications/intake/application.html",
        competition=competition,
        application=application,
        submission=submission,
        submitted_by=printed.submitted_by(submission),
        content=queries.counted_content(submission, minors=minors),
        channels=CHANNELS,
        letters=correspondence.sent(application),
        file_url=lambda file: url_for(
            ".file", competition=competition, application=application, attachment=file.id
        ),
    )


@views.get("/<number:application>/files/<key:attachment>")
@requires(Right.OPEN_FILE)
def file(
    competition: Competition, application: Application, attachment: AnswerFile
) -> ResponseReturnValue:
    return send(attachment.file)


@views.get("/<number:application>/application.pdf")
@requires(Right.SEE)
def pdf(competition: Competition, application: Application) -> ResponseReturnValue:
    minors = bool(may(Right.SEE_MINORS_STATEMENT, application))
    content = printed.submitted_pdf(application.submissions[-1], minors=minors)
    return send_bytes(content, name=f"{application.number}.pdf")


@views.get("/<number:application>/receipt.pdf")
@requires(Right.SEE)
def receipt_pdf(competition: Competition, application: Application) -> ResponseReturnValue:
    name = _("Receipt %(number)s", number=application.number)
    minors = bool(may(Right.SEE_MINORS_STATEMENT, application))
    content = printed.receipt_pdf(application.submissions[-1], minors=minors)
    return send_bytes(content, name=f"{name}.pdf")


@views.get("/export.csv")
@requires(Right.EXPORT)
def export(competition: Competition) -> ResponseReturnValue:
    rows = intake.exported(signed_in(), competition)
    return send_csv(f"{competition.code}.csv", [str(one) for one in EXPORTED], rows)


# ----------------------------------------------------------------- registering


@views.route("/register", methods=["GET", "POST"])
@requires(Right.REGISTER)
def register(competition: Competition) -> ResponseReturnValue:
    sections = sections_of(competition)
    form = paper_form(sections)
    done = carried_out(
        form, lambda: service.register(signed_in(), competition, sections, form.paper)
    )
    if not done:
        template = "grants/applications/intake/register.html"
        return form_page(template, form, competition=competition)
    application = done.result.application
    flash(_("The application is registered: %(number)s.", number=application.number))
    if not may(Right.SEE, competition, application):  # declared later
        return redirect(url_for(".index", competition=competition))
    return redirect(url_for(".application", competition=competition, application=application))
