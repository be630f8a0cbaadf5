"""The board's pages of a competition."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.core import clock
from portal.core.access import requires, signed_in
from portal.core.fields import Form
from portal.core.forms import carried_out, form_page
from portal.grants.competitions import hooks, queries, service
from portal.grants.competitions.checklist import checklist
from portal.grants.competitions.forms import CancelForm, CreateForm
from portal.grants.competitions.inquiries.queries import count_waiting
from portal.grants.competitions.labels import by_post
from portal.grants.competitions.models import Competition, CompetitionState
from portal.grants.competitions.rights import Right
from portal.grants.competitions.rules import CompetitionEvent, allows, phase

views = Blueprint("board", __name__, url_prefix="/board/competitions")


@views.get("")
@requires(Right.BOARD)
def index() -> ResponseReturnValue:
    """The competitions of one's boards with the counts of their stages."""
    now, actor = clock.now(), signed_in()
    found = queries.board_list(actor)
    return render_template(
        "grants/competitions/board/index.html",
        Right=Right,
        competitions=found,
        counts=hooks.counts_by_competition(actor, found),
        phase=lambda competition: phase(competition, now),
    )


@views.route("/new", methods=["GET", "POST"])
@requires(Right.CREATE)
def create() -> ResponseReturnValue:
    actor = signed_in()
    form = CreateForm()
    form.offer(queries.own_municipalities(actor), queries.board_list(actor))
    if done := carried_out(form, lambda: service.create(actor, **form.creation())):
        flash(_("The draft is made. Nobody outside the board sees it."))
        return redirect(url_for(".show", competition=done.result))
    return form_page("grants/competitions/board/create.html", form)


@views.get("/<slug:competition>")
@requires(Right.SEE)
def show(competition: Competition) -> ResponseReturnValue:
    """The competition's state, what is missing, and links to its parts."""
    now, actor = clock.now(), signed_in()
    return render_template(
        "grants/competitions/board/show.html",
        Right=Right,
        competition=competition,
        phase=phase(competition, now),
        checklist=checklist(competition, now),
        counts=hooks.counts_by_competition(actor, [competition])[competition.id],
        waiting=count_waiting(competition),
        allows=lambda event: allows(competition, CompetitionEvent(event), now),
    )


@views.route("/<slug:competition>/announce", methods=["GET", "POST"])
@requires(Right.ANNOUNCE)
def announce(competition: Competition) -> ResponseReturnValue:
    """Confirm, with the consequences, then announce."""
    form = Form()
    if carried_out(form, lambda: service.announce(signed_in(), competition)):
        flash(_("The call is announced. Everybody can see it now."))
        return redirect(url_for(".show", competition=competition))
    return form_page(
        "grants/competitions/board/announce.html",
        competition=competition,
        form=form,
        checklist=checklist(competition, clock.now()),
    )


@views.route("/<slug:competition>/cancel", methods=["GET", "POST"])
@requires(Right.CANCEL)
def cancel(competition: Competition) -> ResponseReturnValue:
    """Confirm, with the consequences, then cancel."""
    form = CancelForm()
    if competition.state is CompetitionState.DRAFT:
        form.reason.hint = _("It stands in the journal.")
    outlook = hooks.outlook(competition)
    if carried_out(form, lambda: service.cancel(signed_in(), competition, form.reason.data)):
        flash(f"{_('The call is cancelled.')} {by_post(outlook)}".strip())
        return redirect(url_for(".show", competition=competition))
    return form_page(
        "grants/competitions/board/cancel.html",
        competition=competition,
        form=form,
        phase=phase(competition, clock.now()),
        allowed=allows(competition, CompetitionEvent.CANCEL, clock.now()),
        outlook=outlook,
    )
