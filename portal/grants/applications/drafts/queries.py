"""Queries for the applicants' pages: their list, and the task list of one application."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.orm import joinedload

from portal.core.accounts.models import ORGANISATIONAL, Organisation, Person, Role, RoleGrant
from portal.core.accounts.rights import scopes
from portal.core.arrival import arrived_at
from portal.core.db import db
from portal.core.questions.models import Answer, Section
from portal.core.questions.registry import kind_of
from portal.core.questions.rules import names_minors
from portal.grants.applications import obstacles, queries, rules
from portal.grants.applications.drafts.rules import PartState, state_of
from portal.grants.applications.models import Application, ApplicationState, Submission
from portal.grants.applications.queries import Draft
from portal.grants.competitions.cached_terms import sections_of
from portal.grants.competitions.models import Competition
from portal.grants.competitions.rules import Phase, phase


@dataclass(frozen=True, slots=True)
class OwnApplication:
    """One line of a person's list of applications."""

    application: Application
    title: str  # of the draft while it can be submitted, then of the submission
    applicant: str
    phase: Phase
    complete: int  # completed sections, while it can be edited
    sections: int
    saved_at: datetime | None
    changed: bool  # changed since submission, while it can be submitted anew
    may_edit: bool


def mine(actor: Person) -> list[OwnApplication]:
    """The applications of the actor's organisations, by nearest deadline.

    A constant number of queries, plus two per form of a draft.
    """
    saved = (
        select(func.max(Answer.saved_at))
        .where(Answer.set_id == Application.answer_set_id)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Application, saved)
        .join(Application.competition)
        .join(Application.organisation)
        .where(
            Application.organisation_id.in_(scopes(actor, *ORGANISATIONAL)),
            Application.deleted_at.is_(None),
        )
        .order_by(Competition.deadline.desc(), Application.id.desc())
        .options(
            joinedload(Application.competition, innerjoin=True),
            joinedload(Application.answer_set, innerjoin=True),
            joinedload(Application.organisation, innerjoin=True),
            joinedload(Application.partner),
            joinedload(Application.counted),
        )
    ).all()
    editing = scopes(actor, Role.OWNER, Role.EDITOR)
    phases = {row[0].id: phase(row[0].competition, arrived_at()) for row in rows}
    written = [row[0] for row in rows if phases[row[0].id] is Phase.OPEN]
    drafts = queries.drafts(written) if written else {}
    changed = _changed(drafts)
    return [
        OwnApplication(
            application,
            *_names(application, phases[application.id]),
            phases[application.id],
            _complete(drafts[application.id]) if application.id in drafts else 0,
            len(drafts[application.id].sections) if application.id in drafts else 0,
            saved_at,
            application.id in changed,
            application.organisation_id in editing,
        )
        for application, saved_at in rows
    ]


def _complete(draft: Draft) -> int:
    """The number of completed sections."""
    return sum(
        _touched(draft, section) and not obstacles.problems(draft, section)
        for section in draft.sections
    )


def _names(application: Application, phase: Phase) -> tuple[str, str]:
    """Title and applicant, for the applicant's own list."""
    if application.state is ApplicationState.SUBMITTED and phase is not Phase.OPEN:
        return application.counted.title, application.counted.applicant
    return application.draft_title, application.organisation.name


def _changed(drafts: Mapping[UUID, Draft]) -> set[UUID]:
    """The keys of drafts that differ from their submission."""
    submitted = [
        one.application
        for one in drafts.values()
        if one.application.state is ApplicationState.SUBMITTED
    ]
    submissions = queries.current_submissions(submitted) if submitted else {}
    return {key for key, one in submissions.items() if drafts[key].differs_from(one)}


def applying(actor: Person) -> Sequence[Organisation]:
    """The organisations for which the actor may apply: those that they own or edit."""
    return db.session.scalars(
        select(Organisation)
        .where(Organisation.id.in_(scopes(actor, Role.OWNER, Role.EDITOR)))
        .order_by(Organisation.sort_name, Organisation.id)
    ).all()


# ------------------------------------------------------------------- task list


@dataclass(frozen=True, slots=True)
class Line:
    """One part in the task list; `hint` is what is missing, or its content."""

    section: Section
    state: PartState
    hint: str
    names_minors: bool
    changed: bool = False  # changed since submission


@dataclass(frozen=True, slots=True)
class LastSave:
    """The last save of a section: by whom, and when."""

    section: str
    person_id: UUID
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Colleague:
    """Another member of the organisation, with their last save in this application."""

    name: str
    last: LastSave | None


@dataclass(frozen=True)
class TaskList:
    """An application with everything in its task list."""

    title: str
    applicant: rules.Applicant
    partner: rules.Applicant | None
    phase: Phase
    lines: Sequence[Line]
    submission: Submission | None  # the valid one
    changed: bool  # changed since that one, while it can be submitted anew
    activity: Sequence[LastSave]  # latest first
    colleagues: Sequence[Colleague]

    @property
    def about(self) -> Sequence[Line]:
        """The parts to write."""
        return [line for line in self.lines if not _is_papers(line.section)]

    @property
    def papers(self) -> Sequence[Line]:
        """The parts with only files and statements."""
        return [line for line in self.lines if _is_papers(line.section)]

    @property
    def complete(self) -> int:
        """The number of completed parts, including the organisation."""
        return 1 + sum(line.state is PartState.DONE for line in self.lines)

    @property
    def parts(self) -> int:
        """The number of parts, including the organisation."""
        return 1 + len(self.lines)

    @property
    def is_open(self) -> bool:
        """Whether anything can still be changed."""
        return self.phase is Phase.OPEN


def task_list(actor: Person, application: Application) -> TaskList:
    """An application's task list, in a constant number of queries.

    Once nothing can be changed, it shows what was submitted.
    """
    stand = phase(application.competition, arrived_at())
    submission, title = queries.titled_submission(application) or (None, "")
    colleagues = _colleagues(actor, application.organisation_id)
    if submission is not None and stand is not Phase.OPEN:
        return TaskList(
            title=title,
            **_parties(submission.content),
            phase=stand,
            lines=_sealed_lines(submission),
            submission=submission,
            changed=False,
            activity=[],
            colleagues=[Colleague(name, None) for _key, name in colleagues],
        )
    draft = queries.draft(application)
    content, activity = draft.unnumbered, _activity(draft)
    return TaskList(
        title=content["title"],
        **_parties(content),
        phase=stand,
        lines=[_line(draft, section, submission) for section in draft.sections],
        submission=submission,
        changed=submission is not None and draft.differs_from(submission),
        activity=activity,
        colleagues=[
            Colleague(name, next((saved for saved in activity if saved.person_id == key), None))
            for key, name in colleagues
        ],
    )


def _parties(content: Mapping[str, Any]) -> dict[str, Any]:
    partner = content["partner"]
    return {
        "applicant": rules.Applicant(**content["applicant"]),
        "partner": rules.Applicant(**partner) if partner else None,
    }


_COLLEAGUES = (
    select(Person.id, Person.name)
    .where(
        Person.id != bindparam("actor"),
        Person.closed_at.is_(None),
        exists().where(
            RoleGrant.person_id == Person.id,
            RoleGrant.scope_id == bindparam("organisation"),
            RoleGrant.role.in_(ORGANISATIONAL),
            RoleGrant.is_living,
        ),
    )
    .order_by(Person.sort_name, Person.id)
)


def _colleagues(actor: Person, organisation_id: UUID) -> Sequence[tuple[UUID, str]]:
    """Keys and names of the other present members of the organisation."""
    who = {"actor": actor.id, "organisation": organisation_id}
    return [(key, name) for key, name in db.session.execute(_COLLEAGUES, who)]


def _activity(draft: Draft) -> list[LastSave]:
    rows = [(section, draft.current.last_saved(section)) for section in draft.sections]
    people = {row.saved_by_id for _section, row in rows if row is not None}
    found = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(people)))
    names = {row.id: row.name for row in found}
    saved = [
        LastSave(str(section.title), row.saved_by_id, names[row.saved_by_id], row.saved_at)
        for section, row in rows
        if row is not None
    ]
    return sorted(saved, key=lambda one: one.at, reverse=True)


def _touched(draft: Draft, section: Section) -> bool:
    """Whether anything has been saved in a section."""
    files = any(draft.current.files_of(question) for question in section.questions)
    return files or draft.current.last_saved(section) is not None


def _line(draft: Draft, section: Section, submission: Submission | None) -> Line:
    files = [one for question in section.questions for one in draft.current.files_of(question)]
    problems = obstacles.problems(draft, section)
    state = state_of(touched=_touched(draft, section), problems=len(problems))
    names = ", ".join(one.file.name for one in files)
    hint = obstacles.summary(problems, section) if state is PartState.STARTED else names
    changed = submission is not None and draft.differs_in(section, submission)
    return Line(section, state, hint, _names_minors(section), changed)


def _sealed_lines(submission: Submission) -> list[Line]:
    """The parts as they were submitted, each with the names of its files."""
    files: dict[str, list[str]] = {}
    for one in submission.content.get("attachments") or ():
        files.setdefault(one["question"], []).append(one["name"])
    return [
        Line(
            section,
            PartState.DONE,
            ", ".join(name for one in section.questions for name in files.get(one.key, ())),
            _names_minors(section),
        )
        for section in sections_of(submission.application.competition)
    ]


def _names_minors(section: Section) -> bool:
    return any(map(names_minors, section.questions))


def _is_papers(section: Section) -> bool:
    papers = [kind_of(question.kind).papers for question in section.questions]
    return bool(papers) and all(papers)


def next_section(competition: Competition, section: Section) -> Section | None:
    """The section after this one, or None after the last."""
    sections = sections_of(competition)
    place = [one.key for one in sections].index(section.key) + 1
    return sections[place] if place < len(sections) else None
