"""The board's pages of a call's documents."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug import Response

from portal.core.access import requires, signed_in
from portal.core.forms import carried_out, form_page
from portal.grants.competitions.documents import queries, service
from portal.grants.competitions.documents.forms import AddForm, DescribeForm, ReplaceForm
from portal.grants.competitions.models import CallDocument, Competition, CompetitionState
from portal.grants.competitions.rights import Right

views = Blueprint(
    "call_documents", __name__, url_prefix="/board/competitions/<slug:competition>/documents"
)


def _listing(competition: Competition) -> Response:
    return redirect(url_for(".listing", competition=competition))


@views.get("")
@requires(Right.SEE)
def listing(competition: Competition) -> ResponseReturnValue:
    return render_template(
        "grants/competitions/documents/listing.html",
        Right=Right,
        competition=competition,
        documents=queries.listed(competition),
    )


@views.route("/new", methods=["GET", "POST"])
@requires(Right.PREPARE)
def add(competition: Competition) -> ResponseReturnValue:
    form = AddForm()
    form.file.required = competition.state is not CompetitionState.DRAFT
    if carried_out(
        form, lambda: service.add(signed_in(), competition, form.facts(), form.upload())
    ):
        flash(_("The document is added."))
        return _listing(competition)
    return form_page("grants/competitions/documents/add.html", form, competition=competition)


@views.route("/<key:call_document>", methods=["GET", "POST"])
@requires(Right.PREPARE)
def describe(competition: Competition, call_document: CallDocument) -> ResponseReturnValue:
    form = DescribeForm.of(call_document)
    if carried_out(
        form,
        lambda: service.describe(
            signed_in(), competition, call_document, form.facts(), form.seen_version
        ),
    ):
        flash(_("The document is saved."))
        return _listing(competition)
    return form_page(
        "grants/competitions/documents/describe.html",
        form,
        competition=competition,
        document=call_document,
    )


@views.route("/<key:call_document>/replace", methods=["GET", "POST"])
@requires(Right.PREPARE)
def replace(competition: Competition, call_document: CallDocument) -> ResponseReturnValue:
    """Add a document's file: its first, or a new version with what changed."""
    form, first = ReplaceForm(), not call_document.versions
    form.ask(call_document, public=competition.state is not CompetitionState.DRAFT)
    if carried_out(
        form, lambda: service.replace(signed_in(), competition, call_document, form.upload())
    ):
        again = _("The new version is added. Earlier ones can still be downloaded.")
        flash(_("The file is added.") if first else again)
        return _listing(competition)
    template = "grants/competitions/documents/replace.html"
    return form_page(template, form, competition=competition, document=call_document, first=first)


@views.post("/<key:call_document>/remove")
@requires(Right.PREPARE)
def remove(competition: Competition, call_document: CallDocument) -> ResponseReturnValue:
    service.remove(signed_in(), competition, call_document)
    flash(_("The document is removed."))
    return _listing(competition)


@views.post("/<key:call_document>/move")
@requires(Right.PREPARE)
def move(competition: Competition, call_document: CallDocument) -> ResponseReturnValue:
    service.move(signed_in(), competition, call_document, request.form.get("direction", ""))
    return _listing(competition)
