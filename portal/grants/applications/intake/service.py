"""Registering applications that did not come through the portal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage

from portal.core import clock
from portal.core.accounts.models import Organisation, OrganisationKind, Person
from portal.core.db import db
from portal.core.documents import service as documents
from portal.core.errors import Invalid
from portal.core.formats import exact_instant, short_date
from portal.core.messages.links import page_url
from portal.core.periods import has_come, whole_second
from portal.core.questions.answers import queries as answers
from portal.core.questions.answers.queries import CurrentAnswers
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
    registered,
    require_eligible,
)
from portal.grants.applications.models import Application, Channel, Submission
from portal.grants.applications.rules import Arrival
from portal.grants.applications.submission.service import enter
from portal.grants.competitions.models import Competition
from portal.grants.competitions.rules import Phase, phase


@dataclass(frozen=True, slots=True)
class PaperApplicant:
    """The applicant named on the paper."""

    kind: OrganisationKind
    name: str
    registration_number: str | None
    email: str
    address: str
    partner: Partner | None


@dataclass(frozen=True, slots=True)
class PaperApplication:
    """A paper application: how and when it came, by whom, the measured answers, the scans."""

    channel: Channel
    received_at: datetime
    postmark: date | None
    applicant: PaperApplicant
    answers: Mapping[str, Any]
    scans: Sequence[FileStorage]
    files: Sequence[tuple[Question, FileStorage]]


def register(
    actor: Person, competition: Competition, sections: Sequence[Section], paper: PaperApplication
) -> Submission:
    """Register an application that came on paper or by e-mail: number, freeze and seal it.

    Raises Invalid if it came too late (by post the postmark decides), the applicant may not apply,
    a file is refused, or the title or the scans are missing.
    """
    _require_time(competition, paper)
    if not paper.scans:
        raise Invalid("scans_owed", _l("Attach the application itself."), "scans")
    with documents.sending() as send:
        scans = [send(one, field="scans") for one in paper.scans]
        files, refused = send_files(send, paper.files)
        if refused:
            raise refused[0]
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
            application.partner = partner_of(
                work, application.organisation, paper.applicant.partner
            )
            application.channel, application.email = paper.channel, paper.applicant.email
            application.received_at = whole_second(paper.received_at)
            application.postmark = paper.postmark if paper.channel is Channel.POST else None
            application.registered_by_id = actor.id
            work.add(application)
            db.session.flush()
            current = answers.current_answers(application.answer_set, sections)
            current = _answer(work, current, paper.answers, scans, files)
            entitle(application, current)
            arrival = Arrival(paper.received_at, paper.channel, application.postmark)
            submission = enter(work, queries.Draft(application, current), arrival)
            correspondence.write(
                work,
                application,
                "applications/registered",
                matter=f"registered:{submission.id}",
                submission=submission,
                url=page_url("register.verify"),
            )
    return submission


def _require_time(competition: Competition, paper: PaperApplication) -> None:
    if phase(competition, clock.now()) not in (Phase.OPEN, Phase.CLOSED):
        raise Invalid("not_open", _l("Nothing can be registered in this call now."))
    if not has_come(paper.received_at, clock.now()):
        raise Invalid("future", _l("This is in the future."), "received")
    if not has_come(competition.opens_at, paper.received_at):
        raise Invalid("too_early", _l("The call was not open yet then."), "received")
    postmark = paper.postmark if paper.channel is Channel.POST else None
    if paper.channel is Channel.POST and postmark is None:
        raise Invalid("postmark_owed", _l("Give the date of the postmark."), "postmark")
    if postmark and postmark > clock.day_of(paper.received_at):
        raise Invalid(
            "postmark_late", _l("It cannot have arrived before its postmark."), "postmark"
        )
    if not rules.in_time(competition.deadline, paper.received_at, paper.channel, postmark):
        raise Invalid(
            "too_late",
            _l(
                "It came too late: the deadline was %(deadline)s, this is of %(came)s. Return it"
                " to the applicant with this reason.",
                deadline=exact_instant(competition.deadline),
                came=short_date(postmark) if postmark else exact_instant(paper.received_at),
            ),
            "postmark" if postmark else "received",
        )


def _applicant(work: Work, described: PaperApplicant) -> Organisation:
    """The organisation with this number; if there is none, a new one with these details."""
    number = described.registration_number if described.kind.is_registered else None
    if described.kind.is_registered and not number:
        raise Invalid(
            "number_owed",
            _l("Give the registration number of the applicant."),
            "registration_number",
        )
    return registered(
        work,
        number,
        kind=described.kind.value,
        name=described.name,
        email=described.email,
        address=described.address,
    )


def _answer(
    work: Work,
    current: CurrentAnswers,
    typed: Mapping[str, Any],
    scans: Sequence[documents.Incoming],
    files: Sequence[Sent],
) -> CurrentAnswers:
    """Save the measured answers and all files; other answers are in the scans."""
    answered = [one for one in current.questions if typed.get(one.key) is not None]
    current = keep(work, current, answered, Typed(typed), clock.now()).current
    for scan in scans:
        file = place(work, current, SCANS, scan, purpose="attachment")
        current = replace(current, files=[*current.files, file])
    current, refused = take_in(work, current, files, purpose="attachment")
    if refused:
        raise refused[0]
    return current
