"""Validation of answers, and what all code may know of a question and its answer.

Stored values are plain JSON; each kind's format is described in its class (see kinds/). Unreadable
input is stored as typed, so that saving loses nothing; validation reports it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from portal.core.db import Words
from portal.core.questions.registry import kind_of

if TYPE_CHECKING:
    from portal.core.questions.kinds.base import QuestionKind


class Asked(Protocol):
    """What kinds use of a question; questions.models.Question satisfies it."""

    @property
    def key(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def label(self) -> Words: ...
    @property
    def hint(self) -> Words: ...
    @property
    def required(self) -> bool: ...
    @property
    def settings(self) -> Mapping[str, Any]: ...


class Wrong(StrEnum):
    """Codes of problems of all kinds. A kind adds its own codes and messages."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    TOO_MUCH = "too_much"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class AnswerProblem:
    """A problem of the answer to the question `key`; `wrong` is a code.

    In a table, `row` (from 0) and `column` give the cell. `facts` are for the message.
    """

    key: str
    wrong: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    row: int | None = None
    column: str | None = None

    @property
    def keeps_from_saving(self) -> bool:
        """Whether the answer cannot be stored, even as a draft."""
        return self.wrong in (Wrong.UNREADABLE, Wrong.TOO_MUCH)


@dataclass(frozen=True, slots=True)
class Context:
    """What answers are validated against besides their settings; from the form's owner.

    `sums` are cents by name, `windows` first and last days by name; those not yet known are left
    out and not checked. `answers` and `questions` are those of the whole form.
    """

    sums: Mapping[str, int] = field(default_factory=dict)
    windows: Mapping[str, tuple[date, date]] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)
    questions: Mapping[str, Asked] = field(default_factory=dict)
    for_submit: bool = False


ALONE = Context()


@dataclass(frozen=True, slots=True)
class Shown:
    """A stored answer for reading in one language; None without an answer."""

    kind: "QuestionKind"
    value: Any = None

    @property
    def is_blank(self) -> bool:
        """Whether there is no value; there may be files."""
        return self.value is None

    @property
    def text(self) -> str:
        """The answer on one line, as in the cell of a table."""
        return "" if self.is_blank else self.kind.text(self.value)


def validate(
    questions: Iterable[Asked],
    answers: Mapping[str, Any],
    context: Context = ALONE,
    *,
    for_submit: bool,
) -> list[AnswerProblem]:
    """All problems of stored answers, in the order of the questions.

    They are warnings on saving and errors on submission; missing answers count only then. For
    questions with files, the answer is any collection of them.
    """
    asked = list(questions)
    within = replace(
        context,
        answers={**context.answers, **answers},
        questions={**context.questions, **{question.key: question for question in asked}},
        for_submit=for_submit,
    )
    return [
        problem
        for question in asked
        for problem in kind_of(question.kind).problems(question, answers.get(question.key), within)
    ]


def show(question: Asked, value: Any, language: str) -> Shown:
    """A stored answer for a reader of `language` (a code); codes become their labels."""
    kind = kind_of(question.kind)
    return Shown(kind) if is_blank(value) else kind.show(question, value, language)


def takes_files(question: Asked) -> bool:
    """Whether a question is answered by files."""
    return bool(kind_of(question.kind).allowed)


def names_minors(question: Asked) -> bool:
    """Whether a question's files are restricted because they name minors."""
    return kind_of(question.kind).names_minors(question)


def is_blank(value: Any) -> bool:
    """Whether a stored value is no answer."""
    return not value and value != 0
