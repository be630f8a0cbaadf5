"""Pages of meetings: convene, attendance, votes, close, minutes."""

from collections.abc import Callable, Sequence
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug import Response

from portal.core import clock, languages
from portal.core.access import requires, signed_in
from portal.core.db import Words
from portal.core.documents.views import send_bytes
from portal.core.forms import carried_out, form_page
from portal.core.papers.blocks import Paper
from portal.core.papers.issuer import issuer_of
from portal.core.papers.rendering import WORD, render_docx, render_pdf
from portal.core.periods import has_come
from portal.grants.applications.models import Application
from portal.grants.competitions.models import Competition
from portal.grants.evaluation.committee.queries import closed_to
from portal.grants.evaluation.committee.rights import Right as Committee
from portal.grants.evaluation.meeting import forms, labels, minutes, printed, queries, service
from portal.grants.evaluation.meeting.models import Meeting, Vote, VoteKind
from portal.grants.evaluation.meeting.rights import Right
from portal.grants.evaluation.preconditions import is_under_evaluation
from portal.grants.evaluation.ranking.blockers import Blocker, Blocks
from portal.grants.evaluation.ranking.queries import hidden_from, meetings_of, ranking_for
from portal.grants.evaluation.ranking.rights import Right as Ranking
from portal.grants.evaluation.visibility import Sight

views = Blueprint("meetings", __name__, url_prefix="/committee/<slug:competition>/meetings")


@views.context_processor
def _names() -> dict[str, object]:
    return {
        "Right": Right,
        "Ranking": Ranking,
        "Committee": Committee,
        "printed": printed,
        "words": labels,
        "is_under_evaluation": is_under_evaluation,
    }


@views.get("")
@requires(Right.READ)
def index(competition: Competition) -> ResponseReturnValue:
    return render_template(
        "grants/evaluation/meeting/index.html",
        competition=competition,
        meetings=meetings_of(competition)[::-1],
    )


@views.route("/new", methods=["GET", "POST"])
@requires(Right.KEEP)
def convene(competition: Competition) -> ResponseReturnValue:
    form = forms.ConveneForm(held_at=clock.now())
    done = carried_out(
        form,
        lambda: service.convene(
            signed_in(), competition, held_at=form.held_at.data, place=form.place.data
        ),
    )
    if done:
        return redirect(url_for(".show", competition=competition, meeting=done.result))
    return form_page("grants/evaluation/meeting/convene.html", form, competition=competition)


@views.get("/<key:meeting>")
@requires(Right.READ)
def show(competition: Competition, meeting: Meeting) -> ResponseReturnValue:
    actor, is_open = signed_in(), meeting.closed_at is None
    record = _record(competition, meeting)
    rows = {str(row.id): row for row in meeting.recorded}
    blockers: Sequence[Blocker] = ()
    if is_open and is_under_evaluation(competition):
        blockers = ranking_for(actor, competition).blockers
    recorders, about, kept = None, list[str](), list[str]()
    if is_open:
        about = list(queries.numbers(competition).values())
        kept = queries.kept_from(actor, competition, about)
        seats = queries.seats(competition, meeting)
        asked = queries.electorate(competition, seats)
        recorders = queries.recorders(competition, meeting, seats, asked, about)
    return render_template(
        "grants/evaluation/meeting/show.html",
        competition=competition,
        meeting=meeting,
        record=record,
        votes=[(rows[said["key"]], said) for said in record["votes"]],
        extract=record.get("extract", False),
        in_english="en" in languages.codes(),
        held=has_come(meeting.held_at, clock.now()),
        before=[one for one in blockers if not one.in_a_meeting],
        tie_decides=any(one.kind is Blocks.TIE for one in blockers),
        recorders=recorders,
        noted=[number for number in about if number not in kept],
        kept=kept,
    )


def _meeting(competition: Competition, meeting: Meeting) -> Response:
    return redirect(url_for(".show", competition=competition, meeting=meeting))


def _record(competition: Competition, meeting: Meeting) -> minutes.Record:
    """The record for this reader: the frozen one once closed, else the present one.

    Before the discussion it contains nothing confidential.
    """
    record = meeting.record or minutes.record_of(competition, meeting)
    found = hidden_from(signed_in(), competition)
    hidden = {number for number, sight in found if sight is not Sight.BEFORE_DISCUSSION}
    return minutes.without(record, hidden | closed_to(signed_in(), competition))


@views.route("/<key:meeting>/description", methods=["GET", "POST"])
@requires(Right.KEEP)
def describe(competition: Competition, meeting: Meeting) -> ResponseReturnValue:
    form = forms.DescribeForm(obj=meeting)
    if carried_out(
        form,
        lambda: service.describe(
            signed_in(),
            competition,
            meeting,
            held_at=form.held_at.data,
            place=form.place.data,
            notes=form.notes.data or "",
            version=form.seen_version,
        ),
    ):
        return _meeting(competition, meeting)
    return form_page(
        "grants/evaluation/meeting/describe.html", form, competition=competition, meeting=meeting
    )


@views.route("/<key:meeting>/attendance", methods=["GET", "POST"])
@requires(Right.KEEP)
def attend(competition: Competition, meeting: Meeting) -> ResponseReturnValue:
    seats = queries.seats(competition, meeting)
    form = forms.AttendanceForm(present=[str(s.person.id) for s in seats if s.is_there])
    form.present.choices = [(str(s.person.id), s.person.name) for s in seats]
    present = [s.person.id for s in seats if str(s.person.id) in (form.present.data or [])]
    if carried_out(form, lambda: service.attend(signed_in(), competition, meeting, present)):
        return _meeting(competition, meeting)
    return form_page(
        "grants/evaluation/meeting/attend.html", form, competition=competition, meeting=meeting
    )


@views.route("/<key:meeting>/movements", methods=["GET", "POST"])
@requires(Right.KEEP)
def move(competition: Competition, meeting: Meeting) -> ResponseReturnValue:
    """Record an arrival or departure; recorded votes stay."""
    people = {str(s.person.id): s.person for s in queries.seats(competition, meeting)}
    form = forms.MoveForm(at=clock.now())
    form.who.choices = [(key, person.name) for key, person in people.items()]

    def moved() -> None:
        verb = service.arrive if form.what.data == "came" else service.leave
        verb(signed_in(), competition, meeting, people[form.who.data], at=form.at.data)

    if carried_out(form, moved):
        return _meeting(competition, meeting)
    return form_page(
        "grants/evaluation/meeting/move.html", form, competition=competition, meeting=meeting
    )


@views.route("/<key:meeting>/keeper", methods=["GET", "POST"])
@requires(Right.NAME)
def name_keeper(competition: Competition, meeting: Meeting) -> ResponseReturnValue:
    people = {str(s.person.id): s.person for s in queries.seats(competition, meeting)}
    form = forms.KeeperForm(keeper=str(meeting.keeper_id or forms.NOBODY))
    form.keeper.choices = [(key, person.name) for key, person in people.items()]
    form.keeper.choices.append((forms.NOBODY, _("nobody")))
    if carried_out(
        form,
        lambda: service.name_keeper(
            signed_in(), competition, meeting, people.get(form.keeper.data)
        ),
    ):
        return _meeting(competition, meeting)
    return form_page(
        "grants/evaluation/meeting/keeper.html", form, competition=competition, meeting=meeting
    )


@views.route("/<key:meeting>/notes/<number:application>", methods=["GET", "POST"])
@requires(Right.NOTE)
def note(
    competition: Competition, meeting: Meeting, application: Application
) -> ResponseReturnValue:
    found = queries.note(meeting, application)
    form = forms.NoteForm(obj=found) if found else forms.NoteForm()
    if carried_out(
        form,
        lambda: service.take_note(
            signed_in(),
            competition,
            meeting,
            application,
            text=form.text.data or "",
            version=form.seen_version,
        ),
    ):
        return _meeting(competition, meeting)
    return form_page(
        "grants/evaluation/meeting/note.html",
        form,
        competition=competition,
        meeting=meeting,
        application=application,
    )


@views.route("/<key:meeting>/votes/tie", methods=["GET", "POST"])
@requires(Right.KEEP)
def break_tie(competition: Competition, meeting: Meeting) -> ResponseReturnValue:
    """`?between=` names the tied applications; those recused from one have no ballot."""
    numbers = request.args.getlist("between")[:50]
    tied = queries.titles(signed_in(), competition, numbers)
    if set(tied) != set(numbers):
        abort(HTTPStatus.NOT_FOUND)
    voting = queries.voting(competition, meeting, numbers, tie=True)
    form = forms.tie_form(voting.voters, tied)
    if carried_out(
        form,
        lambda: service.break_tie(
            signed_in(),
            competition,
            meeting,
            numbers=numbers,
            ballots=form.firsts,
            remark=form["remark"].data or "",
        ),
    ):
        flash(_("The vote is recorded."))
        return _meeting(competition, meeting)
    return _vote_page(form, competition, meeting, voting, tie=True)


@views.route("/<key:meeting>/votes/ranking", methods=["GET", "POST"])
@requires(Right.KEEP)
def approve(competition: Competition, meeting: Meeting) -> ResponseReturnValue:
    about = list(queries.numbers(competition).values())
    voting = queries.voting(competition, meeting, about, tie=False)
    form = forms.approval_form(voting.voters)
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
    return _vote_page(form, competition, meeting, voting, tie=False)


def _vote_page(
    form: forms.BallotForm,
    competition: Competition,
    meeting: Meeting,
    voting: queries.Voting,
    *,
    tie: bool,
) -> ResponseReturnValue:
    """Ballots of all voters with the quorum, for those who may record them."""
    return form_page(
        "grants/evaluation/meeting/vote.html",
        form,
        competition=competition,
        meeting=meeting,
        voting=voting,
        tie=tie,
        records=not queries.kept_from(signed_in(), competition, voting.about),
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
    return form_page(
        "grants/evaluation/meeting/withdraw.html", form, competition=competition, meeting=meeting
    )


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
        "grants/evaluation/meeting/close.html",
        form,
        competition=competition,
        meeting=meeting,
        approved=any(v.kind is VoteKind.RANKING and v.carried for v in meeting.votes),
        extract=_record(competition, meeting).get("extract", False),
    )


@views.get("/<key:meeting>/minutes.pdf")
@requires(Right.READ)
def minutes_pdf(competition: Competition, meeting: Meeting) -> ResponseReturnValue:
    return _paper(competition, meeting, render_pdf, "pdf", "application/pdf")


@views.get("/<key:meeting>/minutes.docx")
@requires(Right.READ)
def minutes_document(competition: Competition, meeting: Meeting) -> ResponseReturnValue:
    return _paper(competition, meeting, render_docx, "docx", WORD)


def _paper(
    competition: Competition,
    meeting: Meeting,
    render: Callable[[Paper], bytes],
    extension: str,
    media_type: str,
) -> Response:
    """The minutes as issued by the board named in the record. They are Latvian, with an English
    version on request."""
    record = _record(competition, meeting)
    call = record["competition"]
    english = request.args.get("language") == "en" and "en" in languages.codes()
    with force_locale("en" if english else "lv"):
        issuer = issuer_of(
            competition.municipality,
            at=meeting.closed_at or clock.now(),
            name=Words.of(call["organiser"]),
            contact=call["contact"],
        )
        content = render(printed.minutes(record, issuer))
        name = printed.filename(record, extension)
    return send_bytes(content, name=name, media_type=media_type)
