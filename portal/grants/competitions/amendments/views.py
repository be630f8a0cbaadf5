"""The board's pages of an amendment: write it, look at what it changes, announce it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.core import clock
from portal.core.access import requires, signed_in
from portal.core.forms import carried_out, checked, form_page
from portal.grants.competitions import hooks
from portal.grants.competitions.amendments import queries, service
from portal.grants.competitions.amendments.forms import AmendmentForm
from portal.grants.competitions.amendments.rules import changes
from portal.grants.competitions.models import Competition
from portal.grants.competitions.rights import Right
from portal.grants.competitions.rules import Event, allows
from portal.grants.competitions.terms.rules import Terms, proposed

views = Blueprint(
    "amendments", __name__, url_prefix="/board/competitions/<slug:competition>/amendments"
)
FOLDER = "grants/competitions/amendments"


@views.get("")
@requires(Right.SEE)
def listing(competition: Competition) -> ResponseReturnValue:
    """What has been amended so far."""
    return render_template(
        f"{FOLDER}/listing.html",
        competition=competition,
        amendments=queries.listed(competition),
        allowed=_allowed(competition),
        Right=Right,
    )


@views.route("/new", methods=["GET", "POST"])
@requires(Right.AMEND)
def add(competition: Competition) -> ResponseReturnValue:
    """Write an amendment, in two steps: the terms, then what follows from them."""
    if not _allowed(competition):
        return redirect(url_for(".listing", competition=competition))
    form = AmendmentForm.of(competition)
    match request.form.get("step"):
        case "announce" if carried_out(form, lambda: _amend(competition, form)):
            flash(_("The amendment is announced, and everybody who is applying has been told."))
            return redirect(url_for(".listing", competition=competition))
        case "review" if form.validate() and checked(form, lambda: _check(competition, form)):
            return _review(competition, form)
    return form_page(f"{FOLDER}/write.html", form, competition=competition)


def _allowed(competition: Competition) -> bool:
    return allows(competition, Event.AMEND, clock.now())


def _amend(competition: Competition, form: AmendmentForm) -> None:
    service.amend(signed_in(), competition, form.order(), form.terms(), form.seen_version)


def _check(competition: Competition, form: AmendmentForm) -> None:
    """Whether the terms can become so, with the dates that would move along."""
    service.check(competition, proposed(Terms.of(competition), form.terms()), form.seen_version)


def _review(competition: Competition, form: AmendmentForm) -> str:
    """What changes, with the dates that depend on a moved one proposed moved by as much."""
    before, typed = Terms.of(competition), form.terms()
    after = proposed(before, typed)
    along = [change["field"] for change in changes(typed, after)]
    form.propose(after)
    return render_template(
        f"{FOLDER}/review.html",
        competition=competition,
        form=form,
        changes=changes(before, after),
        moved_along=along,
        carried=_carried(along),
        outlook=hooks.outlook(competition),
    )


def _carried(shown: list[str]) -> list[tuple[str, str]]:
    """What was sent and goes along hidden: everything but the fields that the page shows again."""
    again = ("csrf_token", "step", "version", *(f"{name}-" for name in shown))
    sent = request.form.items(multi=True)
    return [(name, value) for name, value in sent if not name.startswith(again)]
