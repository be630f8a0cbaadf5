"""Queries on applications shared by the parts of this stage and later stages."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.interfaces import ORMOption

from portal.core import languages
from portal.core.accounts.models import Organisation
from portal.core.db import db
from portal.core.documents.models import StoredFile
from portal.core.questions.answers import queries as answers
from portal.core.questions.answers.queries import CurrentAnswers
from portal.core.questions.answers.rules import differences
from portal.core.questions.models import AnswerFile, Section
from portal.grants.applications import content, rules
from portal.grants.applications.content import Content, ShownPart
from portal.grants.applications.models import (
    Application,
    ApplicationState,
    Counted,
    Reply,
    Submission,
)
from portal.grants.competitions.cached_terms import sections_of
from portal.grants.competitions.models import Competition
from portal.grants.competitions.rules import Phase, phase

# As one array: IN with a list would be put together anew each time.
_KEYS = any_(bindparam("applications", type_=ARRAY(Uuid)))
_PARTIES: tuple[ORMOption, ...] = (
    joinedload(Application.organisation, innerjoin=True),
    joinedload(Application.partner),
    joinedload(Application.answer_set, innerjoin=True),
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
    .options(*_PARTIES, joinedload(Application.counted, innerjoin=True))
)


def by_key(key: UUID) -> Application | None:
    """The application unless it was discarded; for the loader."""
    return db.session.scalar(_BY_KEY, {"key": key})


def by_number(competition: Competition, number: str) -> Application | None:
    """The application of this competition with this number; for the loader."""
    return db.session.scalar(_BY_NUMBER, {"competition": competition.id, "number": number})


def section(competition: Competition, key: str) -> Section | None:
    """One section of a competition's form, with its questions."""
    return next((one for one in sections_of(competition) if one.key == key), None)


_CURRENT = select(Submission).where(
    Submission.application_id == _KEYS, Submission.superseded_at.is_(None)
)


def current_submission(application: Application) -> Submission | None:
    """The valid submission: the last one, unless it was withdrawn."""
    return db.session.scalar(_CURRENT, {"applications": [application.id]})


def current_submissions(applications: Sequence[Application]) -> dict[UUID, Submission]:
    """The valid submissions by the keys of their applications, in one query."""
    keys = {"applications": [one.id for one in applications]}
    return {one.application_id: one for one in db.session.scalars(_CURRENT, keys)}


def final(application: Application, at: datetime) -> Submission | None:
    """The valid submission once nothing can be changed, which is then what all pages show. None
    while the call is open, and without a submission."""
    if phase(application.competition, at) is Phase.OPEN:
        return None
    return current_submission(application)


def revision(application: Application, number: int) -> Submission | None:
    """A submission of this application by number, valid or not."""
    return db.session.scalar(
        select(Submission).where(
            Submission.application_id == application.id, Submission.revision == number
        )
    )


def counts(application: Application, file: AnswerFile) -> bool:
    """Whether a file belongs to the valid content, and not only to a later draft."""
    submission = current_submission(application)
    held = submission.content["attachments"] if submission else ()
    return any(one["id"] == str(file.id) for one in held)


_TITLED = (
    select(Submission, Counted.title)
    .join(Counted, Counted.application_id == Submission.application_id)
    .where(
        Submission.application_id == bindparam("application"), Submission.superseded_at.is_(None)
    )
)


def titled_submission(application: Application) -> tuple[Submission, str] | None:
    """The valid submission with its valid title."""
    found = db.session.execute(_TITLED, {"application": application.id}).one_or_none()
    return (found[0], found[1]) if found else None


_COUNTED_APPLICANT = select(Counted.applicant).where(
    Counted.application_id == bindparam("application")
)


def counted_applicant(application: Application) -> str | None:
    """The valid name of the applicant, reloaded; None of a draft."""
    return db.session.scalar(_COUNTED_APPLICANT, {"application": application.id})


# --------------------------------------------------------------------- content


@dataclass(frozen=True)
class Draft:
    """An application's present answers."""

    application: Application
    current: CurrentAnswers

    @property
    def competition(self) -> Competition:
        """The call."""
        return self.application.competition

    @property
    def sections(self) -> Sequence[Section]:
        """The form."""
        return self.current.sections

    @property
    def measured(self) -> dict[str, Any]:
        """Answers by what they measure."""
        return content.measured(self.sections, self.current.values)

    def shown(self, section: Section) -> ShownPart:
        """One section for reading by the applicants, who see all files."""
        files = [
            {**asdict(sealed_file(one)), "remark": one.file.remark} for one in self.current.files
        ]
        given = self.current.values_of(section)
        return content.read_part(section, given, files, language=languages.current(), minors=True)

    def differs_from(self, submission: Submission) -> bool:
        """Whether its content differs from the submission's."""
        return rules.substance(self.unnumbered) != rules.substance(submission.content)

    def differs_in(self, section: Section, submission: Submission) -> bool:
        """Whether a section's answers or files differ from the submission's."""
        keys = [question.key for question in section.questions]
        files = {str(one.id) for one in self.current.files if one.question_key in keys}
        sealed = {one["id"] for one in submission.content["attachments"] if one["question"] in keys}
        answers = submission.content["answers"].get(section.key) or {}
        return bool(differences(keys, answers, self.current.values)) or files != sealed

    @property
    def unnumbered(self) -> dict[str, Any]:
        """Its content in the form of sealed content, without what is added on submission."""
        return rules.sealed_content(
            number="",
            revision=0,
            arrival=rules.Arrival(self.application.created_at),
            submitted_by="",
            terms=rules.TermsReference(0, "", {}, {}),
            **self.substance(),
        )

    def substance(self) -> dict[str, Any]:
        """The content that a seal covers, except number, terms and time, which are added on
        submission."""
        application = self.application
        return {
            "title": rules.title_of(self.measured),
            "applicant": applicant(application.organisation),
            "partner": applicant(application.partner) if application.partner else None,
            "answers": self.current.by_section,
            "files": [sealed_file(one) for one in self.current.files],
        }


def draft(application: Application) -> Draft:
    """The application's present answers."""
    return drafts([application])[application.id]


def drafts(applications: Sequence[Application]) -> dict[UUID, Draft]:
    """Several drafts by key: two queries, and two more for each form not yet frozen."""
    by_set = answers.current_answers_by_set(
        (one.answer_set, sections_of(one.competition)) for one in applications
    )
    return {one.id: Draft(one, by_set[one.answer_set_id]) for one in applications}


def applicant(organisation: Organisation) -> rules.Applicant:
    """An organisation as sealed."""
    return rules.Applicant(organisation.name, organisation.kind, organisation.registration_number)


def sealed_file(attached: AnswerFile) -> rules.SealedFile:
    """A file as sealed."""
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
    """What was submitted, for reading in the language of the page.

    `minors`: whether this reader may see files that name minors (Right.SEE_MINORS_STATEMENT). Load
    the submission's application beforehand.
    """
    return _read(submission, (), minors)


def counted_content(submission: Submission, *, minors: bool) -> Content:
    """The valid content: as `content_of`, with sealed replies applied and marked."""
    return _read(submission, sealed_replies(submission), minors)


def _read(submission: Submission, replies: Sequence[Reply], minors: bool) -> Content:
    sections, given = sections_of(submission.application.competition), _with_remarks(submission)
    return content.read(
        sections, given, language=languages.current(), minors=minors, replies=replies
    )


def part_of(submission: Submission, section: Section) -> ShownPart:
    """One valid section, for the applicants."""
    parts = counted_content(submission, minors=True).parts
    return next(part for part in parts if part.key == section.key)


def content_of_draft(draft: Draft) -> Content:
    """The present content of a draft for its applicants, in the form of `content_of`."""
    remarks = {str(one.id): one.file.remark for one in draft.current.files}
    given = _remarked(draft.unnumbered, remarks)
    return content.read(draft.sections, given, language=languages.current(), minors=True)


_REMARKS = (
    select(AnswerFile.id, StoredFile.remark)
    .join(StoredFile, StoredFile.id == AnswerFile.file_id)
    .join(Application, Application.answer_set_id == AnswerFile.set_id)
    .where(Application.id == bindparam("application"), StoredFile.remark.is_not(None))
)


def _with_remarks(submission: Submission) -> Mapping[str, Any]:
    """Sealed content with the remarks on its files, which are not sealed."""
    if not submission.content.get("attachments"):
        return submission.content
    rows = db.session.execute(_REMARKS, {"application": submission.application_id})
    return _remarked(submission.content, {str(key): remark for key, remark in rows})


def _remarked(given: Mapping[str, Any], remarks: Mapping[str, str | None]) -> Mapping[str, Any]:
    files = [{**one, "remark": remarks.get(one["id"])} for one in given["attachments"]]
    return {**given, "attachments": files}


def replies_to(competition: Competition) -> dict[UUID, list[Reply]]:
    """The sealed replies to a competition's valid submissions, by the keys of their applications,
    earliest first; one query."""
    rows = db.session.execute(
        select(Submission.application_id, Reply)
        .join(Submission, Submission.id == Reply.submission_id)
        .join(Application, Application.id == Submission.application_id)
        .where(Application.competition_id == competition.id, Submission.superseded_at.is_(None))
        .order_by(Reply.received_at, Reply.id)
    )
    found: dict[UUID, list[Reply]] = {}
    for application, reply in rows:
        found.setdefault(application, []).append(reply)
    return found


_REPLIES = (
    select(Reply)
    .where(Reply.submission_id == bindparam("submission"))
    .order_by(Reply.received_at, Reply.id)
)


def sealed_replies(submission: Submission) -> Sequence[Reply]:
    """The sealed replies to a submission, earliest first."""
    return db.session.scalars(_REPLIES, {"submission": submission.id}).all()


def counted(competition: Competition) -> Sequence[Submission]:
    """The valid submissions of a competition, by number."""
    return db.session.scalars(
        select(Submission)
        .join(Submission.application)
        .where(
            Application.competition_id == competition.id,
            Application.state == ApplicationState.SUBMITTED,
            Submission.superseded_at.is_(None),
        )
        .order_by(Application.ordinal)
        .options(joinedload(Submission.application, innerjoin=True))
    ).all()
