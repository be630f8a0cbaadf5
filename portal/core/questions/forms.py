"""The form made from questions, on the fields of core.fields.

It is filled from stored answers as a browser would send them, so that unreadable input is shown as
it was typed. The fields' own validation is not used: rules.validate validates, and `show` puts its
problems beside the fields.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from werkzeug.datastructures import CombinedMultiDict, FileStorage, MultiDict

from portal.core.fields import Field, Form
from portal.core.fields.rows import CORRECT_THE_CELLS
from portal.core.questions import labels
from portal.core.questions.registry import kind_of
from portal.core.questions.rules import ALONE, AnswerProblem, Asked, Context, Wrong, takes_files


class AnswersForm(Form):
    """A form of some questions; `questions` are set by form_of."""

    questions: Sequence[Any] = ()

    def field_of(self, key: str) -> Field:
        return cast(Field, self[field_name(key)])

    @property
    def typed(self) -> dict[str, Any]:
        """The answers as they are stored, by question; without files."""
        return {
            question.key: kind.keep(question, kind.sent(self.field_of(question.key)))
            for question in self.questions
            if not takes_files(question)
            for kind in [kind_of(question.kind)]
        }

    @property
    def takes_files(self) -> bool:
        """Whether any of its questions takes files."""
        return any(map(takes_files, self.questions))

    def attaches(self, question: Asked) -> bool:
        """Whether a question takes files."""
        return takes_files(question)

    @property
    def uploads(self) -> list[tuple[Any, FileStorage]]:
        """The files sent with the form, each with its question."""
        return [
            (question, upload)
            for question in self.questions
            if takes_files(question)
            for upload in self.field_of(question.key).typed or ()
        ]

    def show(self, problems: Iterable[AnswerProblem]) -> None:
        """Show exactly these problems beside their fields."""
        asked = {question.key: question for question in self.questions}
        for field in self:
            field.errors = []
        for problem in problems:
            if problem.key in asked:
                self._show(problem, asked[problem.key])

    def _show(self, problem: AnswerProblem, question: Asked) -> None:
        field, kind = self.field_of(question.key), kind_of(question.kind)
        if problem.wrong == Wrong.UNREADABLE:
            kind.make_readable(field)
        place = kind.place(field, problem)
        message = labels.message(problem, question)
        if place is not field:
            place.errors = [*place.errors, labels.bare(problem, question)]
            message = str(CORRECT_THE_CELLS)
        field.errors = list(dict.fromkeys([*field.errors, message]))


def form_of(
    questions: Sequence[Asked],
    answers: Mapping[str, Any] | None = None,
    *,
    formdata: MultiDict[str, Any] | CombinedMultiDict[str, Any] | None = None,
    base: type[AnswersForm] = AnswersForm,
    context: Context = ALONE,
    said: Mapping[str, Sequence[str]] | None = None,
) -> AnswersForm:
    """The form of `questions`, filled from stored answers, or from `formdata` if given.

    `base` is the base class; `said` are the owner's remarks beside questions, by key.
    """
    fields = {
        field_name(one.key): kind_of(one.kind).field(one, context, (said or {}).get(one.key, ()))
        for one in questions
    }
    kind = type("QuestionsForm", (base,), {"questions": tuple(questions), **fields})
    sent = formdata if formdata is not None else encode(questions, answers or {}, context)
    return cast(AnswersForm, kind(formdata=sent))


def field_name(key: str) -> str:
    """The name of a question's field, prefixed so that it cannot clash with the form's
    attributes."""
    return f"q_{key}"


def place_of(problem: AnswerProblem) -> str:
    """The id of the element where a problem is corrected: the cell, else the question."""
    if problem.row is None or not problem.column:
        return f"question-{problem.key}"
    return f"{field_name(problem.key)}-{problem.row}-{problem.column}"


def encode(
    questions: Iterable[Asked], answers: Mapping[str, Any], context: Context = ALONE
) -> MultiDict[str, Any]:
    """Stored answers as a browser would send them; missing ones get their kind's default."""
    data: MultiDict[str, Any] = MultiDict()
    for question in questions:
        kind, value = kind_of(question.kind), answers.get(question.key)
        value = kind.begin(question, context) if value is None else value
        for suffix, texts in kind.typed(question, value).items() if value is not None else ():
            for text in [texts] if isinstance(texts, str) else texts:
                data.add(field_name(question.key) + suffix, text)
    return data
