"""The form that a section's questions make, on the fields of core.fields.

It is filled from kept answers by writing them as a person would have typed them, so that what could
not be read stands in its field as it was typed. Its own judgement of what was typed is not asked:
rules.validate judges, and `show` puts what it says beside the fields.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

from flask_babel import gettext as _
from werkzeug.datastructures import CombinedMultiDict, FileStorage, MultiDict

from portal.core.db import Words
from portal.core.documents.intake import USUAL
from portal.core.fields import (
    Choice,
    Choices,
    Column,
    Date,
    Field,
    File,
    Form,
    Money,
    Number,
    Rows,
    Select,
    Statement,
    Text,
    TextArea,
)
from portal.core.fields.moments import PARTS
from portal.core.fields.rows import CORRECT_THE_CELLS
from portal.grants.competitions.answers import rules, words
from portal.grants.competitions.answers.rules import USUAL_LENGTH, Problem, Wrong
from portal.grants.competitions.models import Question, QuestionKind

ACCEPT = USUAL.accept
MANY_OPTIONS = 12  # beyond it radio buttons become a list that drops down
COLUMN_KINDS = {
    QuestionKind.SHORT_TEXT: "text",
    QuestionKind.LONG_TEXT: "long",
    QuestionKind.NUMBER: "number",
    QuestionKind.MONEY: "money",
    QuestionKind.DATE: "date",
}


class AnswersForm(Form):
    """A form of some questions; `questions` are set by form_of."""

    questions: Sequence[Question] = ()

    def field_of(self, key: str) -> Field:
        """The field of the question `key`."""
        return cast(Field, self[field_name(key)])

    @property
    def typed(self) -> dict[str, Any]:
        """The answers as they are kept, by question; files are not among them."""
        return {
            question.key: rules.normalise(question, _raw(question, self.field_of(question.key)))
            for question in self.questions
            if question.kind is not QuestionKind.FILE
        }

    @property
    def uploads(self) -> list[tuple[Question, FileStorage]]:
        """The files that came with the form, each with its question."""
        return [
            (question, upload)
            for question in self.questions
            if question.kind is QuestionKind.FILE
            for upload in self.field_of(question.key).typed or ()
        ]

    def show(self, problems: Iterable[Problem]) -> None:
        """Put problems beside the fields they concern, and nothing else."""
        asked = {question.key: question for question in self.questions}
        for field in self:
            field.errors = []
        for problem in problems:
            if problem.key not in asked:
                continue
            field = self.field_of(problem.key)
            if problem.wrong is Wrong.UNREADABLE:
                _make_readable(field)
            cell = _cell(field, problem)
            if cell is None:
                message = words.message(problem, asked[problem.key])
            else:
                cell.errors = [*cell.errors, words.bare(problem)]
                message = str(CORRECT_THE_CELLS)
            field.errors = list(dict.fromkeys([*field.errors, message]))


def form_of(
    questions: Sequence[Question],
    answers: Mapping[str, Any] | None = None,
    *,
    formdata: MultiDict[str, Any] | CombinedMultiDict[str, Any] | None = None,
    base: type[AnswersForm] = AnswersForm,
) -> AnswersForm:
    """The form of `questions`: filled from kept answers, or from `formdata` where that is given.

    `base` is the form that they are added to.
    """
    fields = {field_name(question.key): _field(question) for question in questions}
    kind = type("QuestionsForm", (base,), {"questions": tuple(questions), **fields})
    sent = formdata if formdata is not None else encode(questions, answers or {})
    return cast(AnswersForm, kind(formdata=sent))


def field_name(key: str) -> str:
    """The name of a question's field: prefixed, so that no key can hide a part of the form."""
    return f"q_{key}"


def encode(questions: Iterable[Question], answers: Mapping[str, Any]) -> MultiDict[str, Any]:
    """Kept answers as a browser would send them."""
    data: MultiDict[str, Any] = MultiDict()
    for question in questions:
        name, value = field_name(question.key), answers.get(question.key)
        if value is not None and question.kind is not QuestionKind.FILE:
            for suffix, text in _encoded(question, value):
                data.add(name + suffix, text)
    return data


def _encoded(question: Question, value: Any) -> Iterable[tuple[str, str]]:
    match question.kind:
        case QuestionKind.CHOICES:
            return [("", code) for code in value]
        case QuestionKind.STATEMENT:
            return [("", "1")]
        case QuestionKind.DATE:
            return [(f"-{part}", text) for part, text in _date_parts(value).items()]
        case QuestionKind.TABLE:
            kinds = {column["key"]: column["kind"] for column in question.settings["columns"]}
            return [
                (f"-{index}-{key}", _cell_text(QuestionKind(kinds[key]), row.get(key)))
                for index, row in enumerate(value)
                for key in kinds
            ]
        case kind:
            return [("", rules.typed(kind, value))]


def _date_parts(value: str) -> dict[str, str]:
    """Day, month and year of an ISO date, or of whatever was typed in their place."""
    parts = value.split("-")[::-1] if rules.is_date(value) else value.split(".", 2)
    return dict(zip(PARTS, [*(part.lstrip("0") or part for part in parts), "", ""], strict=False))


def _cell_text(kind: QuestionKind, value: Any) -> str:
    """A cell as typed; dates stand in one input there."""
    if kind is QuestionKind.DATE and isinstance(value, str) and rules.is_date(value):
        return ".".join(value.split("-")[::-1]) + "."
    return rules.typed(kind, value)


def _raw(question: Question, field: Field) -> Any:
    """What was sent for a question, as rules.normalise takes it."""
    match question.kind:
        case QuestionKind.DATE:
            parts = [str((field.typed or {}).get(part, "")).strip() for part in PARTS]
            return ".".join(part.rstrip(".") for part in parts) if any(parts) else ""
        case QuestionKind.TABLE:
            rows = cast(Rows, field).rows
            return [{key: cell.typed for key, cell in row.cells.items()} for row in rows]
        case QuestionKind.STATEMENT:
            return bool(field.data)
        case _:
            return field.typed


def _make_readable(field: Field) -> None:
    """Mark in the field where the signs are that cannot be kept; the page could not show them."""
    field.typed = rules.readable(field.typed)
    for row in field.rows if isinstance(field, Rows) else ():
        for cell in row.cells.values():
            cell.typed = rules.readable(cell.typed)


def _cell(field: Field, problem: Problem) -> Field | None:
    """The cell that a problem is in; blank rows are not counted in its row number."""
    if problem.row is None or problem.column is None or not isinstance(field, Rows):
        return None
    filled = [
        row for row in field.rows if any(str(c.typed or "").strip() for c in row.cells.values())
    ]
    return filled[problem.row].cells.get(problem.column) if problem.row < len(filled) else None


# ---------------------------------------------------------------------- fields


def _field(question: Question) -> Any:
    """The unbound field of a question, in the language of the page."""
    options = {"label": str(question.label), "hint": str(question.hint)}
    return _FIELDS[question.kind](question, {**options, "required": question.required})


def _short(question: Question, options: dict[str, Any]) -> Any:
    return Text(**options, limit=_limit(question))


def _long(question: Question, options: dict[str, Any]) -> Any:
    limit = _limit(question)
    return TextArea(**options, limit=limit, rows=4 if limit <= 500 else 8 if limit <= 2000 else 12)


def _number(question: Question, options: dict[str, Any]) -> Any:
    unit = question.settings.get("unit") or ""
    suffix = str(Words.of(unit)) if isinstance(unit, dict) else str(unit)
    return Number(**options, suffix=suffix, width=10, minimum=None)


def _choice(question: Question, options: dict[str, Any]) -> Any:
    listed = _options(question)
    return (Select if len(listed) > MANY_OPTIONS else Choice)(**options, choices=listed)


def _table(question: Question, options: dict[str, Any]) -> Any:
    columns = [
        Column(
            column["key"],
            _heading(column),
            COLUMN_KINDS[QuestionKind(column["kind"])],
            required=False,
            options={
                "marked": False,
                **({"minimum": None} if column["kind"] in ("number", "money") else {}),
            },
        )
        for column in question.settings.get("columns") or ()
    ]
    most = int(question.settings.get("rows_max") or rules.MOST_ROWS)
    return Rows(**options, columns=columns, maximum=most)


def _heading(column: Mapping[str, Any]) -> str:
    """The heading of a column; of dates it says how they are written."""
    label = str(Words.of({key: column.get(key, "") for key in ("lv", "en")}))
    if column["kind"] == QuestionKind.DATE:
        return _("%(column)s (dd.mm.yyyy)", column=label)
    return label


def _statement(question: Question, options: dict[str, Any]) -> Any:
    text = str(Words.of(question.settings.get("text"))) or options["label"]
    return Statement(**{**options, "label": text})


def _file(question: Question, options: dict[str, Any]) -> Any:
    return File(**options, multiple=bool(question.settings.get("several")), accept=ACCEPT)


_FIELDS: dict[QuestionKind, Callable[[Question, dict[str, Any]], Any]] = {
    QuestionKind.SHORT_TEXT: _short,
    QuestionKind.LONG_TEXT: _long,
    QuestionKind.NUMBER: _number,
    QuestionKind.MONEY: lambda question, options: Money(**options, minimum=None),
    QuestionKind.DATE: lambda question, options: Date(**options),
    QuestionKind.CHOICE: _choice,
    QuestionKind.CHOICES: lambda question, options: Choices(**options, choices=_options(question)),
    QuestionKind.TABLE: _table,
    QuestionKind.STATEMENT: _statement,
    QuestionKind.FILE: _file,
}


def _limit(question: Question) -> int:
    return int(question.settings.get("max_length") or USUAL_LENGTH[question.kind])


def _options(question: Question) -> list[tuple[str, str]]:
    listed = question.settings.get("options") or ()
    return [
        (option["code"], str(Words.of({k: option.get(k, "") for k in ("lv", "en")})))
        for option in listed
    ]
