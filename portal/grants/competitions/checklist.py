"""The checklist for announcing a draft, each item with the page where it is done."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l

from portal.core.errors import Message
from portal.core.periods import has_come
from portal.core.questions.registry import kind_of
from portal.grants.competitions.criteria.rules import most_points
from portal.grants.competitions.form.rules import MEASURED_BY, context_of
from portal.grants.competitions.models import CallDocument, Competition, CriterionKind
from portal.grants.competitions.terms.rules import Terms, problems


@dataclass(frozen=True, slots=True)
class Item:
    """An item of the checklist, and its page: terms, documents, form, criteria.

    `document` is the one whose file is missing.
    """

    page: str
    label: Message
    done: bool
    document: CallDocument | None = None


def checklist(competition: Competition, now: datetime) -> list[Item]:
    """All requirements of an announcement, done or not, in order."""
    opened = has_come(competition.opens_at, now)
    return [
        Item("terms", _l("The call opens in the future"), not opened),
        *_terms(competition),
        *_documents(competition),
        *_form(competition),
        *_criteria(competition),
    ]


def missing(competition: Competition, now: datetime) -> list[Item]:
    """The unmet requirements of an announcement."""
    return [item for item in checklist(competition, now) if not item.done]


def _terms(competition: Competition) -> Iterator[Item]:
    said = all((competition.title.lv, competition.lead.lv, competition.aims))
    yield Item("terms", _l("Title, a sentence about it and its aims are written"), said)
    yield Item("terms", _l("It is said whom to ask"), bool(competition.contact_email))
    yield Item("terms", _l("It is said how a decision can be contested"), bool(competition.appeal))
    fits = not problems(Terms.of(competition))
    yield Item("terms", _l("Dates, sums and numbers agree with one another"), fits)


def _documents(competition: Competition) -> Iterator[Item]:
    present = [one for one in competition.documents if one.removed_at is None]
    regulations = any(one.kind == "regulations" and one.versions for one in present)
    yield Item("documents", _l("The regulations are attached"), regulations)
    for one in present:
        if one.versions or (one.kind == "regulations" and not regulations):
            continue
        label = _l("The file of “%(title)s” is attached", title=one.title)
        yield Item("documents", label, False, one)


def _form(competition: Competition) -> Iterator[Item]:
    questions = [question for section in competition.sections for question in section.questions]
    yield Item("form", _l("The form has questions"), bool(questions))
    empty = any(not section.questions for section in competition.sections)
    yield Item("form", _l("No section of the form is empty"), not empty)
    measured = {question.measures for question in questions}
    yield Item(
        "form",
        _l("The form asks for title, participants, at-risk participants, start and duration"),
        measured.issuperset(MEASURED_BY),
    )
    context = context_of(competition, questions)
    yield Item(
        "form",
        _l("Choices have at least two options, and what a question refers to is asked"),
        all(kind_of(question.kind).is_complete(question, context) for question in questions),
    )


def _criteria(competition: Competition) -> Iterator[Item]:
    kinds = {one.kind for one in competition.criteria}
    eligibility, quality = (kind in kinds for kind in CriterionKind)
    yield Item("criteria", _l("There are criteria of eligibility"), eligibility)
    yield Item("criteria", _l("There are criteria of quality"), quality)
    reached = competition.total_minimum <= most_points(competition.criteria)
    yield Item("criteria", _l("The total minimum can be reached"), reached)
