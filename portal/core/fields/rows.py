"""A table of inputs, such as a plan of activities. Rows are added and removed without
JavaScript."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from flask import render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms.utils import unset_value

from portal.core import languages
from portal.core.errors import Message
from portal.core.fields.base import Field, as_text
from portal.core.fields.choices import Choice, Options, Select
from portal.core.fields.moments import DateText
from portal.core.fields.numbers import DecimalField, Money, Number
from portal.core.fields.text import Text, TextArea, group, labels_of_languages

ADD_A_ROW = _l("Add a row")
CORRECT_THE_CELLS = _l("Correct the marked cells.")
MOST_ROWS = 200  # the limit of any table
KINDS: dict[str, type[Field]] = {
    "text": Text,
    "long": TextArea,
    "number": Number,
    "decimal": DecimalField,
    "money": Money,
    "date": DateText,
    "choice": Select,
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the key of its value in a row, the heading, the kind of field (see KINDS)."""

    key: str
    label: Message
    kind: str = "text"
    required: bool = True
    options: dict[str, Any] = field(default_factory=dict)  # further arguments of the field
    total: Callable[[int], str] | None = None  # the format of the column's sum; None: no sum


@dataclass(frozen=True, slots=True)
class Texts:
    """In the place of columns: one for each language of the portal, with its code as the key.
    Only the one that texts are owed in is required."""

    kind: str = "text"
    options: dict[str, Any] = field(default_factory=dict)

    def columns(self) -> list[Column]:
        """The columns, in the language of the page."""
        return [
            Column(code, label, self.kind, code == languages.OWED, self.options)
            for code, label in labels_of_languages()
        ]


class Row:
    """One row: its fields by column key."""

    def __init__(self, index: int, cells: dict[str, Field]) -> None:
        self.index = index
        self.cells = cells

    @property
    def data(self) -> dict[str, Any]:
        """The values by column."""
        return {key: cell.data for key, cell in self.cells.items()}

    @property
    def blank(self) -> bool:
        """Whether all cells are empty."""
        return all(cell.empty and not cell.process_errors for cell in self.cells.values())


class Rows(Field):
    """Rows of `columns`, as a list of dicts; blank rows are left out.

    More than `maximum` rows are refused. Up to MOST_ROWS and one are read, so that too many are
    noticed and none is dropped silently.

    Without a script, a button that adds, removes, copies or moves a row sends the form; the form is
    then `rearranged` and does not validate, so the view renders it again. Rows are numbered by
    position. At least `minimum` rows are shown.
    """

    missing = _l("Fill in at least one row")

    def __init__(
        self,
        label: Message = "",
        hint: Message = "",
        *,
        columns: Sequence[Column | Texts] = (),
        minimum: int = 1,
        maximum: int = 50,
        add: Message = ADD_A_ROW,
        **options: Any,
    ) -> None:
        form, prefix = options.get("_form"), options.get("_prefix", "")
        super().__init__(label, hint, **options)
        self._form_of_cells = form
        self._prefix_of_cells = prefix
        self.columns = tuple(
            column
            for one in columns
            for column in (one.columns() if isinstance(one, Texts) else [one])
        )
        self.minimum = minimum
        self.maximum = maximum
        self.add = add
        self.rows: list[Row] = []
        self.rearranged = False
        self.focus: tuple[str, int] | None = None  # the button and row that get the focus

    def process(
        self,
        formdata: Any,
        data: Any = unset_value,
        extra_filters: Sequence[Callable[[Any], Any]] | None = None,
    ) -> None:
        super().process(formdata, data, extra_filters)
        if formdata is None:
            self.rows = [self._row(i, None, values) for i, values in enumerate(self.data or [])]
            self._fill_up()

    def collect(self, formdata: Any) -> Any:
        """Read the rows sent, in the order given by the pressed button."""
        order = self._arranged(formdata, list(self._indexes(formdata)))
        sent = self._renumbered(formdata, order)
        self.rows = [
            self._row(place, None if index is None else sent, {})
            for place, index in enumerate(order)
        ]
        self._fill_up()
        self._go_on()
        return [row.data for row in self.rows if not row.blank]

    def offer(self, choices: Mapping[str, Options]) -> None:
        """Set the choices of columns in all present and future rows."""
        self.columns = tuple(
            replace(one, options={**one.options, "choices": choices[one.key]})
            if one.key in choices
            else one
            for one in self.columns
        )
        for row in self.rows:
            for key, offered in choices.items():
                cast(Choice, row.cells[key]).choices = offered

    def _arranged(self, formdata: Any, order: list[int | None]) -> list[int | None]:
        """The numbers of the sent rows in their new order; None for a new row."""
        for verb in ("add", "remove", "copy", "up", "down"):
            if f"{self.name}-{verb}" in formdata:
                self.rearranged = True
                return self._after(verb, str(formdata[f"{self.name}-{verb}"]), order)
        return order

    def _after(self, verb: str, value: str, order: list[int | None]) -> list[int | None]:
        room = len(order) < self.maximum
        if verb == "add":
            self.focus = ("cell", len(order))
            return [*order, None] if room else order
        known = value.isascii() and value.isdigit() and len(value) < 5 and int(value) in order
        if not known:
            return order
        index = int(value)
        at = order.index(index)
        match verb:
            case "remove":
                self.focus = ("add", at)
                return [*order[:at], *order[at + 1 :]]
            case "copy":
                self.focus = ("cell", at + 1)
                return [*order[: at + 1], index, *order[at + 1 :]] if room else order
            case _:
                other = min(max(at + (1 if verb == "down" else -1), 0), len(order) - 1)
                self.focus = (verb, other)
                order[at], order[other] = order[other], order[at]
                return order

    def _renumbered(self, formdata: Any, order: Sequence[int | None]) -> MultiDict[str, Any]:
        """The cells' form data, renumbered by position."""
        sent: dict[int, list[tuple[str, Any]]] = {}
        for key in formdata:
            if match := self._shape.match(key):
                sent.setdefault(int(match[1]), []).extend(
                    (key[match.end() :], value) for value in formdata.getlist(key)
                )
        return MultiDict(
            (f"{self.name}-{place}-{rest}", value)
            for place, index in enumerate(order)
            if index is not None
            for rest, value in sent[index]
        )

    def _go_on(self) -> None:
        """Focus the first cell of a new row."""
        match self.focus:
            case ("cell", place) if place < len(self.rows):
                cell = next(iter(self.rows[place].cells.values()))
                cell.render_kw = {**(cell.render_kw or {}), "autofocus": "autofocus"}
            case (("up" | "down") as verb, place) if place in (0, len(self.rows) - 1):
                # At the end of the table the pressed button has disappeared.
                self.focus = ("down" if verb == "up" else "up", place)

    @property
    def _shape(self) -> re.Pattern[str]:
        return re.compile(re.escape(self.name) + r"-([0-9]{1,4})-")

    def _indexes(self, formdata: Any) -> list[int]:
        """The numbers of the rows sent, in their order."""
        sent = [(int(match[1]), key) for key in formdata if (match := self._shape.match(key))]
        found = {index for index, _key in sent}
        if len(found) > MOST_ROWS:
            found = {index for index, key in sent if as_text(formdata[key]).strip()}
        return sorted(found)[: MOST_ROWS + 1]

    def _row(self, place: int, formdata: Any, values: dict[str, Any]) -> Row:
        cells: dict[str, Field] = {}
        for column in self.columns:
            options: dict[str, Any] = {"width": None}
            if column.kind == "long":
                options["rows"] = 1
            cell = KINDS[column.kind](
                _("%(column)s, row %(row)s", column=str(column.label), row=place + 1),
                required=column.required,
                name=f"{self.short_name}-{place}-{column.key}",
                _form=self._form_of_cells,
                _prefix=self._prefix_of_cells,
                _meta=self.meta,
                **(options | column.options),
            )
            cell.marked = False  # the table says "optional", not each cell
            cell.process(formdata, values.get(column.key, unset_value))
            cells[column.key] = cell
        return Row(place, cells)

    def _fill_up(self) -> None:
        """Add blank rows up to the minimum."""
        while len(self.rows) < max(self.minimum, 1):
            self.rows.append(self._row(len(self.rows), None, {}))

    def parse(self, typed: Any) -> Any:
        return typed

    @property
    def totals(self) -> list[str]:
        """The columns' sums, "" for columns without one; [] if no column has one."""
        if not any(column.total for column in self.columns):
            return []
        return [
            column.total(sum(int(value) for value in self._figures(column))) if column.total else ""
            for column in self.columns
        ]

    def _figures(self, column: Column) -> list[int]:
        """The values of a column that can be added up."""
        values = [row.cells[column.key].data for row in self.rows]
        return [value for value in values if isinstance(value, int)]

    @property
    def empty(self) -> bool:
        return not self.data

    def pre_validate(self, form: Any) -> None:
        super().pre_validate(form)
        self._check_cells(form)

    def _check_cells(self, form: Any) -> None:
        """Validate the cells of all rows that are not blank."""
        wrong = False
        for row in self.rows:
            if not row.blank:
                for cell in row.cells.values():
                    wrong |= not cell.validate(form)
        filled = [row.data for row in self.rows if not row.blank]
        # Choices get their values only in validation, so the rows are read again.
        self.data = filled
        if wrong and not self.rearranged:
            self.errors = [*self.errors, str(CORRECT_THE_CELLS)]
        if len(filled) > self.maximum:
            self.errors = [*self.errors, at_most_rows(self.maximum)]

    @property
    def problems(self) -> list[tuple[str, str]]:
        cells = [
            problem for row in self.rows for cell in row.cells.values() for problem in cell.problems
        ]
        # Errors of cells are shown in the cells; only others are shown for the table.
        whole = [one for one in super().problems if not one[0].endswith(str(CORRECT_THE_CELLS))]
        return [*cells, *whole] if cells else super().problems

    @property
    def focus_id(self) -> str:
        first = next((cell for row in self.rows for cell in row.cells.values()), None)
        return first.focus_id if first else self.id

    def render(self, **options: Any) -> Markup:
        table = render_template("components/rows.html", field=self)
        return group(self, Markup(table), **options)  # noqa: S704  # a rendered template


def at_most_rows(limit: int) -> str:
    """The message about the largest number of rows."""
    return ngettext(
        "At most %(num)d row may be filled in.", "At most %(num)d rows may be filled in.", limit
    )
