"""The board's pages of criteria."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug import Response

from portal.core import clock
from portal.core.access import requires, signed_in
from portal.core.forms import carried_out, form_page
from portal.grants.competitions.criteria import service
from portal.grants.competitions.criteria.forms import FORMS, EligibilityForm, ThresholdsForm
from portal.grants.competitions.criteria.rules import most_points
from portal.grants.competitions.models import Competition, Criterion, CriterionKind
from portal.grants.competitions.rights import Right
from portal.grants.competitions.rules import frozen

views = Blueprint(
    "call_criteria", __name__, url_prefix="/board/competitions/<slug:competition>/criteria"
)


def _listing(competition: Competition) -> Response:
    return redirect(url_for(".listing", competition=competition))


@views.get("")
@requires(Right.SEE)
def listing(competition: Competition) -> ResponseReturnValue:
    """All criteria, how ties are broken, and the thresholds."""
    return _listing_page(competition, ThresholdsForm.of(competition))


@views.post("/thresholds")
@requires(Right.PREPARE)
def thresholds(competition: Competition) -> ResponseReturnValue:
    form = ThresholdsForm.of(competition)
    if carried_out(
        form,
        lambda: service.set_thresholds(
            signed_in(),
            competition,
            total_minimum=form.total_minimum.data,
            spread_flag=form.spread_flag.data,
            version=form.seen_version,
        ),
    ):
        flash(_("The thresholds are saved."))
        return _listing(competition)
    return _listing_page(competition, form)


def _listing_page(competition: Competition, form: ThresholdsForm) -> ResponseReturnValue:
    criteria = competition.criteria
    return form_page(
        "grants/competitions/criteria/listing.html",
        competition=competition,
        form=form,
        by_kind={kind: [one for one in criteria if one.kind is kind] for kind in CriterionKind},
        sections={section.key: section for section in competition.sections},
        most=most_points(criteria),
        frozen=frozen(competition, clock.now()),
        Right=Right,
    )


@views.route("/new/<any(eligibility, quality):kind>", methods=["GET", "POST"])
@requires(Right.PREPARE)
def add(competition: Competition, kind: str) -> ResponseReturnValue:
    form = FORMS[CriterionKind(kind)]()
    _offer_sections(form, competition)
    if carried_out(
        form, lambda: service.add(signed_in(), competition, CriterionKind(kind), form.facts())
    ):
        flash(_("The criterion is added."))
        return _listing(competition)
    return _page(competition, None, form)


@views.route("/<key:criterion>", methods=["GET", "POST"])
@requires(Right.PREPARE)
def edit(competition: Competition, criterion: Criterion) -> ResponseReturnValue:
    form = FORMS[criterion.kind].of(criterion)
    _offer_sections(form, competition)
    if carried_out(
        form,
        lambda: service.save(
            signed_in(), competition, criterion, form.facts(), version=form.seen_version
        ),
    ):
        flash(_("The criterion is saved."))
        return _listing(competition)
    return _page(competition, criterion, form)


def _page(
    competition: Competition, criterion: Criterion | None, form: EligibilityForm
) -> ResponseReturnValue:
    return form_page(
        "grants/competitions/criteria/criterion.html",
        form,
        competition=competition,
        criterion=criterion,
    )


def _offer_sections(form: EligibilityForm, competition: Competition) -> None:
    form.section_key.choices = [(one.key, str(one.title)) for one in competition.sections]


@views.post("/<key:criterion>/remove")
@requires(Right.PREPARE)
def remove(competition: Competition, criterion: Criterion) -> ResponseReturnValue:
    service.remove(signed_in(), competition, criterion)
    flash(_("The criterion “%(title)s” is removed.", title=criterion.title))
    return _listing(competition)


@views.post("/<key:criterion>/move")
@requires(Right.PREPARE)
def move(competition: Competition, criterion: Criterion) -> ResponseReturnValue:
    service.move(signed_in(), competition, criterion, request.form.get("direction", ""))
    return _listing(competition)
