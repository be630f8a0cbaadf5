"""The forms of the form builder: one for a section, and one for a question of each kind."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import ValidationError

from portal.core.db import Words
from portal.core.fields import (
    Column,
    Date,
    Money,
    Number,
    Rows,
    Select,
    Statement,
    WordsField,
)
from portal.core.forms import VersionedForm
from portal.core.questions.models import Question, QuestionKind, Section
from portal.grants.competitions import words
from portal.grants.competitions.form.rules import (
    COLUMN_KINDS,
    MEASURED_BY,
    QuestionFacts,
    coded,
)

IN_LATVIAN, IN_ENGLISH = _l("In Latvian"), _l("In English")


class SectionForm(VersionedForm):
    """A section: a page of the application form."""

    title = WordsField(_l("Title of the section"), limit=120)
    hint = WordsField(
        _l("Explanation"),
        _l("Stands under the title."),
        limit=600,
        long=True,
        rows=2,
        required=False,
    )

    @classmethod
    def values(cls, row: Section) -> Mapping[str, Any]:
        return {"title": row.title, "hint": row.hint}


class QuestionForm(VersionedForm):
    """What every question has. A subclass adds what its kind needs, named as in the settings."""

    label = WordsField(_l("Question"), limit=300)
    hint = WordsField(
        _l("Hint"),
        _l("Say what helps to answer: what counts, how much is enough."),
        limit=600,
        long=True,
        rows=2,
        required=False,
    )
    required = Statement(_l("An answer is required"), required=False)
    measures = Select(
        _l("The portal takes from the answer"),
        _l("Lists and rules rely on it; each is asked once in a form."),
        blank=_l("nothing"),
        required=False,
    )
    section = Select(_l("Stands in the section"), required=False)

    kind: QuestionKind

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.measures.choices = [
            (code, words.MEASURES[code]) for code, kind in MEASURED_BY.items() if kind is self.kind
        ]

    @classmethod
    def values(cls, row: Question) -> Mapping[str, Any]:
        common = {name: getattr(row, name) for name in ("label", "hint", "required", "measures")}
        return {**common, "section": row.section.key, **cls.read(row.settings)}

    @classmethod
    def read(cls, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        """The values of the kind's own fields."""
        return dict(settings)

    def settings(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """The settings as they are stored; `before` are those of the question so far."""
        return {name: self[name].data for name in self.own if self[name].data is not None}

    own: tuple[str, ...] = ()

    def facts(self, before: Mapping[str, Any] | None = None) -> QuestionFacts:
        """As the verbs take it."""
        return QuestionFacts(
            label=self.label.data,
            hint=self.hint.data or Words(),
            required=bool(self.required.data),
            settings=self.settings(before or {}),
            measures=self.measures.data or None,
        )


class ShortTextForm(QuestionForm):
    kind = QuestionKind.SHORT_TEXT
    own = ("max_length",)
    max_length = Number(_l("Characters, at most"), minimum=1, maximum=1000, width=5, default=200)


class LongTextForm(QuestionForm):
    kind = QuestionKind.LONG_TEXT
    own = ("max_length",)
    max_length = Number(
        _l("Characters, at most"),
        _l("A page of text has about 3,000."),
        minimum=1,
        maximum=20_000,
        width=5,
        default=2000,
    )


def check_bounds(form: Any, upper: Any) -> None:
    """The inline validator of an upper bound: it may not be below the lower one."""
    least = form["min"].data
    if least is not None and upper.data is not None and upper.data < least:
        if isinstance(least, date):
            raise ValidationError(_l("The latest day must not be before the earliest."))
        raise ValidationError(_l("The largest must not be less than the smallest."))


class NumberForm(QuestionForm):
    kind = QuestionKind.NUMBER
    own = ("min", "max")
    min = Number(_l("Smallest"), maximum=1_000_000_000, width=10, required=False)
    max = Number(_l("Largest"), maximum=1_000_000_000, width=10, required=False)
    unit = WordsField(
        _l("Unit"), _l("Stands behind the number: months, people."), limit=30, required=False
    )
    validate_max = staticmethod(check_bounds)

    @classmethod
    def read(cls, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**settings, "unit": Words.of(settings.get("unit"))}

    def settings(self, before: Mapping[str, Any]) -> dict[str, Any]:
        unit = {"unit": self.unit.data.to_json()} if self.unit.data else {}
        return {**super().settings(before), **unit}


class MoneyForm(QuestionForm):
    kind = QuestionKind.MONEY
    own = ("min", "max")
    min = Money(_l("Smallest"), maximum=100_000_000_000, required=False)
    max = Money(_l("Largest"), maximum=100_000_000_000, required=False)
    validate_max = staticmethod(check_bounds)


class DateForm(QuestionForm):
    kind = QuestionKind.DATE
    own = ("min", "max")
    min = Date(_l("Earliest"), required=False)
    max = Date(_l("Latest"), required=False)
    validate_max = staticmethod(check_bounds)

    @classmethod
    def read(cls, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        return {name: date.fromisoformat(value) for name, value in settings.items() if value}

    def settings(self, before: Mapping[str, Any]) -> dict[str, Any]:
        return {name: day.isoformat() for name, day in super().settings(before).items()}


class ChoiceForm(QuestionForm):
    kind = QuestionKind.CHOICE
    options = Rows(
        _l("Options"),
        columns=[
            Column("lv", IN_LATVIAN, options={"limit": 200}),
            Column("en", IN_ENGLISH, required=False, options={"limit": 200}),
        ],
        minimum=2,
        maximum=50,
        add=_l("Add an option"),
    )

    def validate_options(self, rows: Rows) -> None:
        """Fewer than two are no choice, and equal ones cannot be told apart."""
        texts = [row["lv"] for row in rows.data or []]
        if len(texts) < 2:
            raise ValidationError(_l("Give at least two options."))
        if len(set(texts)) < len(texts):
            raise ValidationError(_l("Two options are the same."))

    def settings(self, before: Mapping[str, Any]) -> dict[str, Any]:
        rows = [{"lv": row["lv"], "en": row["en"] or ""} for row in self.options.data]
        return {"options": coded(rows, before.get("options", ()), "code", "option")}


class ChoicesForm(ChoiceForm):
    kind = QuestionKind.CHOICES


class TableForm(QuestionForm):
    kind = QuestionKind.TABLE
    columns = Rows(
        _l("Columns"),
        columns=[
            Column("lv", IN_LATVIAN, options={"limit": 100}),
            Column("en", IN_ENGLISH, required=False, options={"limit": 100}),
            Column(
                "kind",
                _l("Takes"),
                "choice",
                options={"choices": [(kind.value, words.QUESTIONS[kind]) for kind in COLUMN_KINDS]},
            ),
        ],
        minimum=2,
        maximum=8,
        add=_l("Add a column"),
    )
    rows_max = Number(_l("Rows, at most"), minimum=1, maximum=100, width=3, default=10)

    def validate_columns(self, rows: Rows) -> None:
        """Equal columns cannot be told apart."""
        texts = [row["lv"] for row in rows.data or []]
        if len(set(texts)) < len(texts):
            raise ValidationError(_l("Two columns are the same."))

    def settings(self, before: Mapping[str, Any]) -> dict[str, Any]:
        rows = [
            {"lv": row["lv"], "en": row["en"] or "", "kind": row["kind"]}
            for row in self.columns.data
        ]
        return {
            "columns": coded(rows, before.get("columns", ()), "key", "column"),
            "rows_max": self.rows_max.data,
        }


class StatementForm(QuestionForm):
    kind = QuestionKind.STATEMENT
    text = WordsField(
        _l("Statement"), _l("What the applicant confirms."), limit=1000, long=True, rows=3
    )

    @classmethod
    def read(cls, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"text": Words.of(settings.get("text"))}

    def settings(self, before: Mapping[str, Any]) -> dict[str, Any]:
        return {"text": self.text.data.to_json()}


class FileForm(QuestionForm):
    kind = QuestionKind.FILE
    several = Statement(_l("Several files can be attached"), required=False)
    names_minors = Statement(
        _l("The file names minors"),
        _l("Then only the officer who checks eligibility sees it; the committee does not."),
        required=False,
    )

    def settings(self, before: Mapping[str, Any]) -> dict[str, Any]:
        return {name: bool(self[name].data) for name in ("several", "names_minors")}


FORMS: Mapping[QuestionKind, type[QuestionForm]] = {
    form.kind: form
    for form in (
        *(ShortTextForm, LongTextForm, NumberForm, MoneyForm, DateForm),
        *(ChoiceForm, ChoicesForm, TableForm, StatementForm, FileForm),
    )
}
