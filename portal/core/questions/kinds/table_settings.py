"""The builder's settings of a table: its columns, and what must agree in it."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import ValidationError

from portal.core.db import Words
from portal.core.fields import Column, Number, Rows, Select, Statement, Texts
from portal.core.languages import OWED
from portal.core.questions.keys import coded
from portal.core.questions.kinds.settings import Offer, QuestionForm
from portal.core.questions.registry import all_kinds, kind_of

SUM, AGREES = "sum", "agrees:"  # of the column "added up": alone, or followed by a question's key


class TableForm(QuestionForm):
    columns = Rows(
        _l("Columns"),
        _l(
            "A row in which a cell is owed and empty keeps the form from being sent."
            " What is added up stands below the table."
        ),
        columns=[
            Texts(options={"limit": 100}),
            Column("kind", _l("Takes"), "choice"),
            Column(
                "required",
                _l("Each row"),
                "choice",
                required=False,
                options={
                    "choices": [("1", _l("must have it"))],
                    "blank": _l("may lack it"),
                },
            ),
            Column(
                "sum",
                _l("Added up"),
                "choice",
                required=False,
                options={"blank": _l("not added up")},
            ),
        ],
        minimum=2,
        maximum=8,
        add=_l("Add a column"),
    )
    rows_max = Number(_l("Rows, at most"), minimum=1, maximum=100, width=3, default=10)
    in_order = Statement(
        _l("The dates of a row follow one another"),
        _l("A date further right is then never before one further left."),
        required=False,
    )
    inside = Select(_l("Dates must be within"), blank=_l("any time"), required=False)

    def offer(self, offer: Offer) -> None:
        super().offer(offer)
        self.inside.choices = offer.windows
        if not offer.windows:
            del self.inside
        kinds = [(kind.code, kind.label) for kind in all_kinds() if kind.column]
        sums = [(SUM, _("added up")), *_agreements(offer)]
        self.columns.offer({"kind": kinds, "sum": sums})

    def validate_columns(self, rows: Rows) -> None:
        """Refuse equal columns, and sums of columns that are not numeric or disagree in kind."""
        if rows.errors:
            return
        texts = [row[OWED] for row in rows.data or []]
        if len(set(texts)) < len(texts):
            raise ValidationError(_l("Two columns are the same."))
        figures = {key: kind for key, kind, _label in self.offered.figures}
        for row in rows.data or []:
            if row["sum"] and not kind_of(row["kind"]).numeric:
                raise ValidationError(
                    _("“%(column)s” has no numbers that could be added up.", column=row[OWED])
                )
            if figures.get(_agrees_with(row), row["kind"]) != row["kind"]:
                raise ValidationError(
                    _(
                        "“%(column)s” must agree with a question of another kind."
                        " Numbers agree with numbers, sums of money with sums of money.",
                        column=row[OWED],
                    )
                )

    def validate_in_order(self, ticked: Statement) -> None:
        """Require two dates."""
        if self.columns.errors:
            return
        dates = [row for row in self.columns.data or [] if kind_of(row["kind"]).dated]
        if ticked.data and len(dates) < 2:
            raise ValidationError(_l("That takes at least two columns for dates."))

    @classmethod
    def read(cls, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        return {
            **settings,
            "columns": [_typed(column) for column in settings.get("columns") or ()],
            "in_order": bool(settings.get("in_order")),
        }

    def settings(self, before: Mapping[str, Any]) -> dict[str, Any]:
        rows = [dict(_column(row)) for row in self.columns.data]
        columns = coded(rows, before.get("columns", ()), "key", "column")
        dates = [column["key"] for column in columns if kind_of(column["kind"]).dated]
        inside = self.inside.data if "inside" in self else None
        return {
            "columns": columns,
            "rows_max": self.rows_max.data,
            **({"in_order": dates} if self.in_order.data else {}),
            **({"inside": inside} if inside else {}),
        }


def _agreements(offer: Offer) -> list[tuple[str, str]]:
    return [
        (AGREES + key, _("as much as “%(question)s”", question=label))
        for key, _kind, label in offer.figures
    ]


def _agrees_with(row: Mapping[str, Any]) -> str:
    """The key of the question that the sum of a column must agree with; "" for none."""
    return str(row["sum"] or "").removeprefix(SUM).removeprefix(AGREES)


def _typed(column: Mapping[str, Any]) -> dict[str, Any]:
    other = column.get("agrees_with")
    summed = SUM if column.get("sum") else None
    return {
        **Words.of(column).to_json(),
        "kind": column["kind"],
        "required": "1" if column.get("required") else None,
        "sum": AGREES + other if other else summed,
    }


def _column(row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """A column as it is stored, without unset settings."""
    yield from Words.of(row).to_json().items()
    yield "kind", row["kind"]
    if row["required"]:
        yield "required", True
    if row["sum"]:
        yield "sum", True
    if other := _agrees_with(row):
        yield "agrees_with", other
