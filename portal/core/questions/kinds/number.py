"""A whole number. Settings: {min, max, unit: {lv, en}}; the default minimum is 0."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.core import formats, parsing
from portal.core.db import Words
from portal.core.fields import Number as NumberField
from portal.core.fields import WordsField
from portal.core.questions.kinds.base import Facts, QuestionKind, is_integer, unreadable
from portal.core.questions.kinds.settings import QuestionForm, check_bounds
from portal.core.questions.rules import AnswerProblem, Asked, Context

TOO_SMALL, TOO_LARGE = "too_small", "too_large"


class Number(QuestionKind):
    code = "number"
    label = _l("Whole number")
    about = _l("a whole number: participants, months")
    column = "number"
    numeric = True
    template = "core/questions/kinds/figure.html"

    class Settings(QuestionForm):
        own = ("min", "max")
        min = NumberField(_l("Smallest"), maximum=1_000_000_000, width=10, required=False)
        max = NumberField(_l("Largest"), maximum=1_000_000_000, width=10, required=False)
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

    def read(self, typed: str) -> int | None:
        """The parsed number; raises Unreadable."""
        return parsing.integer(typed)

    def written(self, figure: int) -> str:
        """A number in the language of the page."""
        return formats.number(figure)

    def keep(self, question: Asked, raw: Any) -> Any:
        if raw is None or is_integer(raw):
            return raw
        try:
            return self.read(str(raw))
        except parsing.Unreadable:
            return str(raw)

    def judge(self, question: Asked, value: Any, context: Context) -> Iterator[AnswerProblem]:
        if not is_integer(value):
            yield from unreadable(question.key, self.read, str(value))
            return
        least, most = self.bounds(question)
        facts = {"min": least, "max": most}
        if least is not None and value < least:
            yield AnswerProblem(question.key, TOO_SMALL, facts)
        if most is not None and value > most:
            yield AnswerProblem(question.key, TOO_LARGE, facts)

    def bounds(self, question: Asked) -> tuple[int | None, int | None]:
        """The minimum and the maximum; None if there is none."""
        return question.settings.get("min", 0), question.settings.get("max")

    @property
    def sayings(self) -> Mapping[str, Callable[[Facts], str]]:
        return {TOO_SMALL: self._said, TOO_LARGE: self._said}

    def _said(self, facts: Facts) -> str:
        least, most, written = facts["min"], facts["max"], self.written
        if least == most:
            return _("It must be exactly %(sum)s.", sum=written(least))
        if most is None:
            return _("It must be %(least)s or more.", least=written(least))
        if least is None:
            return _("It must be %(most)s or less.", most=written(most))
        return _("It must be from %(least)s to %(most)s.", least=written(least), most=written(most))

    def asks(self, question: Asked, context: Context) -> list[str]:
        least, most = self.bounds(question)
        if most is None and least in (None, 0, 1):
            return []  # such a limit is obvious
        return [self._said({"min": least or None, "max": most})]

    def input(self, question: Asked, options: dict[str, Any]) -> Any:
        unit = question.settings.get("unit") or ""
        suffix = str(Words.of(unit)) if isinstance(unit, dict) else str(unit)
        return NumberField(**options, suffix=suffix, width=10, minimum=None)

    def text(self, value: Any) -> str:
        return self.written(value) if is_integer(value) else str(value)


NUMBER = Number()
