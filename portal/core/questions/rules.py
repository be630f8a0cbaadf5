"""What is wrong with answers, and what of a question and of its answer everybody may know.

Kept values are plain JSON; what each kind keeps stands in its class (see kinds/). What cannot be
read as its kind is kept as it was typed, so that saving loses nothing; judging finds it out.
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
    """What of a question its kind needs; questions.models.Question is one."""

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
    """What can be wrong with an answer of any kind. A kind adds its own codes, and says them."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    TOO_MUCH = "too_much"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with the answer to the question `key`; `wrong` is a code.

    In a table `row` (from 0) and `column` say where. `facts` hold what the message needs.
    """

    key: str
    wrong: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    row: int | None = None
    column: str | None = None

    @property
    def keeps_from_saving(self) -> bool:
        """Whether the answer cannot even be kept as a draft."""
        return self.wrong in (Wrong.UNREADABLE, Wrong.TOO_MUCH)


@dataclass(frozen=True, slots=True)
class Context:
    """What beside its own settings an answer is judged by; the owner of the form gives it.

    `sums` are cents by name, `windows` first and last days by name; one that is not known yet is
    not there, and nothing is judged by it. `answers` and `questions` are those of the whole form.
    """

    sums: Mapping[str, int] = field(default_factory=dict)
    windows: Mapping[str, tuple[date, date]] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)
    questions: Mapping[str, Asked] = field(default_factory=dict)
    for_submit: bool = False


ALONE = Context()


@dataclass(frozen=True, slots=True)
class Shown:
    """A kept answer made ready to be read, in one language; None where there is none."""

    kind: "QuestionKind"
    value: Any = None

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing to read; files may stand there all the same."""
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
) -> list[Problem]:
    """Everything that is wrong with kept answers, in the order of the questions.

    To save it is a warning, to submit an error; what is missing counts only when submitting. A
    question that files answer has them in the place of its value: anything that can be counted.
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
    """A kept answer as a reader of `language` ("lv" or "en") sees it; codes become their labels."""
    kind = kind_of(question.kind)
    return Shown(kind) if is_blank(value) else kind.show(question, value, language)


def takes_files(question: Asked) -> bool:
    """Whether files answer a question."""
    return bool(kind_of(question.kind).allowed)


def names_minors(question: Asked) -> bool:
    """Whether the files that answer a question are for a few readers only."""
    return kind_of(question.kind).names_minors(question)


def is_blank(value: Any) -> bool:
    """Whether a kept value is no answer."""
    return not value and value != 0
