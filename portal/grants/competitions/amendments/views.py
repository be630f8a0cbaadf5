"""The board's pages of an amendment: write, review, announce."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.core import clock
from portal.core.access import requires, signed_in
from portal.core.forms import carried_out, checked, form_page
from portal.grants.competitions import hooks
from portal.grants.competitions.amendments import service
from portal.grants.competitions.amendments.forms import AmendmentForm
from portal.grants.competitions.models import Competition
from portal.grants.competitions.rights import Right
from portal.grants.competitions.rules import CompetitionEvent, allows, changes
from portal.grants.competitions.terms.rules import Terms, proposed

views = Blueprint(
    "amendments", __name__, url_prefix="/board/competitions/<slug:competition>/amendments"
)


@views.get("")
@requires(Right.SEE)
def listing(competition: Competition) -> ResponseReturnValue:
    return render_template(
        "grants/competitions/amendments/listing.html",
        competition=competition,
        amendments=competition.amendments,
        allowed=_allowed(competition),
        Right=Right,
    )


@views.route("/new", methods=["GET", "POST"])
@requires(Right.AMEND)
def add(competition: Competition) -> ResponseReturnValue:
    """Write an amendment in two steps: the terms, then a review of what follows."""
    if not _allowed(competition):
        return redirect(url_for(".listing", competition=competition))
    form = AmendmentForm.of(competition)
    step = request.form.get("step")
    if step == "announce" and carried_out(
        form,
        lambda: service.amend(
            signed_in(), competition, form.order(), form.terms(), form.seen_version
        ),
    ):
        flash(_("The amendment is announced, and everybody who is applying has been told."))
        return redirect(url_for(".listing", competition=competition))
    if step == "review" and form.validate():
        after = proposed(Terms.of(competition), form.terms())
        if checked(form, lambda: service.check(competition, after, form.seen_version)):
            return _review(competition, form, after)
    return form_page("grants/competitions/amendments/write.html", form, competition=competition)


def _allowed(competition: Competition) -> bool:
    return allows(competition, CompetitionEvent.AMEND, clock.now())


def _review(competition: Competition, form: AmendmentForm, after: Terms) -> str:
    """The review. The form's values are carried as hidden fields, except dates that were moved
    along."""
    along = [change["field"] for change in changes(form.terms(), after)]
    shown_again = ("csrf_token", "step", "version", *(f"{name}-" for name in along))
    form.propose(after)
    return render_template(
        "grants/competitions/amendments/review.html",
        competition=competition,
        form=form,
        changes=changes(Terms.of(competition), after),
        moved_along=along,
        carried=[
            (name, value)
            for name, value in request.form.items(multi=True)
            if not name.startswith(shown_again)
        ],
        outlook=hooks.outlook(competition),
    )
