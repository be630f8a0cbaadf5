"""Meetings: convene, attendance, votes, close, minutes."""

from collections.abc import Mapping, Sequence
from functools import partial
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug import Response

from portal.core import clock
from portal.core.access import requires, signed_in
from portal.core.documents.pdf import render_pdf
from portal.core.documents.views import send_bytes
from portal.core.forms import carried_out, form_page
from portal.core.periods import has_come
from portal.grants.competitions.models import Competition
from portal.grants.evaluation.committee.rights import Right as Committee
from portal.grants.evaluation.guards import is_under_evaluation
from portal.grants.evaluation.meeting import forms, minutes, paper, queries, service
from portal.grants.evaluation.meeting.models import Meeting, Vote, VoteKind
from portal.grants.evaluation.meeting.rights import Right
from portal.grants.evaluation.ranking.blockers import Blocker, Blocks
from portal.grants.evaluation.ranking.queries import conflicts_of, hidden_from, ranking_for
from portal.grants.evaluation.ranking.rights import Right as Ranking

FOLDER = "grants/evaluation/meeting"
NOBODY_RECUSED: Mapping[str, set[UUID]] = {}

views = Blueprint("meetings", __name__, url_prefix="/committee/<slug:competition>/meetings")


@views.context_processor
def _names() -> dict[str, object]:
    return {
        "Right": Right,
        "Ranking": Ranking,
        "Committee": Committee,
        "is_under_evaluation": is_under_evaluation,
    }


@views.get("")
@requires(Right.READ)
def index(competition: Competition) -> ResponseReturnValue:
    return render_template(
        f"{FOLDER}/index.html",
        competition=competition,
        meetings=queries.meetings(competition),
    )


@views.route("/new", methods=["GET", "POST"])
@requires(Right.KEEP)
def convene(competition: Competition) -> ResponseReturnValue:
    form = forms.ConveneForm(held_at=clock.now())
    made: list[Meeting] = []
    if carried_out(
        form,
        lambda: made.append(
            service.convene(
                signed_in(), competition, held_at=form.held_at.data, place=form.place.data
            )
        ),
    ):
        return redirect(url_for(".show", competition=competition, meeting=made[0]))
    return form_page(f"{FOLDER}/convene.html", form, competition=competition)


@views.get("/<key:meeting>")
@requires(Right.READ)
def show(competition: Competition, meeting: Meeting) -> ResponseReturnValue:
    record, blockers = _record(competition, meeting), _blockers(competition, meeting)
    return render_template(
        f"{FOLDER}/show.html",
        competition=competition,
        meeting=meeting,
        record=record,
        votes=_votes(meeting, record),
        ties=queries.ties(record),
        paper=paper,
        partial=record.get("partial", False),
        held=has_come(meeting.held_at, clock.now()),
        before=[one for one in blockers if not one.in_a_meeting],
        tie_decides=any(one.kind is Blocks.TIE for one in blockers),
    )


def _votes(meeting: Meeting, record: minutes.Record) -> list[tuple[Vote, dict[str, Any]]]:
    """Each vote that stands, with what the minutes say of it."""
    rows = {row.number: row for row in meeting.votes}
    return [(rows[said["number"]], said) for said in record["votes"] if said["number"] in rows]


def _meeting(competition: Competition, meeting: Meeting) -> Response:
    return redirect(url_for(".show", competition=competition, meeting=meeting))


def _blockers(competition: Competition, meeting: Meeting) -> Sequence[Blocker]:
    """What an open meeting still stands before."""
    if meeting.closed_at or not is_under_evaluation(competition):
        return ()
    return ranking_for(signed_in(), competition).blockers


def _record(competition: Competition, meeting: Meeting) -> minutes.Record:
    """What the minutes say to this reader: frozen once it is closed, as it stands before."""
    record = meeting.record or minutes.record_of(competition, meeting)
    hidden = {number for number, _sight in hidden_from(signed_in(), competition)}
    return minutes.without(record, hidden | conflicts_of(signed_in(), competition))


@views.route("/<key:meeting>/description", methods=["GET", "POST"])
@requires(Right.KEEP)
def describe(competition: Competition, meeting: Meeting) -> ResponseReturnValue:
    form = forms.DescribeForm(obj=meeting)
    if carried_out(
        form,
        lambda: service.describe(
            *(signed_in(), competition, meeting),
            held_at=form.held_at.data,
            place=form.place.data,
            notes=form.notes.data or "",
            version=form.seen_version,
        ),
    ):
        return _meeting(competition, meeting)
    return form_page(f"{FOLDER}/describe.html", form, competition=competition, meeting=meeting)


@views.route("/<key:meeting>/attendance", methods=["GET", "POST"])
@requires(Right.KEEP)
def attend(competition: Competition, meeting: Meeting) -> ResponseReturnValue:
    people = queries.by_name(meeting)
    form = forms.AttendanceForm(present=[str(a.person_id) for a in people if a.present])
    form.present.choices = [(str(a.person_id), a.person.name) for a in people]
    present = [a.person_id for a in people if str(a.person_id) in (form.present.data or [])]
    if carried_out(form, lambda: service.attend(signed_in(), competition, meeting, present)):
        return _meeting(competition, meeting)
    return form_page(f"{FOLDER}/attend.html", form, competition=competition, meeting=meeting)


@views.route("/<key:meeting>/votes/tie", methods=["GET", "POST"])
@requires(Right.KEEP)
def break_tie(competition: Competition, meeting: Meeting) -> ResponseReturnValue:
    """`?between=` names the tied applications; whoever is recused from one is not asked."""
    numbers = request.args.getlist("between")[:50]
    recused = queries.recused_by_number(competition)
    tied = queries.titles(signed_in(), competition, numbers)
    if set(tied) != set(numbers):
        abort(HTTPStatus.NOT_FOUND)
    form = forms.tie_form(queries.voters(meeting, recused, numbers), tied)
    verb = partial(service.break_tie, signed_in(), competition, meeting, numbers=numbers)
    if carried_out(form, lambda: verb(ballots=form.firsts, remark=form["remark"].data or "")):
        flash(_("The vote is recorded."))
        return _meeting(competition, meeting)
    return _vote_page(form, competition, meeting, numbers, recused)


@views.route("/<key:meeting>/votes/ranking", methods=["GET", "POST"])
@requires(Right.KEEP)
def approve(competition: Competition, meeting: Meeting) -> ResponseReturnValue:
    form = forms.approval_form(queries.voters(meeting, {}, ()))
    if carried_out(
        form,
        lambda: service.approve_ranking(
            signed_in(),
            competition,
            meeting,
            ballots=form.choices,
            remark=form["remark"].data or "",
        ),
    ):
        flash(_("The vote is recorded."))
        return _meeting(competition, meeting)
    return _vote_page(form, competition, meeting)


def _vote_page(
    form: forms.BallotForm,
    competition: Competition,
    meeting: Meeting,
    numbers: Sequence[str] = (),
    recused: Mapping[str, set[UUID]] = NOBODY_RECUSED,
) -> ResponseReturnValue:
    """A ballot for each who may vote: between tied applications, or on the ranking."""
    return form_page(
        f"{FOLDER}/vote.html",
        form,
        competition=competition,
        meeting=meeting,
        numbers=numbers,
        excluded=queries.excluded(meeting, recused, numbers),
        chair_votes=queries.chair_of(competition) in {one.id for one in form.voters},
    )


@views.route("/<key:meeting>/votes/<key:vote>/withdraw", methods=["GET", "POST"])
@requires(Right.KEEP)
def withdraw(competition: Competition, meeting: Meeting, vote: Vote) -> ResponseReturnValue:
    form = forms.WithdrawForm()
    if carried_out(
        form,
        lambda: service.withdraw_vote(
            signed_in(), competition, meeting, vote, reason=form.reason.data
        ),
    ):
        return _meeting(competition, meeting)
    return form_page(f"{FOLDER}/withdraw.html", form, competition=competition, meeting=meeting)


@views.route("/<key:meeting>/close", methods=["GET", "POST"])
@requires(Right.CLOSE)
def close(competition: Competition, meeting: Meeting) -> ResponseReturnValue:
    form = forms.CloseForm(obj=meeting)
    if carried_out(
        form,
        lambda: service.close(signed_in(), competition, meeting, version=form.seen_version),
    ):
        flash(_("The meeting is closed. Print the minutes to have them signed."))
        return _meeting(competition, meeting)
    return form_page(
        f"{FOLDER}/close.html",
        form,
        competition=competition,
        meeting=meeting,
        approved=any(v.kind is VoteKind.RANKING and v.carried for v in meeting.votes),
    )


@views.get("/<key:meeting>/minutes.pdf")
@requires(Right.READ)
def minutes_pdf(competition: Competition, meeting: Meeting) -> ResponseReturnValue:
    record, language = _record(competition, meeting), _language()
    with force_locale(language):
        content = render_pdf(paper.minutes(record), language=language)
        name = paper.filename(record, "pdf")
    return send_bytes(content, name=name)


def _language() -> str:
    """Minutes are Latvian; who asks for it reads them in English."""
    return "en" if request.args.get("language") == "en" else "lv"


@views.get("/<key:meeting>/minutes.docx")
@requires(Right.READ)
def minutes_document(competition: Competition, meeting: Meeting) -> ResponseReturnValue:
    # Word's library costs a worker 8 MB; few ask for this document.
    from portal.core.documents.docx import MEDIA_TYPE, minutes_docx

    record = _record(competition, meeting)
    language = _language()
    with force_locale(language):
        content = minutes_docx(paper.minutes(record), language=language)
        name = paper.filename(record, "docx")
    return send_bytes(content, name=name, media_type=MEDIA_TYPE)
