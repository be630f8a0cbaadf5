"""Rows of columns, stored as [{column: value}].

Settings: {columns: [{key, kind, lv, en, required, sum, agrees_with}], rows_max, in_order, inside}.
A `required` cell must be filled in each row; a `sum` column is added up, and must equal the answer
to the question `agrees_with`; the dates of the columns `in_order` must ascend in each row; all
dates must be `inside` a window of the Context. All of these are optional.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal.core import formats
from portal.core.db import Words
from portal.core.fields import Column, Field, Rows
from portal.core.fields.rows import MOST_ROWS, at_most_rows
from portal.core.papers import blocks
from portal.core.questions.kinds.base import Facts, QuestionKind, is_integer, readable
from portal.core.questions.kinds.date import OUTSIDE, day_of
from portal.core.questions.kinds.table_settings import TableForm
from portal.core.questions.registry import kind_of
from portal.core.questions.rules import AnswerProblem, Asked, Context, Shown, Wrong

TOO_MANY_ROWS = "too_many_rows"
NOT_IN_ORDER, DISAGREES = "not_in_order", "disagrees"


@dataclass(frozen=True, slots=True)
class Cell:
    """A column as a question, for its kind."""

    key: str
    kind: str
    label: Words
    required: bool
    settings: Mapping[str, Any]
    hint: Words = field(default_factory=Words)


@dataclass(frozen=True, slots=True)
class Grid:
    """A table for reading. `total` is its last row, if columns are added up."""

    columns: Sequence[str]
    numeric: Sequence[bool]
    rows: Sequence[Sequence[Shown]]
    total: Sequence[Shown] = ()


class Table(QuestionKind):
    code = "table"
    label = _l("Table")
    about = _l("rows with columns, such as a plan of activities")
    missing = _l("Fill in at least one row.")
    template = "core/questions/kinds/table.html"
    Settings = TableForm

    # -------------------------------------------------------- typed and stored

    def keep(self, question: Asked, raw: Any) -> list[dict[str, Any]] | None:
        """Blank rows and cells are left out."""
        cells, rows = cells_of(question), []
        for row in raw if isinstance(raw, list | tuple) else []:
            if not isinstance(row, Mapping):
                continue
            kept = {one.key: kind_of(one.kind).keep(one, row.get(one.key)) for one in cells}
            if any(value is not None for value in kept.values()):
                rows.append({key: value for key, value in kept.items() if value is not None})
        return rows or None

    def sent(self, field: Any) -> list[dict[str, Any]]:
        return [{key: cell.typed for key, cell in row.cells.items()} for row in field.rows]

    def typed(self, question: Asked, value: Any) -> Mapping[str, str | Sequence[str]]:
        return {
            f"-{index}-{one.key}": kind_of(one.kind).as_typed(row.get(one.key))
            for index, row in enumerate(value)
            for one in cells_of(question)
        }

    # -------------------------------------------------------------- validation

    def judge(self, question: Asked, value: Any, context: Context) -> Iterator[AnswerProblem]:
        limit = self._limit(question)
        if len(value) > MOST_ROWS:
            yield AnswerProblem(question.key, Wrong.TOO_MUCH, {"rows": MOST_ROWS})
            return
        if len(value) > limit:
            yield AnswerProblem(question.key, TOO_MANY_ROWS, {"limit": limit})
        cells = cells_of(question)
        for index, row in enumerate(value):
            for problem in self._in_row(question, cells, row, context):
                yield replace(problem, key=question.key, row=index, column=problem.key)
        yield from self._in_sums(question, cells, value, context)

    def _limit(self, question: Asked) -> int:
        return int(question.settings.get("rows_max") or MOST_ROWS)

    def _in_row(
        self, question: Asked, cells: Sequence[Cell], row: Mapping[str, Any], context: Context
    ) -> Iterator[AnswerProblem]:
        """The problems of one row, by the keys of its columns."""
        wrong = set()
        for cell in cells:
            for problem in kind_of(cell.kind).problems(cell, row.get(cell.key), context):
                wrong.add(cell.key)
                yield problem
        dates = [cell.key for cell in cells if kind_of(cell.kind).dated]
        days = {key: day_of(row.get(key)) for key in dates}
        known = {key: day for key, day in days.items() if day and key not in wrong}
        if window := self._window(question, context):
            first, last = window
            facts = {"min": first.isoformat(), "max": last.isoformat()}
            yield from (
                AnswerProblem(key, OUTSIDE, facts)
                for key, day in known.items()
                if not first <= day <= last
            )
        labels = {cell.key: cell.label for cell in cells}
        for one, other in pairwise(question.settings.get("in_order") or ()):
            if one in known and other in known and known[one] > known[other]:
                yield AnswerProblem(other, NOT_IN_ORDER, {"column": labels[one]})

    def _in_sums(
        self,
        question: Asked,
        cells: Sequence[Cell],
        rows: Sequence[Mapping[str, Any]],
        context: Context,
    ) -> Iterator[AnswerProblem]:
        """Columns whose sum differs from the answer that it must equal; all their cells must be
        numeric."""
        for cell in cells:
            other = cell.settings.get("agrees_with")
            said = context.answers.get(other) if other else None
            values = [row[cell.key] for row in rows if cell.key in row]
            if not is_integer(said) or not all(is_integer(value) for value in values):
                continue
            if sum(values) != said:
                asked = context.questions.get(other or "")
                facts = {
                    "column": cell.label,
                    "sum": kind_of(cell.kind).text(sum(values)),
                    "question": asked.label if asked else "",
                    "said": kind_of(cell.kind).text(said),
                }
                yield AnswerProblem(question.key, DISAGREES, facts)

    def _window(self, question: Asked, context: Context) -> tuple[Any, Any] | None:
        return context.windows.get(question.settings.get("inside") or "")

    # -------------------------------------------------------------- messages

    @property
    def sayings(self) -> Mapping[str, Callable[[Facts], str]]:
        return {
            TOO_MANY_ROWS: lambda facts: at_most_rows(facts["limit"]),
            NOT_IN_ORDER: lambda facts: _(
                "This day must not be before the one in “%(column)s”.", column=facts["column"]
            ),
            DISAGREES: lambda facts: _(
                "“%(column)s” makes %(sum)s together, but the answer to “%(question)s” is"
                " %(said)s. The two must agree.",
                **facts,
            ),
        }

    def says(self, problem: AnswerProblem, question: Asked) -> str:
        cell = next((one for one in cells_of(question) if one.key == problem.column), None)
        if problem.wrong == Wrong.TOO_MUCH and "rows" in problem.facts:
            rows = formats.number(problem.facts["rows"])
            return _("There are more than %(limit)s rows.", limit=rows)
        if cell is None or problem.wrong in self.sayings:
            return super().says(problem, question)
        if problem.wrong == Wrong.MISSING:
            return _("Fill in this cell.")
        return kind_of(cell.kind).says(problem, cell)

    def message(self, problem: AnswerProblem, question: Asked) -> str:
        text = self.says(problem, question)
        if problem.row is None:
            return text
        place = {"row": problem.row + 1, "problem": text}
        label = next((c.label for c in cells_of(question) if c.key == problem.column), "")
        return _("%(column)s, row %(row)d: %(problem)s", column=label, **place)

    def place(self, field: Field, problem: AnswerProblem) -> Field:
        """The cell; a problem's row number does not count blank rows."""
        rows = cast(Rows, field).rows
        filled = [
            row for row in rows if any(str(cell.typed or "").strip() for cell in row.cells.values())
        ]
        if problem.row is None or problem.row >= len(filled):
            return field
        return filled[problem.row].cells.get(problem.column or "", field)

    def make_readable(self, field: Any) -> None:
        for row in field.rows:
            for cell in row.cells.values():
                cell.typed = readable(cell.typed)

    # -------------------------------------------------------------- asking

    def asks(self, question: Asked, context: Context) -> list[str]:
        cells, limit = cells_of(question), self._limit(question)
        said = [at_most_rows(limit)] if question.settings.get("rows_max") else []
        required = [str(cell.label) for cell in cells if cell.required]
        if required and len(required) == len(cells):
            said.append(_("Every cell of a row must be filled in."))
        elif required:
            said.append(_("In every row fill in: %(columns)s.", columns=", ".join(required)))
        if window := self._window(question, context):
            first, last = (formats.short_date(day) for day in window)
            said.append(_("Dates are from %(first)s to %(last)s.", first=first, last=last))
        for cell in cells:
            asked = context.questions.get(cell.settings.get("agrees_with") or "")
            if asked is not None:
                said.append(
                    _(
                        "“%(column)s” together is as much as the answer to “%(question)s”.",
                        column=cell.label,
                        question=asked.label,
                    )
                )
        return said

    def refers_to(self, question: Asked) -> Collection[str]:
        return [
            cell.settings["agrees_with"]
            for cell in cells_of(question)
            if cell.settings.get("agrees_with")
        ]

    def inputs(self, question: Asked) -> int:
        return self._limit(question) * len(cells_of(question))

    def details(self, question: Asked) -> list[str]:
        return [ngettext("%(num)d column", "%(num)d columns", len(cells_of(question)))]

    def input(self, question: Asked, options: dict[str, Any]) -> Any:
        columns = [
            Column(
                cell.key,
                _heading(cell),
                kind_of(cell.kind).column,
                required=False,
                options={
                    "marked": False,
                    **({"minimum": None} if kind_of(cell.kind).numeric else {}),
                },
                total=kind_of(cell.kind).text if adds_up(cell) else None,
            )
            for cell in cells_of(question)
        ]
        return Rows(**options, columns=columns, maximum=self._limit(question))

    # -------------------------------------------------------------- reading

    def show(self, question: Asked, value: Any, language: str) -> Shown:
        cells = cells_of(question)
        rows = [[_shown(cell, row.get(cell.key), language) for cell in cells] for row in value]
        sums = {  # without unreadable values
            cell.key: sum(row[cell.key] for row in value if is_integer(row.get(cell.key)))
            for cell in cells
            if adds_up(cell)
        }
        total = [_shown(cell, sums.get(cell.key), language) for cell in cells]
        return Shown(
            self,
            Grid(
                [cell.label.in_language(language) for cell in cells],
                [kind_of(cell.kind).numeric for cell in cells],
                rows,
                total if sums else (),
            ),
        )

    def text(self, value: Any) -> str:
        return "\n".join(" · ".join(cell.text for cell in row) for row in value.rows)

    def printed(self, value: Any) -> blocks.Table:
        grid: Grid = value
        return blocks.Table(
            [
                blocks.Column(title, "figure" if numeric else "text")
                for title, numeric in zip(grid.columns, grid.numeric, strict=True)
            ],
            [[cell.text for cell in row] for row in grid.rows],
            total=[
                cell.text or (_("Together") if place == 0 else "")
                for place, cell in enumerate(grid.total)
            ],
        )


def cells_of(question: Asked) -> list[Cell]:
    """The columns of a table."""
    return [
        Cell(
            key=column["key"],
            kind=column["kind"],
            label=Words.of(column),
            required=bool(column.get("required")),
            settings=column,
        )
        for column in question.settings.get("columns") or ()
    ]


def adds_up(cell: Cell) -> bool:
    """Whether a column is added up."""
    return bool(cell.settings.get("sum")) and kind_of(cell.kind).numeric


def _shown(cell: Cell, value: Any, language: str) -> Shown:
    kind = kind_of(cell.kind)
    return Shown(kind) if value is None else kind.show(cell, value, language)


def _heading(cell: Cell) -> str:
    """The heading of a column; of dates with their format."""
    if kind_of(cell.kind).dated:
        return _("%(column)s (dd.mm.yyyy)", column=cell.label)
    return str(cell.label)


TABLE = Table()
