"""An application and its receipt as documents: PDF for people, JSON for programs."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import current_app
from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

from portal.core import clock
from portal.core.accounts.labels import KINDS
from portal.core.accounts.organisations.rules import Kind
from portal.core.db import Words
from portal.core.documents.pdf import render_pdf
from portal.core.documents.shapes import (
    Answer,
    ApplicationPaper,
    AttachedFile,
    Fact,
    Receipt,
    Size,
    Step,
    Verbatim,
)
from portal.core.documents.shapes import Section as PaperSection
from portal.core.errors import Message
from portal.core.messages.links import page_url
from portal.grants.applications import queries
from portal.grants.applications.content import Content, ShownAnswer
from portal.grants.applications.models import Application, Channel, Submission
from portal.grants.applications.queries import Draft
from portal.grants.applications.register.records import receipt_record
from portal.grants.competitions.models import Competition

CHANNELS: dict[Channel, Message] = {
    Channel.PORTAL: _l("in the portal"),
    Channel.IN_PERSON: _l("in person"),
    Channel.POST: _l("by post"),
    Channel.EMAIL: _l("by e-mail"),
    Channel.E_DOCUMENT: _l("as a signed e-document"),
}


def draft_pdf(draft: Draft) -> bytes:
    """The application as it stands now, marked as a draft; for its own people."""
    application = draft.application
    with force_locale(application.language):
        return render_pdf(
            _paper(application, queries.content_of_draft(draft), clock.now()),
            language=application.language,
        )


def submitted_pdf(submission: Submission, *, minors: bool) -> bytes:
    """The application as it was submitted. `minors` as in queries.content_of."""
    application = submission.application
    with force_locale(application.language):
        content = queries.content_of(submission, minors=minors)
        paper = _paper(application, content, submission.submitted_at, submission)
        return render_pdf(paper, language=application.language)


def receipt_pdf(submission: Submission, *, minors: bool) -> bytes:
    """The receipt, with its record for `flask verify` attached.

    The record names every file, so without `minors` (as in queries.content_of) there is none.
    """
    application = submission.application
    competition, call = application.competition, submission.content["terms"]
    return render_pdf(
        Receipt(
            title=_l("Receipt"),
            number=application.number or "",
            issuer=Words.of(call["organiser"]),
            contact=competition.contact_email,
            at=submission.submitted_at,
            competition=Words.of(call["title"]),
            applicant=submission.applicant,
            project=submission.title,
            submitted_by=submission.submitted_by,
            channel=_came_by(submission),
            seal=submission.seal,
            verify_at=page_url("register.verify"),
            change_until=competition.deadline,
            next_steps=tuple(next_steps(competition)),
            record=Verbatim(json.dumps(record(submission)) if minors else ""),
        ),
        language=application.language,
    )


def record(submission: Submission) -> dict[str, Any]:
    """The receipt for programs."""
    base_url: str = current_app.extensions["settings"].base_url
    return receipt_record(base_url, submission.content, submission.seal)


def next_steps(competition: Competition) -> Iterable[Step]:
    """What happens after submitting, and when."""
    yield Step(
        competition.deadline,
        _l("The call closes. The list of numbers and seals becomes public on its page."),
    )
    yield Step(
        _l("after that"),
        _l("The board checks every application. If something is unclear, it writes to you."),
    )
    yield Step(competition.results_by, _l("The results are published by this day."))


def _came_by(submission: Submission) -> Message:
    channel = Channel(submission.channel)
    return "" if channel is Channel.PORTAL else CHANNELS[channel]


def _paper(
    application: Application,
    content: Content,
    at: datetime,
    submission: Submission | None = None,
) -> ApplicationPaper:
    competition = application.competition
    call = submission.content["terms"] if submission else None
    title = submission.title if submission else application.draft_title
    return ApplicationPaper(
        title=title or _l("Untitled application"),
        number=(application.number or "") if submission else "",
        issuer=Words.of(call["organiser"]) if call else competition.organiser,
        contact=competition.contact_email,
        at=at,
        competition=Words.of(call["title"]) if call else competition.title,
        facts=tuple(_facts(content)),
        submitted_at=submission.submitted_at if submission else None,
        submitted_by=submission.submitted_by if submission else "",
        sections=tuple(_sections(content)),
        scanned=_has_more_in_scans(content),
        attachments=tuple(_attachments(content)),
        seal=submission.seal if submission else "",
        verify_at=page_url("register.verify") if submission else "",
    )


def _facts(content: Content) -> Iterable[Fact]:
    yield Fact(_l("Applicant"), content.applicant.name)
    yield Fact(_l("Kind"), KINDS[Kind(content.applicant.kind)])
    if content.applicant.registration_number:
        yield Fact(_l("Registration number"), content.applicant.registration_number)
    if content.partner:
        number = content.partner.registration_number
        yield Fact(_l("Partner"), f"{content.partner.name}, {number}")
    if content.channel is not Channel.PORTAL:
        yield Fact(_l("How it came"), CHANNELS[content.channel])
    if content.postmark:
        yield Fact(_l("Postmark"), content.postmark)


def _sections(content: Content) -> Iterable[PaperSection]:
    """All of the form; of what came on paper only what was entered, the scans say the rest."""
    for part in content.parts:
        answers = [one for one in part.answers if not (content.scans and one.is_blank)]
        if answers or not content.scans:
            yield PaperSection(part.title, tuple(_answer(one) for one in answers))


def _has_more_in_scans(content: Content) -> bool:
    return bool(content.scans) and any(
        one.is_blank for part in content.parts for one in part.answers
    )


def _answer(one: ShownAnswer) -> Answer:
    if one.shown.is_blank:
        return Answer(one.label, text=_file_names(one))
    return one.shown.kind.paper(one.label, one.shown)


def _file_names(one: ShownAnswer) -> Message:
    if one.hidden_files:
        return _l("Attached; only the eligibility officer sees it.")
    return "\n".join(file.name for file in one.files)


def _attachments(content: Content) -> Iterable[AttachedFile]:
    for file in content.scans:
        yield AttachedFile(_l("Scans"), file.name, Size(file.size), file.sha256)
    for part in content.parts:
        for answer in part.answers:
            for file in answer.files:
                yield AttachedFile(answer.label, file.name, Size(file.size), file.sha256)
