"""The verbs of building a form. It stands fast once the call opens: applicants answer it then."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask_babel import lazy_gettext as _l

from portal.core import clock
from portal.core.accounts.models import Person
from portal.core.db import Words, db
from portal.core.errors import Invalid, StateConflict, constraint, guards
from portal.core.questions.keys import key_of
from portal.core.questions.kinds.settings import QuestionFacts
from portal.core.questions.models import Question, QuestionKind, Section
from portal.core.work import Work, unit_of_work
from portal.grants.competitions import ordering
from portal.grants.competitions.form.rules import (
    MEASURED_BY,
    MOST_QUESTIONS,
    MOST_SECTIONS,
)
from portal.grants.competitions.models import Competition
from portal.grants.competitions.rules import frozen
from portal.grants.competitions.service import check_version, record_terms

constraint(
    "uq_form_questions_measures",
    _l("Another question gives this already; a form asks it once."),
    "measures",
)

guards(
    _l("The call has opened: its form and criteria stand as they are."),
    *("form_sections_frozen", "form_questions_frozen", "criteria_frozen"),
)


@contextmanager
def changing(actor: Person | None, competition: Competition, event: str) -> Iterator[Work]:
    """A verb that changes form or criteria; of an announced call it makes a new terms version.

    Raises StateConflict once the call has opened.
    """
    with unit_of_work(actor, event, competition) as work:
        work.lock(competition)
        if frozen(competition, clock.now()):
            raise StateConflict(
                "competition.frozen",
                _l("The call has opened: its form and criteria stand as they are."),
            )
        yield work
        if competition.terms_version:
            record_terms(work, competition)


# ------------------------------------------------------------------ sections


def add_section(actor: Person, competition: Competition, title: Words, hint: Words) -> Section:
    """Add a section at the end. Raises Invalid where there are too many."""
    with changing(actor, competition, "section.added") as work:
        if len(competition.sections) >= MOST_SECTIONS:
            raise Invalid("too_many", _l("A form has at most 20 sections."), "title")
        taken = {one.key for one in competition.sections}
        return work.add(
            Section(
                form=competition.form,
                key=key_of(title.lv, taken, "section"),
                title=title,
                hint=hint,
                position=ordering.next_place(competition.sections),
            )
        )


def save_section(
    actor: Person,
    competition: Competition,
    section: Section,
    *,
    title: Words,
    hint: Words,
    version: int,
) -> None:
    """Rename a section or change its hint. Raises StaleForm."""
    with changing(actor, competition, "section.saved") as work:
        work.lock(section)
        check_version(section, version)
        section.title, section.hint = title, hint


def remove_section(actor: Person, competition: Competition, section: Section) -> None:
    """Remove a section with its questions; criteria that spoke of it speak of none."""
    with changing(actor, competition, "section.removed") as work:
        for criterion in competition.criteria:
            if criterion.section_key == section.key:
                criterion.section_key = None
        for question in list(section.questions):
            work.delete(question)
        db.session.flush()
        work.delete(section)
        ordering.renumber([one for one in competition.sections if one is not section])


def move_section(actor: Person, competition: Competition, section: Section, direction: str) -> None:
    """Move a section up or down."""
    with changing(actor, competition, "section.moved"):
        ordering.place(competition.sections, section, direction)


# ------------------------------------------------------------------ questions


def add_question(
    actor: Person,
    competition: Competition,
    section: Section,
    kind: QuestionKind,
    facts: QuestionFacts,
) -> Question:
    """Add a question at the end of a section. Raises Invalid."""
    with changing(actor, competition, "question.added") as work:
        questions = [one for part in competition.sections for one in part.questions]
        if len(questions) >= MOST_QUESTIONS:
            raise Invalid("too_many", _l("A form has at most 100 questions."), "label")
        question = Question(
            form_id=section.form_id,
            section=section,
            kind=kind,
            key=key_of(facts.label.lv, {one.key for one in questions}, "question"),
            position=ordering.next_place(section.questions),
        )
        _write(question, facts)
        return work.add(question)


def save_question(
    actor: Person,
    competition: Competition,
    question: Question,
    facts: QuestionFacts,
    *,
    version: int,
    section: Section | None = None,
) -> None:
    """Change a question, and where `section` is given, the section it stands in.

    Its key and kind stay. Raises StaleForm, Invalid.
    """
    with changing(actor, competition, "question.saved") as work:
        work.lock(question)
        check_version(question, version)
        _write(question, facts)
        if section is not None and section.id != question.section_id:
            question.position = ordering.next_place(section.questions)
            question.section = section


def remove_question(actor: Person, competition: Competition, question: Question) -> None:
    """Remove a question."""
    with changing(actor, competition, "question.removed") as work:
        rest = [one for one in question.section.questions if one is not question]
        work.delete(question)
        ordering.renumber(rest)


def move_question(
    actor: Person, competition: Competition, question: Question, direction: str
) -> None:
    """Move a question up or down in its section."""
    with changing(actor, competition, "question.moved"):
        ordering.place(question.section.questions, question, direction)


def _write(question: Question, facts: QuestionFacts) -> None:
    if facts.measures and MEASURED_BY.get(facts.measures) != question.kind:
        raise Invalid("measures", _l("A question of this kind cannot give that."), "measures")
    question.label, question.hint = facts.label, facts.hint
    question.required, question.measures = facts.required, facts.measures
    question.settings = dict(facts.settings)
