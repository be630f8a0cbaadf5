"""Pages of claims: for the claimant, the organisation's members and those who decide."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.core.access import requires, signed_in
from portal.core.accounts.claims import forms, queries, service
from portal.core.accounts.claims.models import ClaimState, OrganisationClaim
from portal.core.accounts.claims.rights import Right
from portal.core.accounts.models import Organisation
from portal.core.accounts.rights import Right as Accounts
from portal.core.documents.views import send
from portal.core.forms import carried_out, form_page

views = Blueprint("claims", __name__)
review = Blueprint("claim_review", __name__, url_prefix="/claims")

MINE = "/my/organisations/claims"
OWN = f"{MINE}/<key:own_claim>"
ONE = "/<key:claim>"


# ---------------------------------------------------------------- claimants


@views.route(f"{MINE}/new", methods=["GET", "POST"])
@requires(Accounts.USE_ACCOUNT)
def new() -> ResponseReturnValue:
    asked = {"registration_number": request.args.get("number", "")[:30]}
    form = forms.ClaimForm(data=asked)
    if done := carried_out(form, lambda: service.make(signed_in(), **form.given)):
        return redirect(url_for(".show", own_claim=done.result))
    return form_page("accounts/claims/new.html", form)


@views.get(OWN)
@requires(Right.OWN)
def show(own_claim: OrganisationClaim) -> ResponseReturnValue:
    return render_template("accounts/claims/show.html", claim=own_claim)


@views.post(f"{OWN}/withdraw")
@requires(Right.OWN)
def withdraw(own_claim: OrganisationClaim) -> ResponseReturnValue:
    service.withdraw(signed_in(), own_claim)
    flash(_("Withdrawn."))
    return redirect(url_for("organisations.index"))


@views.get(f"{OWN}/proof")
@requires(Right.OWN)
def proof(own_claim: OrganisationClaim) -> ResponseReturnValue:
    return _file(own_claim)


# ---------------------------------------------------------------- members


@views.route(
    "/my/organisations/<key:organisation>/claims/<key:claim_on>/answer", methods=["GET", "POST"]
)
@requires(Right.ANSWER)
def answer(organisation: Organisation, claim_on: OrganisationClaim) -> ResponseReturnValue:
    form = forms.ClaimAnswerForm.of(claim_on)
    said = {"words": form.answer.data, "version": form.seen_version}
    done = carried_out(form, lambda: service.answer(signed_in(), organisation, claim_on, **said))
    if done or claim_on.state is not ClaimState.MADE:
        saved = _("Saved. Whoever decides reads your answer.")
        flash(
            saved if done else _("This request has ended already: it is no longer to be answered.")
        )
        return redirect(url_for("organisations.show", organisation=organisation))
    return form_page("accounts/claims/answer.html", form, organisation=organisation, claim=claim_on)


# ---------------------------------------------------------------- who decides


@review.get("")
@requires(Right.LIST)
def index() -> ResponseReturnValue:
    actor = signed_in()
    return render_template(
        "accounts/claims/index.html",
        waiting=queries.waiting(actor),
        decided=queries.decided(actor),
    )


@review.get(ONE)
@requires(Right.DECIDE)
def look(claim: OrganisationClaim) -> ResponseReturnValue:
    return render_template("accounts/claims/look.html", claim=claim, facts=queries.facts(claim))


@review.route(f"{ONE}/approve", methods=["GET", "POST"])
@requires(Right.DECIDE)
def approve(claim: OrganisationClaim) -> ResponseReturnValue:
    form = forms.ApprovalForm.to_approve(queries.facts(claim))
    if carried_out(form, lambda: service.approve(signed_in(), claim, **form.decision)):
        flash(_("Approved. The claimant is an owner now and has been written to."))
        return redirect(url_for(".index"))
    facts = queries.facts(claim)
    if claim.state is not ClaimState.MADE:
        return form_page("accounts/claims/look.html", form, claim=claim, facts=facts)
    form.show(facts)
    return form_page("accounts/claims/approve.html", form, claim=claim, facts=facts)


@review.route(f"{ONE}/refuse", methods=["GET", "POST"])
@requires(Right.DECIDE)
def refuse(claim: OrganisationClaim) -> ResponseReturnValue:
    form = forms.RefusalForm.of(claim)
    if carried_out(
        form,
        lambda: service.refuse(
            signed_in(), claim, reason=form.reason.data, version=form.seen_version
        ),
    ):
        flash(_("Refused. The claimant has been written to."))
        return redirect(url_for(".index"))
    if claim.state is not ClaimState.MADE:
        facts = queries.facts(claim)
        return form_page("accounts/claims/look.html", form, claim=claim, facts=facts)
    return form_page("accounts/claims/refuse.html", form, claim=claim)


@review.get(f"{ONE}/proof")
@requires(Right.READ_PROOF)
def file(claim: OrganisationClaim) -> ResponseReturnValue:
    return _file(claim)


def _file(claim: OrganisationClaim) -> ResponseReturnValue:
    if claim.proof is None:
        abort(404)
    return send(claim.proof)
