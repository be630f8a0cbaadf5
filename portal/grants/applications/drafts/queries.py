"""What the applicants' pages show: their list, and the task list of one application."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import joinedload

from portal.core import clock
from portal.core.accounts.models import ORGANISATIONAL, Organisation, Person, Role, RoleGrant
from portal.core.accounts.rights import scopes
from portal.core.db import db
from portal.grants.applications import checks, queries
from portal.grants.applications.drafts.rules import PartState, state_of
from portal.grants.applications.models import Application, Part, State, Submission
from portal.grants.applications.queries import Draft
from portal.grants.applications.submission.service import has_changed
from portal.grants.competitions.models import Competition, QuestionKind, Section
from portal.grants.competitions.rules import Phase, phase
from portal.grants.competitions.settled import sections_of


@dataclass(frozen=True, slots=True)
class Mine:
    """One line of a person's list of applications."""

    application: Application
    phase: Phase
    complete: int  # sections
    sections: int
    saved_at: datetime | None
    may_edit: bool


def mine(actor: Person) -> list[Mine]:
    """The applications of the actor's organisations, the ones with the nearest deadline first.

    Two queries, however many there are.
    """
    saved = (
        select(
            Part.application_id,
            func.count().filter(Part.complete).label("complete"),
            func.max(Part.saved_at).label("saved_at"),
        )
        .group_by(Part.application_id)
        .subquery()
    )
    sections = (
        select(Section.competition_id, func.count().label("sections"))
        .group_by(Section.competition_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Application, saved.c.complete, sections.c.sections, saved.c.saved_at)
        .join(Application.competition)
        .join(Application.organisation)
        .outerjoin(saved, saved.c.application_id == Application.id)
        .outerjoin(sections, sections.c.competition_id == Application.competition_id)
        .where(
            Application.organisation_id.in_(scopes(actor, *ORGANISATIONAL)),
            Application.deleted_at.is_(None),
        )
        .order_by(Competition.deadline.desc(), Application.id.desc())
        .options(
            joinedload(Application.competition, innerjoin=True).load_only(
                Competition.slug,
                Competition.title,
                Competition.state,
                Competition.opens_at,
                Competition.deadline,
                Competition.results_by,
            ),
            joinedload(Application.organisation, innerjoin=True).load_only(Organisation.name),
        )
    ).all()
    editing = scopes(actor, Role.OWNER, Role.EDITOR)
    return [
        Mine(
            application,
            phase(application.competition, clock.now()),
            complete or 0,
            total or 0,
            saved_at,
            application.organisation_id in editing,
        )
        for application, complete, total, saved_at in rows
    ]


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
    """One part in the task list; `hint` is what it lacks, or what stands in it."""

    section: Section
    state: PartState
    hint: str
    names_minors: bool


@dataclass(frozen=True, slots=True)
class Saved:
    """Who last saved a section, and when."""

    section: str
    person_id: UUID
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody else who works for the organisation, with what they last saved here."""

    name: str
    last: Saved | None


@dataclass(frozen=True)
class TaskList:
    """An application with all that its task list shows."""

    draft: Draft
    phase: Phase
    lines: Sequence[Line]
    submission: Submission | None  # the one that counts
    changed: bool  # since that one
    activity: Sequence[Saved]  # the latest first
    colleagues: Sequence[Colleague]

    @property
    def about(self) -> Sequence[Line]:
        """The parts to write."""
        return [line for line in self.lines if not _is_papers(line.section)]

    @property
    def papers(self) -> Sequence[Line]:
        """The parts that are files and statements only."""
        return [line for line in self.lines if _is_papers(line.section)]

    @property
    def complete(self) -> int:
        """How many parts are done; the organisation is one of them."""
        return 1 + sum(line.state is PartState.DONE for line in self.lines)

    @property
    def parts(self) -> int:
        """How many parts there are, the organisation among them."""
        return 1 + len(self.lines)

    @property
    def is_open(self) -> bool:
        """Whether anything can still be changed."""
        return self.phase is Phase.OPEN


def task_list(actor: Person, application: Application) -> TaskList:
    """All of an application's task list, in a constant number of queries."""
    draft = queries.draft(application)
    submission = (
        queries.current_submission(application) if application.state is State.SUBMITTED else None
    )
    activity = _activity(draft)
    return TaskList(
        draft=draft,
        phase=phase(application.competition, clock.now()),
        lines=[_line(draft, section) for section in draft.sections],
        submission=submission,
        changed=submission is not None and has_changed(draft, submission),
        activity=activity,
        colleagues=[
            Colleague(name, next((saved for saved in activity if saved.person_id == key), None))
            for key, name in _colleagues(actor, application.organisation_id)
        ],
    )


def _colleagues(actor: Person, organisation_id: UUID) -> Sequence[tuple[UUID, str]]:
    """Keys and names of who else belongs to the organisation today."""
    rows = db.session.execute(
        select(Person.id, Person.name)
        .where(
            Person.id != actor.id,
            Person.closed_at.is_(None),
            exists().where(
                RoleGrant.person_id == Person.id,
                RoleGrant.organisation_id == organisation_id,
                RoleGrant.role.in_(ORGANISATIONAL),
                RoleGrant.is_living,
            ),
        )
        .order_by(Person.name, Person.id)
    )
    return [(key, name) for key, name in rows]


def _activity(draft: Draft) -> list[Saved]:
    saved = [
        Saved(str(section.title), part.saved_by_id, part.saved_by.name, part.saved_at)
        for section in draft.sections
        if (part := draft.parts.get(section.key))
    ]
    return sorted(saved, key=lambda one: one.at, reverse=True)


def _line(draft: Draft, section: Section) -> Line:
    files = [one for question in section.questions for one in draft.files_of(question)]
    problems = checks.problems(draft, section)
    state = state_of(touched=bool(files) or section.key in draft.parts, problems=len(problems))
    names = ", ".join(one.file.name for one in files)
    hint = checks.summary(problems, section) if state is PartState.STARTED else names
    return Line(
        section,
        state,
        hint,
        any(question.settings.get("names_minors") for question in section.questions),
    )


def _is_papers(section: Section) -> bool:
    kinds = {question.kind for question in section.questions}
    return bool(kinds) and kinds <= {QuestionKind.FILE, QuestionKind.STATEMENT}


def next_section(competition: Competition, section: Section) -> Section | None:
    """The section after this one, or None after the last."""
    sections = sections_of(competition)
    place = [one.key for one in sections].index(section.key) + 1
    return sections[place] if place < len(sections) else None
