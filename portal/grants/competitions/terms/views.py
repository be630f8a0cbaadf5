"""The pages of a call's terms."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.core import clock
from portal.core.access import requires, signed_in
from portal.core.forms import carried_out, form_page
from portal.grants.competitions.models import Competition
from portal.grants.competitions.rights import Right
from portal.grants.competitions.rules import CompetitionEvent, allows, plain
from portal.grants.competitions.terms import service
from portal.grants.competitions.terms.forms import TermsForm
from portal.grants.competitions.terms.rules import NAMES

views = Blueprint("call_terms", __name__, url_prefix="/board/competitions/<slug:competition>/terms")


@views.get("")
@requires(Right.SEE)
def show(competition: Competition) -> ResponseReturnValue:
    """All present terms, and how they can be changed now."""
    return render_template(
        "grants/competitions/terms/show.html",
        competition=competition,
        terms={name: plain(getattr(competition, name)) for name in NAMES},
        amendable=allows(competition, CompetitionEvent.AMEND, clock.now()),
        Right=Right,
    )


@views.route("/edit", methods=["GET", "POST"])
@requires(Right.PREPARE)
def edit(competition: Competition) -> ResponseReturnValue:
    form = TermsForm.of(competition)
    if carried_out(
        form, lambda: service.save(signed_in(), competition, form.terms(), form.seen_version)
    ):
        flash(_("The terms are saved."))
        return redirect(url_for(".show", competition=competition))
    return form_page("grants/competitions/terms/edit.html", form, competition=competition)
