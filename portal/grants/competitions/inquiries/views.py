"""The board's pages of public questions."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.core.access import requires, signed_in
from portal.core.forms import carried_out, form_page
from portal.grants.competitions.inquiries import queries, service
from portal.grants.competitions.inquiries.forms import InquiryAnswerForm
from portal.grants.competitions.inquiries.models import Inquiry
from portal.grants.competitions.models import Competition
from portal.grants.competitions.rights import Right

views = Blueprint(
    "inquiries", __name__, url_prefix="/board/competitions/<slug:competition>/questions"
)


@views.get("")
@requires(Right.SEE)
def index(competition: Competition) -> ResponseReturnValue:
    return render_template(
        "grants/competitions/inquiries/index.html",
        competition=competition,
        inquiries=queries.all_of(competition),
        Right=Right,
    )


@views.route("/<key:inquiry>", methods=["GET", "POST"])
@requires(Right.ANSWER)
def answer(competition: Competition, inquiry: Inquiry) -> ResponseReturnValue:
    form = InquiryAnswerForm.of(inquiry)
    if carried_out(
        form,
        lambda: service.answer(
            signed_in(), competition, inquiry, form.answer.data, form.seen_version
        ),
    ):
        flash(_("The answer is public and sent to whoever asked."))
        return redirect(url_for(".index", competition=competition))
    return form_page(
        "grants/competitions/inquiries/answer.html", form, competition=competition, inquiry=inquiry
    )


@views.post("/<key:inquiry>/withdraw")
@requires(Right.ANSWER)
def withdraw(competition: Competition, inquiry: Inquiry) -> ResponseReturnValue:
    service.withdraw(signed_in(), competition, inquiry)
    flash(_("The question is withdrawn. It is kept here, and nobody else sees it."))
    return redirect(url_for(".index", competition=competition))
