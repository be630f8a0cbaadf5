"""A day, stored in ISO format. Settings: {min, max} in ISO format."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.core import formats, parsing
from portal.core.fields import Date as DateField
from portal.core.fields import Field
from portal.core.fields.moments import PARTS, in_one, in_three
from portal.core.questions.kinds.base import Facts, QuestionKind, unreadable
from portal.core.questions.kinds.settings import QuestionForm, check_bounds
from portal.core.questions.rules import AnswerProblem, Asked, Context, Shown

TOO_EARLY, TOO_LATE, OUTSIDE = "too_early", "too_late", "outside"


class Date(QuestionKind):
    code = "date"
    label = _l("Date")
    about = _l("a day")
    missing = _l("Give a date.")
    column = "date"
    dated = True
    template = "core/questions/kinds/figure.html"

    class Settings(QuestionForm):
        own = ("min", "max")
        min = DateField(_l("Earliest"), required=False)
        max = DateField(_l("Latest"), required=False)
        validate_max = staticmethod(check_bounds)

        @classmethod
        def read(cls, settings: Mapping[str, Any]) -> Mapping[str, Any]:
            return {name: date.fromisoformat(value) for name, value in settings.items() if value}

        def settings(self, before: Mapping[str, Any]) -> dict[str, Any]:
            return {name: day.isoformat() for name, day in super().settings(before).items()}

    def keep(self, question: Asked, raw: Any) -> str | None:
        try:
            day = parsing.day(str(raw)) if raw is not None else None
        except parsing.Unreadable:
            return str(raw)
        return day.isoformat() if day else None

    def sent(self, field: Field) -> str:
        return in_one(field.typed) if field.typed else ""

    def typed(self, question: Asked, value: Any) -> Mapping[str, str | Sequence[str]]:
        day = day_of(value)
        parts = {part: str(getattr(day, part)) for part in PARTS} if day else in_three(str(value))
        return {f"-{part}": text for part, text in parts.items()}

    def as_typed(self, value: Any) -> str:
        day = day_of(value)
        return f"{day:%d.%m}.{day.year:04d}." if day else super().as_typed(value)

    def judge(self, question: Asked, value: Any, context: Context) -> Iterator[AnswerProblem]:
        day = day_of(value)
        if day is None:
            yield from unreadable(question.key, parsing.day, str(value))
            return
        earliest, latest = question.settings.get("min"), question.settings.get("max")
        if earliest and day < date.fromisoformat(earliest):
            yield AnswerProblem(question.key, TOO_EARLY, {"min": earliest})
        if latest and day > date.fromisoformat(latest):
            yield AnswerProblem(question.key, TOO_LATE, {"max": latest})

    @property
    def sayings(self) -> Mapping[str, Callable[[Facts], str]]:
        return {
            TOO_EARLY: lambda facts: _(
                "The date may be %(day)s at the earliest.", day=_written(facts["min"])
            ),
            TOO_LATE: lambda facts: _(
                "The date may be %(day)s at the latest.", day=_written(facts["max"])
            ),
            OUTSIDE: lambda facts: _(
                "The date may be from %(first)s to %(last)s.",
                first=_written(facts["min"]),
                last=_written(facts["max"]),
            ),
        }

    def asks(self, question: Asked, context: Context) -> list[str]:
        facts = {
            name: question.settings[name] for name in ("min", "max") if question.settings.get(name)
        }
        code = {("min", "max"): OUTSIDE, ("min",): TOO_EARLY, ("max",): TOO_LATE}.get(tuple(facts))
        return [self.sayings[code](facts)] if code else []

    def input(self, question: Asked, options: dict[str, Any]) -> Any:
        return DateField(**options)

    def show(self, question: Asked, value: Any, language: str) -> Shown:
        return Shown(self, day_of(value) or str(value))

    def text(self, value: Any) -> str:
        return formats.short_date(value) if isinstance(value, date) else str(value)


def day_of(value: Any) -> date | None:
    """The day of a stored value; None for unparsed input."""
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return day if day.isoformat() == value else None


def _written(iso: str) -> str:
    return formats.short_date(date.fromisoformat(iso))


DATE = Date()
