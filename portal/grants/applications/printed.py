"""An application and its receipt as PDF; the receipt also as JSON, for programs."""

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.core import clock
from portal.core.accounts.labels import ORGANISATION_KINDS
from portal.core.accounts.models import OrganisationKind
from portal.core.db import Words
from portal.core.errors import Message
from portal.core.formats import exact_instant, filesize, short_date, short_instant
from portal.core.messages.links import page_url
from portal.core.papers.blocks import (
    Attachment,
    Block,
    Cell,
    Column,
    Fact,
    Facts,
    Heading,
    Issuer,
    Notice,
    Paper,
    Passage,
    Seal,
    Table,
    Text,
)
from portal.core.papers.issuer import issuer_of
from portal.core.papers.rendering import render_pdf
from portal.core.periods import in_time
from portal.core.settings import settings
from portal.grants.applications import queries
from portal.grants.applications.content import Content, ShownAnswer
from portal.grants.applications.labels import CHANNELS
from portal.grants.applications.models import Application, Channel, Submission
from portal.grants.applications.queries import Draft
from portal.grants.applications.register.records import receipt_record
from portal.grants.competitions.models import Competition
from portal.grants.competitions.queries import terms_of
from portal.grants.competitions.terms.rules import Terms


def draft_pdf(draft: Draft, *, counts: bool = False) -> bytes:
    """The present draft as PDF, marked as a draft; for its applicants. `counts`: an earlier
    submission counts until this is submitted."""
    application = draft.application
    with force_locale(application.language):
        said = _l("Draft: this application has not been submitted.")
        if counts:
            said = _l(
                "Draft: these changes have not been submitted. %(number)s counts as it was"
                " submitted.",
                number=application.number,
            )
        content = queries.content_of_draft(draft)
        return render_pdf(_application(application, content, draft=said))


def submitted_pdf(submission: Submission, *, minors: bool) -> bytes:
    """The submission as PDF. `minors` as in queries.content_of."""
    with force_locale(submission.application.language):
        content = queries.content_of(submission, minors=minors)
        return render_pdf(_application(submission.application, content, submission))


def receipt_pdf(submission: Submission, *, minors: bool) -> bytes:
    """The receipt, with its record for `flask verify` attached.

    The record names every file, so it is left out without `minors` (as in queries.content_of).
    """
    with force_locale(submission.application.language):
        return render_pdf(_receipt(submission, minors=minors))


def record(submission: Submission) -> dict[str, Any]:
    """The receipt as JSON."""
    base_url = settings().base_url
    return receipt_record(base_url, submission.content, submission.seal)


def next_steps(terms: Terms, at: datetime) -> Iterable[tuple[Message | date, Message]]:
    """The steps to come at an instant, that of submission or registration: by when, and what."""
    open_then = in_time(terms.deadline, at)
    if open_then:
        yield (
            terms.deadline,
            _l("The call closes. The list of numbers and seals becomes public on its page."),
        )
    yield (
        _l("after that") if open_then else _l("Now"),
        _l("The board checks every application. If something is unclear, it writes to you."),
    )
    if terms.results_by >= clock.day_of(at):
        yield terms.results_by, _l("The results are published by this day.")


def submitted_by(submission: Submission) -> Fact:
    """Who submitted it; of a paper application, the officer who registered it."""
    on_paper = submission.channel != Channel.PORTAL
    return Fact(_l("Registered by") if on_paper else _l("Submitted by"), submission.submitted_by)


# ----------------------------------------------------------------------- the receipt


def _receipt(submission: Submission, *, minors: bool) -> Paper:
    application = submission.application
    competition, call = application.competition, submission.content["terms"]
    terms = terms_of(competition, submission.terms_version)
    content = queries.content_of(submission, minors=minors)
    attached = Attachment(
        "receipt.json",
        json.dumps(record(submission)),
        "application/json",
        _l("The receipt for programs: what the seal covers"),
    )
    return Paper(
        title=_l("Receipt"),
        number=application.number or "",
        issuer=_issuer(competition, submission),
        at=submission.submitted_at,
        above=Words.of(call["title"]),
        blocks=[
            _received(submission),
            Facts(
                [
                    Fact(_l("Applicant"), submission.applicant),
                    Fact(_l("Project"), submission.title),
                    submitted_by(submission),
                    *_came_by(content.channel, content.postmark),
                    *_changeable(submission, terms),
                ]
            ),
            Heading(_l("What happens next")),
            Facts(
                [Fact(_when(when), what) for when, what in next_steps(terms, submission.created_at)]
            ),
            *_seal(submission),
        ],
        attachment=attached if minors else None,
    )


def _issuer(competition: Competition, submission: Submission | None) -> Issuer:
    """The board as in the sealed call and terms; of a draft, as it is at present."""
    if submission is None:
        return issuer_of(
            competition.municipality,
            at=clock.now(),
            name=competition.organiser,
            contact=competition.contact_email,
        )
    return issuer_of(
        competition.municipality,
        at=submission.created_at,
        name=Words.of(submission.content["terms"]["organiser"]),
        contact=terms_of(competition, submission.terms_version).contact_email,
    )


def _received(submission: Submission) -> Notice:
    return Notice(
        facts=[
            Fact(_l("Number of the application"), submission.application.number or ""),
            Fact(_l("Received"), exact_instant(submission.submitted_at)),
        ],
        kind="good",
    )


def _when(when: Message | date) -> Text:
    if isinstance(when, datetime):
        return short_instant(when)
    return short_date(when) if isinstance(when, date) else when


def _came_by(channel: Channel, postmark: date | None) -> Iterable[Fact]:
    if channel is not Channel.PORTAL:
        yield Fact(_l("How it came"), CHANNELS[channel])
    if postmark:
        yield Fact(_l("Postmark"), short_date(postmark))


def _changeable(submission: Submission, terms: Terms) -> Iterable[Fact]:
    if in_time(terms.deadline, submission.created_at):
        yield Fact(_l("Changes must be received by"), short_instant(terms.deadline))


def _seal(submission: Submission) -> Iterable[Block]:
    yield Heading(_l("Seal"))
    yield Seal(
        submission.seal,
        _(
            "The seal is computed from every answer and file. If a single letter changed, it would"
            " be another one. Compare it at %(address)s.",
            address=page_url("register.verify"),
        ),
    )


# ------------------------------------------------------------------- the application


def _application(
    application: Application,
    content: Content,
    submission: Submission | None = None,
    *,
    draft: Message = "",
) -> Paper:
    """The whole application. A draft has no number or seal, and `draft` says that it is one."""
    competition = application.competition
    call = submission.content["terms"] if submission else None
    title = submission.title if submission else application.draft_title
    return Paper(
        title=title or _l("Untitled application"),
        number=(application.number or "") if submission else "",
        issuer=_issuer(competition, submission),
        at=submission.submitted_at if submission else clock.now(),
        above=Words.of(call["title"]) if call else competition.title,
        blocks=[
            _received(submission) if submission else Notice(draft, kind="warning"),
            Facts(list(_facts(content, submission))),
            *_parts(content),
            *_files(content),
            *(_seal(submission) if submission else ()),
        ],
    )


def _facts(content: Content, submission: Submission | None) -> Iterable[Fact]:
    yield Fact(_l("Applicant"), content.applicant.name)
    yield Fact(_l("Kind"), ORGANISATION_KINDS[OrganisationKind(content.applicant.kind)])
    yield Fact(_l("Registration number"), content.applicant.registration_number or "")
    if content.partner:
        number = content.partner.registration_number
        yield Fact(_l("Partner"), f"{content.partner.name}, {number}")
    yield from _came_by(content.channel, content.postmark)
    if submission:
        yield submitted_by(submission)


def _parts(content: Content) -> Iterable[Block]:
    """The whole form; of a paper application only what was entered, as the scans contain the
    rest."""
    number = 0
    for part in content.parts:
        answers = [one for one in part.answers if not (content.scans and one.is_blank)]
        if answers or not content.scans:
            number += 1
            yield Heading(f"{number}. {part.title}")
            for one in answers:
                yield Heading(one.label, level=3)
                yield _answer(one)
    if content.scans and any(one.is_blank for part in content.parts for one in part.answers):
        yield Passage(
            _l("All else stands in the application itself: see the scans among the files.")
        )


def _answer(one: ShownAnswer) -> Block:
    if not one.shown.is_blank:
        return one.shown.kind.printed(one.shown.value)
    if one.hidden_files:
        return Passage(_l("Attached; only the eligibility officer sees it."))
    if one.files:
        return Passage("\n".join(file.name for file in one.files))
    return Passage(_l("Not answered"), style="quiet")


def _files(content: Content) -> Iterable[Block]:
    files = [(str(_l("Scans")), file) for file in content.scans] + [
        (answer.label, file)
        for part in content.parts
        for answer in part.answers
        for file in answer.files
    ]
    if files:
        yield Heading(_l("Files"))
        yield Table(
            [Column(_l("File")), Column(_l("Size"), "figure")],
            [
                [
                    Cell(label, title=file.name, remark=f"SHA-256 {file.sha256}"),
                    filesize(file.size),
                ]
                for label, file in files
            ],
        )
