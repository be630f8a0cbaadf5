"""Registering what came in by another way than the portal, into the same queue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from portal.core import clock
from portal.core.accounts.models import Organisation, Person
from portal.core.accounts.organisations.rules import Kind
from portal.core.db import db
from portal.core.documents import service as documents
from portal.core.errors import Invalid
from portal.core.formats import exact_instant, short_date
from portal.core.messages.links import page_url
from portal.core.periods import has_come, whole_second
from portal.core.questions import rules as judging
from portal.core.questions.answers import queries as answers
from portal.core.questions.answers.queries import Sheet
from portal.core.questions.answers.service import Sent, Typed, keep, place, send_files, take_in
from portal.core.questions.models import AnswerSet, Question, Section
from portal.core.work import Work, unit_of_work
from portal.grants.applications import queries, rules
from portal.grants.applications.content import SCANS
from portal.grants.applications.correspondence import service as correspondence
from portal.grants.applications.drafts.service import (
    Partner,
    entitle,
    partner_of,
    require_eligible,
)
from portal.grants.applications.models import (
    Application,
    Channel,
    Submission,
)
from portal.grants.applications.rules import Arrival
from portal.grants.applications.submission.service import enter
from portal.grants.competitions.models import Competition
from portal.grants.competitions.rules import Phase, phase

# The scans of the paper, and files with the questions that they answer.
Files = tuple[list[documents.Incoming], list[Sent]]


@dataclass(frozen=True, slots=True)
class PaperApplicant:
    """Who applied, as the paper says."""

    kind: Kind
    name: str
    registration_number: str | None
    email: str
    address: str
    partner_number: str | None
    partner_name: str


@dataclass(frozen=True, slots=True)
class Paper:
    """What came in: how and when, by whom, the measured answers, the scans."""

    channel: Channel
    received_at: datetime
    postmark: date | None
    applicant: PaperApplicant
    answers: Mapping[str, Any]
    scans: Sequence[FileStorage]
    files: Sequence[tuple[Question, FileStorage]]


def register(
    actor: Person, competition: Competition, sections: Sequence[Section], paper: Paper
) -> Submission:
    """Register an application that came on paper or by e-mail: number, freeze and seal it.

    Raises Invalid where it came too late (by post the postmark counts), or where the applicant may
    not apply, a file cannot be taken, the title or the scans are missing.
    """
    _require_time(competition, paper)
    with documents.sending() as send:
        return _register(actor, competition, sections, paper, _send(send, paper))


def _register(
    actor: Person,
    competition: Competition,
    sections: Sequence[Section],
    paper: Paper,
    files: Files,
) -> Submission:
    application = Application(
        competition=competition,
        answer_set=AnswerSet(form=competition.form),
        started_by_id=actor.id,
    )
    with unit_of_work(actor, "application.registered", application) as work:
        work.lock(competition)
        _require_time(competition, paper)
        application.organisation = _applicant(work, paper.applicant)
        require_eligible(competition, application.organisation)
        application.partner = partner_of(work, application.organisation, _partner(paper.applicant))
        application.channel, application.email = paper.channel, paper.applicant.email
        application.received_at = whole_second(paper.received_at)
        application.postmark = paper.postmark if paper.channel is Channel.POST else None
        application.registered_by_id = actor.id
        work.add(application)
        db.session.flush()
        sheet = _answer(work, application, sections, paper, files)
        entitle(application, sheet)
        draft = queries.Draft(application, sheet)
        arrival = Arrival(paper.received_at, paper.channel, application.postmark)
        submission = enter(work, draft, arrival)
        _send_receipt(work, submission)
    return submission


def _require_time(competition: Competition, paper: Paper) -> None:
    if phase(competition, clock.now()) not in (Phase.OPEN, Phase.CLOSED):
        raise Invalid("not_open", _l("Nothing can be registered in this call now."))
    if not has_come(paper.received_at, clock.now()):
        raise Invalid("future", _l("This is in the future."), "received")
    if not has_come(competition.opens_at, paper.received_at):
        raise Invalid("too_early", _l("The call was not open yet then."), "received")
    if paper.channel is Channel.POST and paper.postmark is None:
        raise Invalid("postmark_owed", _l("Give the date of the postmark."), "postmark")
    if (
        paper.channel is Channel.POST
        and paper.postmark
        and paper.postmark > _day(paper.received_at)
    ):
        raise Invalid(
            "postmark_late", _l("It cannot have arrived before its postmark."), "postmark"
        )
    if not rules.in_time(competition.deadline, paper.received_at, paper.channel, paper.postmark):
        by_post = paper.channel is Channel.POST and paper.postmark is not None
        raise Invalid(
            "too_late",
            _l(
                "It came too late: the deadline was %(deadline)s, this is of %(came)s. Return it"
                " to the applicant with this reason.",
                deadline=exact_instant(competition.deadline),
                came=short_date(paper.postmark)
                if by_post and paper.postmark
                else exact_instant(paper.received_at),
            ),
            "postmark" if by_post else "received",
        )


def _day(instant: datetime) -> date:
    return instant.astimezone(clock.RIGA).date()


def _applicant(work: Work, described: PaperApplicant) -> Organisation:
    """The organisation with this number; otherwise added as the paper describes it."""
    number = described.registration_number if described.kind.is_registered else None
    if described.kind.is_registered and not number:
        raise Invalid(
            "number_owed",
            _l("Give the registration number of the applicant."),
            "registration_number",
        )
    known = number and db.session.scalar(
        select(Organisation).where(Organisation.registration_number == number)
    )
    return known or work.add(
        Organisation(
            kind=described.kind.value,
            name=described.name,
            registration_number=number,
            email=described.email,
            address=described.address,
        )
    )


def _partner(described: PaperApplicant) -> Partner | None:
    if not described.partner_number or not described.partner_name:
        return None
    return Partner(described.partner_number, described.partner_name, Kind.ASSOCIATION)


def _answer(
    work: Work,
    application: Application,
    sections: Sequence[Section],
    paper: Paper,
    files: Files,
) -> Sheet:
    """Keep the measured answers and all files; whatever else is asked stands in the scan."""
    sheet = answers.sheet(application.answer_set, sections)
    answered = [one for one in sheet.questions if paper.answers.get(one.key) is not None]
    sheet = keep(work, sheet, answered, Typed(paper.answers), clock.now()).sheet
    scans, answering = files
    for scan in scans:
        file = place(work, sheet, SCANS, scan, purpose="attachment")
        sheet = replace(sheet, files=[*sheet.files, file])
    sheet, refused = take_in(work, sheet, answering, purpose="attachment")
    if refused:
        raise refused[0]
    return sheet


def _send(send: documents.Sending, paper: Paper) -> Files:
    """Send the scans and the files. Raises Invalid for one that cannot be taken."""
    if not paper.scans:
        raise Invalid("scans_owed", _l("Attach the application itself."), "scans")
    scans = [send(one, field="scans") for one in paper.scans]
    files, refused = send_files(send, paper.files)
    if refused:
        raise refused[0]
    return scans, files


def _send_receipt(work: Work, submission: Submission) -> None:
    correspondence.write(
        work,
        submission.application,
        "applications/registered",
        matter=f"registered:{submission.id}",
        submission=submission,
        url=page_url("register.verify"),
    )


def wrong_answers(sections: Sequence[Section], paper: Paper) -> list[judging.Problem]:
    """What an officer typed that cannot be right; what the paper leaves out is no matter."""
    questions = [question for section in sections for question in section.questions]
    return judging.validate(questions, paper.answers, for_submit=False)
