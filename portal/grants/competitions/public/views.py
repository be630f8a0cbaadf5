"""The public pages of calls."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.core import access, clock
from portal.core.access import public, requires, signed_in
from portal.core.caching import conditional
from portal.core.documents.views import send
from portal.core.forms import carried_out, form_page
from portal.grants.competitions import hooks
from portal.grants.competitions.documents.queries import listed as documents_of
from portal.grants.competitions.inquiries import queries as inquiry_queries
from portal.grants.competitions.inquiries import service as inquiry_service
from portal.grants.competitions.inquiries.forms import AskForm
from portal.grants.competitions.inquiries.models import Inquiry
from portal.grants.competitions.models import CallDocument, CallDocumentVersion, Competition
from portal.grants.competitions.public import queries
from portal.grants.competitions.public.queries import PAGE, Show
from portal.grants.competitions.public.rules import milestones
from portal.grants.competitions.rights import Right
from portal.grants.competitions.rules import phase, public_phase

views = Blueprint("competitions", __name__, url_prefix="/competitions")


@views.get("")
@public()
def index() -> ResponseReturnValue:
    """Open, coming and past calls, or one of the three."""
    chosen = request.args.get("show", "")
    shown = [Show(chosen)] if chosen in set(Show) else list(Show)
    return conditional(lambda: _list_page(shown, chosen, request.args.get("before")))


def _list_page(shown: list[Show], chosen: str, before: str | None) -> str:
    now = clock.now()
    found = {show: queries.listed(show, now, before) for show in shown}
    return render_template(
        "grants/competitions/public/index.html",
        found={show: calls[:PAGE] for show, calls in found.items()},
        further={show: len(calls) > PAGE for show, calls in found.items()},
        counts=queries.counts(now),
        chosen=chosen,
        phase=lambda call: public_phase(phase(call, now)),
    )


@views.get("/<slug:competition>")
@public(Right.VIEW)
def show(competition: Competition) -> ResponseReturnValue:
    """The page of a call."""
    return conditional(
        lambda: render_template(
            "grants/competitions/public/show.html",
            form=_ask_form(competition),
            **_call(competition),
        )
    )


def _ask_form(competition: Competition) -> AskForm | None:
    """The form for a question, for those who may ask; without it a visitor's page needs no
    session."""
    return AskForm() if access.decide(Right.ASK, access.person(), competition) else None


def _call(competition: Competition) -> dict[str, Any]:
    """The values shown on a call's page."""
    now, actor = clock.now(), access.person()
    stand = phase(competition, now)
    return {
        "competition": competition,
        "phase": public_phase(stand),
        "step": hooks.next_step(actor, competition, stand),
        "links": hooks.public_links(competition, public_phase(stand)),
        "documents": [one for one in documents_of(competition) if one.versions],
        "amendments": competition.amendments,
        "milestones": milestones(competition, now),
        "inquiries": inquiry_queries.answered(competition),
        "own_inquiries": inquiry_queries.own_waiting(actor, competition),
    }


@views.get("/<slug:competition>/amendments")
@public(Right.VIEW)
def amendments(competition: Competition) -> ResponseReturnValue:
    """Amendments: order, date, reason, old and new values."""
    return conditional(
        lambda: render_template(
            "grants/competitions/public/amendments.html",
            competition=competition,
            amendments=competition.amendments,
        )
    )


@views.get("/<slug:competition>/documents/<key:call_document>/<int:document_version>")
@public(Right.VIEW)
def document(
    competition: Competition, call_document: CallDocument, document_version: CallDocumentVersion
) -> ResponseReturnValue:
    """Any version of a document, as a download."""
    return send(document_version.file)


@views.get("/<slug:competition>/questions")
@public(Right.VIEW)
def questions(competition: Competition) -> ResponseReturnValue:
    """Redirects to the call's page after signing in to ask."""
    return redirect(url_for(".show", competition=competition, _anchor="questions"))


@views.post("/<slug:competition>/questions")
@requires(Right.ASK)
def ask(competition: Competition) -> ResponseReturnValue:
    form = AskForm()
    if carried_out(form, lambda: inquiry_service.ask(signed_in(), competition, form.question.data)):
        flash(_("Your question has reached the board. You will get the answer by e-mail."))
        return redirect(url_for(".show", competition=competition, _anchor="questions"))
    return form_page("grants/competitions/public/show.html", form, **_call(competition))


@views.post("/<slug:competition>/questions/<key:own_inquiry>/withdraw")
@requires(Right.TAKE_BACK)
def take_back(competition: Competition, own_inquiry: Inquiry) -> ResponseReturnValue:
    inquiry_service.take_back(signed_in(), competition, own_inquiry)
    flash(_("Your question is withdrawn."))
    return redirect(url_for(".show", competition=competition, _anchor="questions"))
