"""The board's pages of letters to post."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.core import clock
from portal.core.access import requires, signed_in
from portal.core.documents.views import send_bytes
from portal.core.forms import carried_out, form_page
from portal.core.papers.rendering import render_pdf
from portal.grants.applications.correspondence import printed, queries, service
from portal.grants.applications.correspondence.forms import PostedForm
from portal.grants.applications.correspondence.models import Letter
from portal.grants.applications.correspondence.rights import Right
from portal.grants.applications.models import Application
from portal.grants.competitions.models import Competition

views = Blueprint("letters", __name__, url_prefix="/board/competitions/<slug:competition>")


@views.get("/letters")
@requires(Right.LIST)
def index(competition: Competition) -> ResponseReturnValue:
    return render_template(
        "grants/applications/correspondence/index.html",
        competition=competition,
        letters=queries.to_post(signed_in(), competition),
    )


@views.route("/applications/<number:application>/letters/<key:letter>", methods=["GET", "POST"])
@requires(Right.POST)
def letter(
    competition: Competition, application: Application, letter: Letter
) -> ResponseReturnValue:
    form = PostedForm(posted_on=clock.today())
    if carried_out(
        form,
        lambda: service.post(signed_in(), application, letter, posted_on=form.posted_on.data),
    ):
        flash(_("It is recorded that the letter was posted."))
        return redirect(url_for(".index", competition=competition))
    return form_page(
        "grants/applications/correspondence/letter.html",
        form,
        competition=competition,
        application=application,
        letter=letter.content,
        sent=queries.sent_letter(letter),
    )


@views.get("/applications/<number:application>/letters/<key:letter>/letter.pdf")
@requires(Right.POST)
def pdf(competition: Competition, application: Application, letter: Letter) -> ResponseReturnValue:
    made = render_pdf(printed.letter(application, letter.content))
    name = _("Letter %(number)s", number=application.number)
    return send_bytes(made, name=f"{name}.pdf")
