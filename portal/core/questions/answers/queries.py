"""Queries on answers. The owner of the set checks the right to read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, select
from sqlalchemy.orm import joinedload

from portal.core.db import db
from portal.core.questions.answers.codecs import codec_of
from portal.core.questions.answers.rules import StoredAnswer
from portal.core.questions.models import Answer, AnswerFile, AnswerSet, Form, Question, Section


@dataclass(frozen=True)
class CurrentAnswers:
    """A set of answers with its form, stored answers and files."""

    answer_set: AnswerSet
    sections: Sequence[Section]
    rows: Mapping[str, Answer]  # by question; also those saved blank
    files: Sequence[AnswerFile]

    @property
    def questions(self) -> list[Question]:
        """The open questions, in the order of the form."""
        opened = self.answer_set.opened
        return [
            question
            for section in self.sections
            for question in section.questions
            if opened is None or question.key in opened
        ]

    @cached_property
    def values(self) -> dict[str, Any]:
        """The answers by question; questions without one are left out."""
        codec, key = codec_of(self.answer_set.codec), self.answer_set.id
        return {
            name: codec.unlock(key, name, row.value)
            for name, row in self.rows.items()
            if row.value is not None
        }

    def stored(self, key: str) -> StoredAnswer | None:
        """The stored answer to a question; None if it was never saved."""
        row = self.rows.get(key)
        return StoredAnswer(self.values.get(key), row.saved_from, row.saved_turn) if row else None

    def values_of(self, section: Section) -> dict[str, Any]:
        """The answers to one section."""
        values = self.values
        return {one.key: values[one.key] for one in section.questions if one.key in values}

    @property
    def by_section(self) -> dict[str, dict[str, Any]]:
        """The answers by section; sections without one are left out."""
        found = {section.key: self.values_of(section) for section in self.sections}
        return {key: values for key, values in found.items() if values}

    def files_of(self, question: Question) -> list[AnswerFile]:
        """The files that answer a question."""
        return [one for one in self.files if one.question_key == question.key]

    def given(self, questions: Iterable[Question]) -> dict[str, Any]:
        """The answers to questions, as rules.validate takes them: files by their rows."""
        return {one.key: self.files_of(one) or self.values.get(one.key) for one in questions}

    def last_saved(self, section: Section) -> Answer | None:
        """The last saved answer of a section; None if there is none."""
        rows = [self.rows[one.key] for one in section.questions if one.key in self.rows]
        return max(rows, key=lambda row: row.saved_at, default=None)


# As one array: IN with a list would be put together anew each time.
_SETS = any_(bindparam("sets", type_=ARRAY(Uuid)))
# Without loading the savers: reloading the reader's own row would drop its roles.
_ANSWERS = select(Answer).where(Answer.set_id == _SETS).execution_options(populate_existing=True)
_FILES = (
    select(AnswerFile)
    .where(AnswerFile.set_id == _SETS, AnswerFile.removed_at.is_(None))
    .order_by(AnswerFile.created_at, AnswerFile.id)
    .options(joinedload(AnswerFile.file, innerjoin=True))
)


def current_answers(answer_set: AnswerSet, sections: Sequence[Section]) -> CurrentAnswers:
    """A set of answers with the `sections` of its form."""
    return current_answers_by_set([(answer_set, sections)])[answer_set.id]


def current_answers_by_set(
    sets: Iterable[tuple[AnswerSet, Sequence[Section]]],
) -> dict[UUID, CurrentAnswers]:
    """Several sets by key, in two queries."""
    asked = list(sets)
    keys = {"sets": [one.id for one, _sections in asked]}
    rows: dict[UUID, dict[str, Answer]] = {}
    for row in db.session.scalars(_ANSWERS, keys):
        rows.setdefault(row.set_id, {})[row.question_key] = row
    files: dict[UUID, list[AnswerFile]] = {}
    for file in db.session.scalars(_FILES, keys):
        files.setdefault(file.set_id, []).append(file)
    return {
        one.id: CurrentAnswers(one, sections, rows.get(one.id, {}), files.get(one.id, []))
        for one, sections in asked
    }


def file(answer_set_id: UUID, key: UUID) -> AnswerFile | None:
    """A file of this set, including removed ones, which sealed versions may contain."""
    return db.session.scalar(
        select(AnswerFile)
        .where(AnswerFile.id == key, AnswerFile.set_id == answer_set_id)
        .options(joinedload(AnswerFile.file, innerjoin=True))
    )


def files_by_keys(keys: Iterable[str]) -> Sequence[AnswerFile]:
    """Files by key, including removed ones."""
    return db.session.scalars(
        select(AnswerFile)
        .where(AnswerFile.id.in_([UUID(key) for key in keys]))
        .options(joinedload(AnswerFile.file, innerjoin=True))
    ).all()


def form_on(forms: Iterable[Form], day: date) -> Form | None:
    """The form in force on a day; None before the first.

    A form without a first day has always been in force.
    """
    begun = [one for one in forms if one.valid_from is None or one.valid_from <= day]
    return max(begun, key=lambda one: one.valid_from or date.min, default=None)
