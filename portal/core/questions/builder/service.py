"""The verbs of building a form. Its owner decides when it is frozen (see owner.py).

A trigger prevents changes of a form with answers.
"""

from collections.abc import Iterable, Iterator

from flask_babel import lazy_gettext as _l

from portal.core import ordering
from portal.core.accounts.models import Person
from portal.core.db import Words, db
from portal.core.errors import Invalid, StateConflict, constraint, trigger
from portal.core.questions.builder.owner import FormOwner
from portal.core.questions.keys import key_of
from portal.core.questions.kinds.settings import QuestionFacts
from portal.core.questions.models import Question, Section
from portal.core.questions.registry import kind_of

MOST_SECTIONS = 20
MOST_QUESTIONS = 100  # per form
MOST_INPUTS = 1500  # per section: documents/__init__.py limits the inputs of a request

constraint(
    "uq_form_questions_measures",
    _l("Another question gives this already; a form asks it once."),
    "measures",
)
trigger(
    _l("There are answers to this form: it stands as it is."),
    "form_sections_frozen",
    "form_questions_frozen",
)


# ------------------------------------------------------------------ sections


def add_section(actor: Person, owner: FormOwner, title: Words, hint: Words) -> Section:
    """Add a section at the end. Raises Invalid above the limit."""
    with owner.verb(actor, event="section.added") as work:
        sections = owner.form.sections
        if len(sections) >= MOST_SECTIONS:
            raise Invalid("too_many", _l("A form has at most 20 sections."), "title")
        return work.add(
            Section(
                form=owner.form,
                key=key_of(title.lv, {one.key for one in sections}, "section"),
                title=title,
                hint=hint,
                position=ordering.next_place(sections),
            )
        )


def save_section(
    actor: Person, owner: FormOwner, section: Section, *, title: Words, hint: Words, version: int
) -> None:
    """Rename a section or change its hint. Raises StaleForm."""
    with owner.verb(actor, event="section.saved") as work:
        work.expect(section, version)
        section.title, section.hint = title, hint


def remove_section(actor: Person, owner: FormOwner, section: Section) -> None:
    """Remove a section with its questions. Raises StateConflict if other questions refer to
    them."""
    with owner.verb(actor, event="section.removed") as work:
        gone = list(section.questions)
        _require_unreferred(owner, gone)
        owner.let_go(section)
        for question in gone:
            work.delete(question)
        db.session.flush()
        work.delete(section)
        ordering.renumber([one for one in owner.form.sections if one is not section])


def move_section(actor: Person, owner: FormOwner, section: Section, direction: str) -> None:
    """Move a section up or down."""
    with owner.verb(actor, event="section.moved"):
        ordering.place(owner.form.sections, section, direction)


# ------------------------------------------------------------------ questions


def add_question(
    actor: Person, owner: FormOwner, section: Section, kind: str, facts: QuestionFacts
) -> Question:
    """Add a question at the end of a section. Raises Invalid."""
    with owner.verb(actor, event="question.added") as work:
        taken = {one.key for one in _questions(owner)}
        if len(taken) >= MOST_QUESTIONS:
            raise Invalid("too_many", _l("A form has at most 100 questions."), "label")
        question = Question(
            form_id=section.form_id,
            section=section,
            kind=kind,
            key=key_of(facts.label.lv, taken, "question"),
            position=ordering.next_place(section.questions),
        )
        _write(owner, question, facts)
        _require_below_limit(section, [*section.questions, question])
        return work.add(question)


def save_question(
    actor: Person,
    owner: FormOwner,
    question: Question,
    facts: QuestionFacts,
    *,
    version: int,
    section: Section | None = None,
) -> None:
    """Change a question, and with `section`, move it there.

    Its key and kind stay. Raises StaleForm, Invalid.
    """
    with owner.verb(actor, event="question.saved") as work:
        work.expect(question, version)
        _write(owner, question, facts)
        if section is not None and section.id != question.section_id:
            question.position = ordering.next_place(section.questions)
            question.section = section
        _require_below_limit(question.section, question.section.questions)


def remove_question(actor: Person, owner: FormOwner, question: Question) -> None:
    """Remove a question. Raises StateConflict if another refers to it."""
    with owner.verb(actor, event="question.removed") as work:
        _require_unreferred(owner, [question])
        rest = [one for one in question.section.questions if one is not question]
        work.delete(question)
        ordering.renumber(rest)


def move_question(actor: Person, owner: FormOwner, question: Question, direction: str) -> None:
    """Move a question up or down in its section."""
    with owner.verb(actor, event="question.moved"):
        ordering.place(question.section.questions, question, direction)


def _questions(owner: FormOwner) -> Iterator[Question]:
    return (one for section in owner.form.sections for one in section.questions)


def _require_below_limit(section: Section, questions: Iterable[Question]) -> None:
    """Refuse more inputs than a request may contain, as a page is sent as a whole."""
    inputs = sum(kind_of(one.kind).inputs(one) for one in set(questions))
    if inputs > MOST_INPUTS:
        raise Invalid(
            "too_many_inputs",
            _l(
                "The tables of this section would have %(cells)d cells, and a section has room for"
                " %(most)d. Give them fewer rows, or put one into another section.",
                cells=inputs,
                most=MOST_INPUTS,
            ),
            "rows_max",
        )


def _require_unreferred(owner: FormOwner, gone: list[Question]) -> None:
    """Refuse to remove what a remaining question refers to."""
    keys = {one.key for one in gone}
    for other in _questions(owner):
        if other not in gone and keys & set(kind_of(other.kind).refers_to(other)):
            raise StateConflict(
                "referred_to",
                _l(
                    "“%(question)s” must agree with it. Change that question first.",
                    question=other.label,
                ),
            )


def _write(owner: FormOwner, question: Question, facts: QuestionFacts) -> None:
    giver = owner.measures.get(facts.measures or "")
    if facts.measures and (giver is None or giver[0] != question.kind):
        raise Invalid("measures", _l("A question of this kind cannot give that."), "measures")
    question.label, question.hint = facts.label, facts.hint
    question.required, question.measures = facts.required, facts.measures
    question.settings = dict(facts.settings)
    if facts.level is not None:
        if facts.level not in owner.levels:
            raise Invalid("level", _l("Choose one of the answers offered."), "level")
        question.level = facts.level
