"""Reads of applications that every part of the stage, and the stages after it, stand on."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask_babel import get_locale
from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.interfaces import ORMOption

from portal.core.accounts.models import Organisation, Person, Role, RoleGrant
from portal.core.db import db
from portal.grants.applications import content, rules
from portal.grants.applications.content import Content
from portal.grants.applications.models import (
    Application,
    Attachment,
    Part,
    State,
    Submission,
)
from portal.grants.competitions.models import Competition, Question, Section
from portal.grants.competitions.settled import sections_of

_PARTIES: tuple[ORMOption, ...] = (
    joinedload(Application.organisation, innerjoin=True),
    joinedload(Application.partner),
)
_BY_KEY = (
    select(Application)
    .where(Application.id == bindparam("key"), Application.deleted_at.is_(None))
    .options(
        joinedload(Application.competition, innerjoin=True).joinedload(
            Competition.municipality, innerjoin=True
        ),
        *_PARTIES,
    )
)
_BY_NUMBER = (
    select(Application)
    .where(
        Application.competition_id == bindparam("competition"),
        Application.number == bindparam("number"),
    )
    .options(*_PARTIES)
)


def by_key(key: UUID) -> Application | None:
    """The application, unless its people have thrown it away; for the loader."""
    return db.session.scalar(_BY_KEY, {"key": key})


def by_number(competition: Competition, number: str) -> Application | None:
    """The numbered application of just this competition; for the loader."""
    return db.session.scalar(_BY_NUMBER, {"competition": competition.id, "number": number})


def attachment(application: Application, key: UUID) -> Attachment | None:
    """A file of just this application; removed ones too, for submissions may hold them."""
    return db.session.scalar(
        select(Attachment)
        .where(Attachment.id == key, Attachment.application_id == application.id)
        .options(joinedload(Attachment.file, innerjoin=True))
    )


def files_by_keys(application_id: UUID, keys: Collection[str]) -> Sequence[Attachment]:
    """Some files of an application, removed ones too."""
    return db.session.scalars(
        select(Attachment)
        .where(
            Attachment.application_id == application_id,
            Attachment.id.in_([UUID(key) for key in keys]),
        )
        .options(joinedload(Attachment.file, innerjoin=True))
    ).all()


def section(competition: Competition, key: str) -> Section | None:
    """One section of a competition's form, with its questions."""
    return next((one for one in sections_of(competition) if one.key == key), None)


_CURRENT = (
    select(Submission)
    .where(
        Submission.application_id == bindparam("application"), Submission.superseded_at.is_(None)
    )
    .options(joinedload(Submission.submitted_by, innerjoin=True))
)


def current_submission(application: Application) -> Submission | None:
    """The submission that counts: the last one, unless it has been withdrawn."""
    return db.session.scalar(_CURRENT, {"application": application.id})


def revision(application: Application, number: int) -> Submission | None:
    """One submission of just this application, whether it counts or not."""
    return db.session.scalar(
        select(Submission)
        .where(Submission.application_id == application.id, Submission.revision == number)
        .options(joinedload(Submission.submitted_by, innerjoin=True))
    )


def counts(application: Application, file: Attachment) -> bool:
    """Whether a file belongs to what counts of the application, and not only to a later draft."""
    submission = current_submission(application)
    held = submission.content["attachments"] if submission else ()
    return any(one["id"] == str(file.id) for one in held)


def applicants(application: Application) -> Sequence[Person]:
    """Who may write for the applicant, and so gets its letters: owners and editors, today."""
    return db.session.scalars(
        select(Person)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(
            RoleGrant.organisation_id == application.organisation_id,
            RoleGrant.role.in_([Role.OWNER, Role.EDITOR]),
            Person.closed_at.is_(None),
            RoleGrant.is_living,
        )
        .order_by(Person.name, Person.id)
        .distinct()
    ).all()


# --------------------------------------------------------------------- content


@dataclass(frozen=True)
class Draft:
    """An application as it stands now: the form, the answers by section, the living files."""

    application: Application
    sections: Sequence[Section]
    parts: dict[str, Part]
    files: Sequence[Attachment]
    questions: list[tuple[Section, Question]] = field(init=False)

    def __post_init__(self) -> None:
        pairs = [(section, question) for section in self.sections for question in section.questions]
        object.__setattr__(self, "questions", pairs)

    @property
    def answers(self) -> dict[str, dict[str, Any]]:
        """The kept answers by section, then question; sections without one are left out."""
        return {
            section.key: self.parts[section.key].answers
            for section in self.sections
            if section.key in self.parts and self.parts[section.key].answers
        }

    def files_of(self, question: Question) -> list[Attachment]:
        """The living files that answer a question."""
        return [one for one in self.files if one.question_key == question.key]

    def answers_to(self, section: Section) -> dict[str, Any]:
        """What a section's questions are answered with, files included."""
        part = self.parts.get(section.key)
        files = {question.key: self.files_of(question) for question in section.questions}
        return {**files, **(part.answers if part else {})}

    @property
    def measured(self) -> dict[str, Any]:
        """Answers by what they measure."""
        return content.measured(self.sections, self.answers)

    @property
    def unnumbered(self) -> dict[str, Any]:
        """What it says in the form of sealed content, without what comes with submitting."""
        return rules.sealed_content(
            number="",
            revision=0,
            arrival=rules.Arrival(self.application.created_at),
            terms=rules.Terms(0, ""),
            **self.substance(),
        )

    def substance(self) -> dict[str, Any]:
        """What a seal would cover, but for number, terms and moment: they come with submitting."""
        application = self.application
        return {
            "applicant": applicant(application.organisation),
            "partner": applicant(application.partner) if application.partner else None,
            "answers": self.answers,
            "files": [sealed_file(one) for one in self.files],
        }


_PARTS = (
    select(Part)
    .where(Part.application_id == bindparam("application"))
    .options(joinedload(Part.saved_by, innerjoin=True))
)
_LIVING_FILES = (
    select(Attachment)
    .where(Attachment.application_id == bindparam("application"), Attachment.removed_at.is_(None))
    .order_by(Attachment.created_at, Attachment.id)
    .options(joinedload(Attachment.file, innerjoin=True))
)


def draft(application: Application) -> Draft:
    """The application as it stands now: two queries, and two more for a form not yet settled."""
    parts = db.session.scalars(_PARTS, {"application": application.id})
    return Draft(
        application,
        sections_of(application.competition),
        {part.section_key: part for part in parts},
        living_files(application),
    )


def living_files(application: Application) -> Sequence[Attachment]:
    """The files that stand in the application now, in the order in which they came."""
    return db.session.scalars(_LIVING_FILES, {"application": application.id}).all()


def applicant(organisation: Organisation) -> rules.Applicant:
    """An organisation as a seal covers it."""
    return rules.Applicant(organisation.name, organisation.kind, organisation.registration_number)


def sealed_file(attached: Attachment) -> rules.SealedFile:
    """An attachment as a seal covers it."""
    stored = attached.file
    return rules.SealedFile(
        id=str(attached.id),
        question=attached.question_key,
        name=stored.name,
        size=stored.size,
        media_type=stored.media_type,
        sha256=stored.sha256,
        names_minors=attached.names_minors,
    )


def content_of(submission: Submission, *, minors: bool) -> Content:
    """What was submitted, as it reads in the language of the page.

    `minors`: whether this reader may see files that name minors (Right.SEE_MINORS_STATEMENT).
    The application of the submission ought to be loaded.
    """
    sections = sections_of(submission.application.competition)
    return content.read(sections, submission.content, language=language(), minors=minors)


def content_of_draft(draft: Draft) -> Content:
    """What stands in an application now, for its own people."""
    return content.read(draft.sections, draft.unnumbered, language=language(), minors=True)


def language() -> str:
    """The language of the page, "lv" or "en"."""
    return str(get_locale() or "lv")[:2]


def counted(competition: Competition) -> Sequence[Submission]:
    """The submissions that count in a competition, in the order of their numbers."""
    return db.session.scalars(
        select(Submission)
        .join(Submission.application)
        .where(
            Application.competition_id == competition.id,
            Application.state == State.SUBMITTED,
            Submission.superseded_at.is_(None),
        )
        .order_by(Application.ordinal)
        .options(joinedload(Submission.application, innerjoin=True))
    ).all()
