"""The board's pages of decisions, the applicant's decision, and the public results."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.core import clock
from portal.core.access import may, public, requires, signed_in
from portal.core.caching import conditional
from portal.core.documents.views import send_bytes
from portal.core.fields import Form
from portal.core.forms import carried_out, form_page
from portal.core.papers.rendering import render_pdf
from portal.grants.applications.correspondence import printed
from portal.grants.applications.correspondence import queries as correspondence
from portal.grants.applications.models import Application
from portal.grants.awards import letters, queries, service
from portal.grants.awards.forms import (
    DeclineForm,
    GrantForm,
    RefusalForm,
    SignForm,
    TakeBackForm,
    wording,
)
from portal.grants.awards.models import Decision
from portal.grants.awards.rights import Right, can_be_declined
from portal.grants.awards.rules import GRANTED
from portal.grants.competitions.cached_terms import quality_criteria_of
from portal.grants.competitions.hooks import Outlook
from portal.grants.competitions.labels import by_post
from portal.grants.competitions.models import Competition
from portal.grants.competitions.rules import CompetitionEvent, allows
from portal.grants.evaluation.ranking.labels import tie_broken

board = Blueprint("decisions", __name__, url_prefix="/board/competitions")
own = Blueprint("own_decision", __name__, url_prefix="/my/applications")
results = Blueprint("results", __name__, url_prefix="/competitions")


@board.context_processor
@own.context_processor
def _names() -> dict[str, object]:
    return {"Right": Right, "OUTCOMES": letters.LABELS}


@board.get("/<slug:competition>/decisions")
@requires(Right.SEE_DECISIONS)
def decisions(competition: Competition) -> ResponseReturnValue:
    return _decisions(competition, SignForm(decided_on=clock.today()))


def _decisions(competition: Competition, form: Form) -> ResponseReturnValue:
    """The list of decisions with its next step, and the reason of a refusal."""
    return form_page(
        "grants/awards/decisions.html",
        form,
        competition=competition,
        overview=queries.overview(signed_in(), competition),
    )


@board.post("/<slug:competition>/decisions/propose")
@requires(Right.PROPOSE_DECISIONS)
def propose(competition: Competition) -> ResponseReturnValue:
    form = Form()
    if carried_out(form, lambda: service.propose_decisions(signed_in(), competition)):
        flash(_("Decisions are drafted. Nobody outside the board sees them yet."))
        return redirect(url_for(".decisions", competition=competition))
    shown = SignForm(formdata=None, decided_on=clock.today())
    if form.refusal:
        shown.refuse(form.refusal)
    return _decisions(competition, shown)


@board.post("/<slug:competition>/decisions/sign")
@requires(Right.SIGN_DECISIONS)
def sign(competition: Competition) -> ResponseReturnValue:
    form = SignForm()
    if carried_out(
        form,
        lambda: service.sign_off(signed_in(), competition, decided_on=form.decided_on.data),
    ):
        flash(_("The decisions are signed. They become public when you publish the results."))
        return redirect(url_for(".decisions", competition=competition))
    return _decisions(competition, form)


@board.post("/<slug:competition>/decisions/sign-as-deputy")
@requires(Right.SIGN_AS_DEPUTY)
def sign_as_deputy(competition: Competition) -> ResponseReturnValue:
    form = SignForm()
    if carried_out(
        form,
        lambda: service.sign_as_deputy(signed_in(), competition, decided_on=form.decided_on.data),
    ):
        flash(_("Signed. The head signs the other decisions next."))
        return redirect(url_for(".decisions", competition=competition))
    return _decisions(competition, form)


@board.route("/<slug:competition>/decisions/take-back", methods=["GET", "POST"])
@requires(Right.TAKE_BACK_SIGNATURE)
def take_back(competition: Competition) -> ResponseReturnValue:
    if not allows(competition, CompetitionEvent.TAKE_BACK, clock.now()):
        return redirect(url_for(".decisions", competition=competition))
    form = TakeBackForm()
    if carried_out(
        form,
        lambda: service.take_back_signature(signed_in(), competition, reason=form.reason.data),
    ):
        flash(_("The signature is taken back. The decisions are drafts again."))
        return redirect(url_for(".decisions", competition=competition))
    return form_page("grants/awards/take_back.html", form, competition=competition)


@board.route("/<slug:competition>/decisions/publish", methods=["GET", "POST"])
@requires(Right.PUBLISH_DECISIONS)
def publish(competition: Competition) -> ResponseReturnValue:
    form, overview = Form(), queries.overview(signed_in(), competition)
    outlook = correspondence.outlook_of([one.application for one in overview.decisions])
    if carried_out(form, lambda: service.publish(signed_in(), competition)):
        _say(_("The results are public."), outlook)
        return redirect(url_for(".decisions", competition=competition))
    return form_page(
        "grants/awards/publish.html",
        form,
        competition=competition,
        overview=overview,
        outlook=outlook,
    )


def _say(done: str, outlook: Outlook) -> None:
    """Flash what was done, and which of its letters have to be posted."""
    mailed = _("The e-mails are on their way.") if outlook.people or outlook.addresses else ""
    flash(" ".join(filter(None, (done, mailed, by_post(outlook)))))


@board.route("/<slug:competition>/decisions/<key:decision>", methods=["GET", "POST"])
@requires(Right.EDIT_DECISION)
def edit(competition: Competition, decision: Decision) -> ResponseReturnValue:
    kind = GrantForm if decision.outcome in GRANTED else RefusalForm
    form = kind.of(decision)
    if carried_out(
        form, lambda: service.edit_draft(signed_in(), decision, **wording(form, decision))
    ):
        flash(_("Saved."))
        return redirect(url_for(".letter", competition=competition, decision=decision))
    return form_page("grants/awards/edit.html", form, decision=decision)


@board.get("/<slug:competition>/decisions/<key:decision>/letter")
@requires(Right.SEE_DECISIONS)
def letter(competition: Competition, decision: Decision) -> ResponseReturnValue:
    return render_template(
        "grants/awards/letter.html",
        competition=competition,
        decision=decision,
        letter=queries.letter_for(signed_in(), decision),
        sent=correspondence.sent_about([decision.matter]).get(decision.matter),
    )


@board.get("/<slug:competition>/decisions/<key:decision>/letter.pdf")
@requires(Right.SEE_DECISIONS)
def letter_pdf(competition: Competition, decision: Decision) -> ResponseReturnValue:
    return _pdf(decision, queries.letter_for(signed_in(), decision))


@board.route("/<slug:competition>/decisions/<key:decision>/promote", methods=["GET", "POST"])
@requires(Right.PROMOTE)
def promote(competition: Competition, decision: Decision) -> ResponseReturnValue:
    form, following = SignForm(decided_on=clock.today()), queries.first_in_reserve(competition)
    outlook = correspondence.outlook_of([following.application] if following else [])
    if carried_out(
        form, lambda: service.promote(signed_in(), decision, decided_on=form.decided_on.data)
    ):
        _say(_("The grant goes to the next in reserve."), outlook)
        return redirect(url_for(".decisions", competition=competition))
    return form_page(
        "grants/awards/promote.html",
        form,
        competition=competition,
        decision=decision,
        following=following,
        outlook=outlook,
    )


@own.get("/<key:application>/decision")
@requires(Right.SEE_OWN_DECISION)
def decision(application: Application) -> ResponseReturnValue:
    found = _own_decision(application)
    return render_template(
        "grants/awards/own.html",
        application=application,
        may_decline=bool(may(Right.DECLINE_GRANT, application) and can_be_declined(found)),
        decision=found,
        letter=queries.letter_content(found),
    )


@own.get("/<key:application>/decision.pdf")
@requires(Right.SEE_OWN_DECISION)
def decision_pdf(application: Application) -> ResponseReturnValue:
    found = _own_decision(application)
    return _pdf(found, queries.letter_content(found))


@own.route("/<key:application>/decision/decline", methods=["GET", "POST"])
@requires(Right.DECLINE_GRANT)
def decline(application: Application) -> ResponseReturnValue:
    found = _own_decision(application)
    form = DeclineForm()
    if carried_out(form, lambda: service.decline(signed_in(), found, reason=form.reason.data)):
        flash(_("You have declined the grant. Thank you for telling us."))
        return redirect(url_for(".decision", application=application))
    return form_page("grants/awards/decline.html", form, application=application, decision=found)


def _own_decision(application: Application) -> Decision:
    """One's own published decision; 404 before publication."""
    return queries.own_decision(signed_in(), application) or abort(HTTPStatus.NOT_FOUND)


def _pdf(decision: Decision, content: dict[str, Any]) -> ResponseReturnValue:
    preview = decision.published_at is None
    letter = printed.letter(
        decision.application, content, preview=preview, signed=decision.signed_at is not None
    )
    name = f"{decision.number or decision.application.number}.pdf"
    return send_bytes(render_pdf(letter), name=name)


@results.get("/<slug:competition>/results")
@public(Right.SEE_RESULTS)
def public_results(competition: Competition) -> ResponseReturnValue:
    return conditional(lambda: _results(competition))


def _results(competition: Competition) -> str:
    titles = {one.key: one.title for one in quality_criteria_of(competition)}
    return render_template(
        "grants/awards/results.html",
        competition=competition,
        results=queries.results(competition)[competition.id],
        tie_broken=lambda award: tie_broken(
            [titles[key] for key in award.by_criteria], award.by_vote
        ),
    )
