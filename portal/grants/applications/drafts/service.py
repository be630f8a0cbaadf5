"""The verbs of a draft: start, save a section with its files, remove one, throw it away.

Every verb locks the application first, so that limits hold and two editors come one after the
other. Verbs that also need the competition lock it second.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage

from portal.core import clock
from portal.core.accounts.models import Organisation, Person
from portal.core.accounts.organisations.rules import Kind
from portal.core.db import db
from portal.core.documents import service as documents
from portal.core.documents.intake import Limits
from portal.core.errors import Invalid, StaleForm, StateConflict
from portal.core.formats import exact_instant
from portal.core.questions import rules as answering
from portal.core.questions.forms import field_name
from portal.core.questions.models import AnswerSet, Question, Section
from portal.core.questions.rules import Problem
from portal.core.work import Work, unit_of_work
from portal.grants.applications import checks, queries
from portal.grants.applications.content import names_minors
from portal.grants.applications.models import Application, Attachment, Part, State
from portal.grants.applications.queries import Draft
from portal.grants.applications.rules import title_of
from portal.grants.competitions.models import Competition
from portal.grants.competitions.rules import Phase, phase

MOST_FILES = 30  # to one question


class Unkeepable(Invalid):
    """Answers that cannot even be saved: controls in a text, a text of a megabyte."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("unkeepable", _l("This cannot be saved as it is."))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Partner:
    """The registered organisation that stands behind a youth group."""

    registration_number: str
    name: str
    kind: Kind


def start(
    actor: Person,
    competition: Competition,
    organisation: Organisation,
    partner: Partner | None,
    *,
    language: str,
    received_at: datetime,
) -> Application:
    """Start an application of an organisation to an open call.

    Raises StateConflict when the call is not open, Invalid where the organisation's kind is not
    eligible, has as many applications as it may, or lacks the partner that a youth group owes.
    """
    application = Application(
        competition=competition,
        answer_set=AnswerSet(form=competition.form),
        organisation=organisation,
        language=language,
        started_by_id=actor.id,
    )
    with unit_of_work(actor, "application.started", application) as work:
        work.lock(organisation)
        require_open(competition, received_at)
        require_eligible(competition, organisation)
        _require_room(competition, organisation)
        application.partner = partner_of(work, organisation, partner)
        work.add(application)
    return application


def require_eligible(competition: Competition, organisation: Organisation) -> None:
    """Refuse an organisation whose kind the call does not name."""
    if organisation.kind not in competition.eligible_kinds:
        raise Invalid(
            "kind_not_eligible",
            _l("This call is not open to organisations of this kind."),
            "organisation",
        )


def _require_room(competition: Competition, organisation: Organisation) -> None:
    limit = competition.applications_per_organisation
    if limit is None:
        return
    alive = db.session.scalar(
        select(func.count(Application.id)).where(
            Application.competition_id == competition.id,
            Application.organisation_id == organisation.id,
            Application.state != State.WITHDRAWN,
            Application.deleted_at.is_(None),
        )
    )
    if (alive or 0) >= limit:
        raise Invalid(
            "no_more_applications",
            _l("This organisation already has as many applications in this call as it may have."),
            "organisation",
        )


def partner_of(
    work: Work, organisation: Organisation, partner: Partner | None
) -> Organisation | None:
    """The partner's row, found by its number or added. Raises Invalid where one is owed."""
    if Kind(organisation.kind).is_registered:
        return None
    if partner is None:
        raise Invalid(
            "partner_owed",
            _l("A youth group applies together with a registered organisation. Name it."),
            "partner_number",
        )
    if partner.registration_number == organisation.registration_number:
        raise Invalid("partner_self", _l("A partner is another organisation."), "partner_number")
    return registered(work, partner)


def change_partner(
    actor: Person, application: Application, partner: Partner | None, *, received_at: datetime
) -> None:
    """Name another partner of a youth group's application.

    Raises Invalid where one is owed, StateConflict after the deadline.
    """
    with unit_of_work(actor, "application.partner_changed", application) as work:
        work.lock(application)
        require_open(application.competition, received_at)
        application.partner = partner_of(work, application.organisation, partner)


def registered(work: Work, described: Partner) -> Organisation:
    """The organisation with this number; added as described where there is none."""
    known = db.session.scalar(
        select(Organisation).where(
            Organisation.registration_number == described.registration_number
        )
    )
    return known or work.add(
        Organisation(
            kind=described.kind.value,
            name=described.name,
            registration_number=described.registration_number,
        )
    )


# --------------------------------------------------------------------- sections


Upload = tuple[Question, FileStorage]
Sent = tuple[Question, documents.Incoming]


@dataclass(frozen=True, slots=True)
class Saved:
    """What came of saving a section: the draft that stands now, and why files were not taken."""

    draft: Draft
    part: Part
    refused: Sequence[Invalid] = ()


def save_part(
    actor: Person,
    application: Application,
    section: Section,
    answers: Mapping[str, Any],
    *,
    version: int,
    received_at: datetime,
    uploads: Sequence[Upload] = (),
) -> Saved:
    """Save the answers to a section, whatever they are: a draft may lack and be wrong.

    `version` is that of the answers from which these were made, 0 where there were none. Saving
    what stands there already changes nothing.

    `uploads` are files with the questions that they answer; where a question takes only one, it
    replaces the one before. All files together may have 100 MB. A file that cannot be taken (the
    codes of documents.intake.check) keeps neither the answers nor the others from being saved; a
    storage that cannot be had (Unavailable) keeps all of it.

    Raises StaleForm with the Part that somebody else has saved meanwhile, Unkeepable, StateConflict
    after the deadline.
    """
    kept = {key: value for key, value in answers.items() if value is not None}
    saved = None if uploads else part_of(application, section)
    if saved is not None and saved.answers == kept:
        return Saved(queries.draft(application), saved)
    _require_keepable(section, kept)
    require_open(application.competition, received_at)
    with documents.sending() as send:
        sent, unfit = _send(send, uploads)
        with unit_of_work(actor, "application.part_saved", application) as work:
            work.lock(application)
            require_open(application.competition, received_at)
            if saved is not None:
                db.session.expire(saved)  # it may have been saved again before we had the lock
            draft = queries.draft(application)
            part = draft.parts.get(section.key)
            if part is None or part.answers != kept:
                if part is not None and part.version != version:
                    raise stale(part)
                part = part or work.add(
                    Part(application_id=application.id, section_key=section.key)
                )
                part.answers, part.saved_at, part.saved_by_id = kept, received_at, actor.id
            files, homeless = _take_in(work, application, sent, draft.files)
            if len(homeless) < len(sent):
                work.event = "application.file_attached"
            work.note(section=section.key)
            draft = replace(draft, parts={**draft.parts, section.key: part}, files=files)
            _settle(draft, section)
    return Saved(draft, part, [*unfit, *homeless])


def stale(part: Part) -> StaleForm:
    """The refusal of a form that was filled from an older version."""
    return StaleForm(_l("Somebody else saved this part while you were working on it."), theirs=part)


def part_of(application: Application, section: Section) -> Part | None:
    """The saved answers to a section, read afresh."""
    return db.session.scalar(
        select(Part)
        .where(Part.application_id == application.id, Part.section_key == section.key)
        .execution_options(populate_existing=True)
    )


def _require_keepable(section: Section, answers: Mapping[str, Any]) -> None:
    found = answering.validate(section.questions, answers, for_submit=False)
    refused = [problem for problem in found if problem.keeps_from_saving]
    if refused:
        raise Unkeepable(refused)


def _settle(draft: Draft, section: Section) -> None:
    """Bring up to date what follows from answers: the title, and whether the part is complete."""
    part = draft.parts.get(section.key)
    if part is not None:
        part.complete = not checks.problems(draft, section)
    draft.application.draft_title = title_of(draft.measured)


# ------------------------------------------------------------------------ files


def _send(send: documents.Sending, uploads: Sequence[Upload]) -> tuple[list[Sent], list[Invalid]]:
    """Send what can be taken, and say why the others cannot."""
    sent, refused = [], []
    for question, upload in uploads:
        try:
            sent.append((question, send(upload, field=field_name(question.key))))
        except Invalid as refusal:
            refused.append(refusal)
    return sent, refused


def _take_in(
    work: Work, application: Application, sent: Sequence[Sent], standing: Sequence[Attachment]
) -> tuple[Sequence[Attachment], list[Invalid]]:
    """Attach files to a locked application: those that stand in it then, and what was refused."""
    refused = []
    for question, incoming in sent:
        try:
            standing = _attach(work, application, question, incoming, standing)
        except Invalid as refusal:
            refused.append(refusal)
    return standing, refused


def _attach(
    work: Work,
    application: Application,
    question: Question,
    incoming: documents.Incoming,
    standing: Sequence[Attachment],
) -> list[Attachment]:
    """Attach one file: those that stand then. Raises Invalid where there is no place for it."""
    replaced = _replaced(question, standing)
    _require_places(question, standing, field_name(question.key))
    left = [one for one in standing if one not in replaced]
    beside = sum(one.file.size for one in left)
    stored = incoming.place(work, purpose="attachment", limits=Limits(beside=beside))
    for one in replaced:
        one.removed_at = clock.now()
    attached = work.add(
        Attachment(
            application=application,
            question_key=question.key,
            file=stored,
            names_minors=names_minors(question),
            added_by_id=work.actor_id,
        )
    )
    return [*left, attached]


def _replaced(question: Question, standing: Sequence[Attachment]) -> list[Attachment]:
    if question.settings.get("several"):
        return []
    return [one for one in standing if one.question_key == question.key]


def _require_places(question: Question, standing: Sequence[Attachment], field: str) -> None:
    if sum(one.question_key == question.key for one in standing) >= MOST_FILES:
        raise Invalid(
            "too_many_files", _l("There are too many files here. Put several into one."), field
        )


def remove_file(
    actor: Person,
    application: Application,
    section: Section,
    attached: Attachment,
    *,
    received_at: datetime,
) -> None:
    """Take a file out of the application; submissions that hold it keep it."""
    with unit_of_work(actor, "application.file_removed", application) as work:
        work.lock(application, attached)
        require_open(application.competition, received_at)
        attached.removed_at = attached.removed_at or clock.now()
        _settle(queries.draft(application), section)


def discard(actor: Person, application: Application) -> None:
    """Throw a draft away. Raises StateConflict for one that has ever been submitted."""
    with unit_of_work(actor, "application.discarded", application) as work:
        work.lock(application)
        if application.state is not State.DRAFT:
            raise StateConflict(
                "application.submitted",
                _l("This application has been submitted. It can be withdrawn, not deleted."),
            )
        application.deleted_at = application.deleted_at or clock.now()


# --------------------------------------------------------------------- deadline


class NotOpen(StateConflict):
    """It is too late, or too early."""


def require_open(competition: Competition, received_at: datetime) -> None:
    """Refuse what was received outside of the time from the opening to the deadline."""
    match phase(competition, received_at):
        case Phase.OPEN:
            return
        case Phase.CANCELLED:
            raise NotOpen("cancelled", _l("This call has been cancelled."))
        case Phase.DRAFT | Phase.ANNOUNCED:
            raise NotOpen("not_yet_open", _l("This call is not open yet."))
        case _:
            raise NotOpen(
                "too_late",
                _l(
                    "The deadline has passed. All of this was received on %(received)s; it had to"
                    " be received by %(deadline)s.",
                    received=exact_instant(received_at),
                    deadline=exact_instant(competition.deadline),
                ),
            )
