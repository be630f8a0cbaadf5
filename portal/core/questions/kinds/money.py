"""An amount in euros, stored in cents. Settings: {min, max, equals}: the name of a sum of the
Context."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.core import formats, parsing
from portal.core.fields import Money as MoneyField
from portal.core.fields import Select
from portal.core.questions.kinds.base import Facts, is_integer
from portal.core.questions.kinds.number import Number
from portal.core.questions.kinds.settings import Offer, QuestionForm, check_bounds
from portal.core.questions.rules import AnswerProblem, Asked, Context

NOT_EQUAL = "not_equal"


class Money(Number):
    code = "money"
    label = _l("Sum of money")
    about = _l("euros and cents")
    column = "money"

    class Settings(QuestionForm):
        own = ("min", "max")
        min = MoneyField(_l("Smallest"), maximum=100_000_000_000, required=False)
        max = MoneyField(_l("Largest"), maximum=100_000_000_000, required=False)
        equals = Select(
            _l("It must be exactly"),
            _l("The sum then stands in the field already."),
            blank=_l("no certain sum"),
            required=False,
        )
        validate_max = staticmethod(check_bounds)

        def offer(self, offer: Offer) -> None:
            super().offer(offer)
            self.equals.choices = offer.sums
            if not offer.sums:
                del self.equals

        def settings(self, before: Mapping[str, Any]) -> dict[str, Any]:
            equals = self.equals.data if "equals" in self else None
            return {"equals": equals} if equals else super().settings(before)

    def read(self, typed: str) -> int | None:
        return parsing.cents(typed)

    def written(self, figure: int) -> str:
        return formats.money(figure)

    def begin(self, question: Asked, context: Context) -> int | None:
        return self._owed(question, context)

    def _owed(self, question: Asked, context: Context) -> int | None:
        """The amount in cents that it must equal, if any."""
        return context.sums.get(question.settings.get("equals") or "")

    def judge(self, question: Asked, value: Any, context: Context) -> Iterator[AnswerProblem]:
        yield from super().judge(question, value, context)
        owed = self._owed(question, context)
        if owed is not None and is_integer(value) and value != owed:
            yield AnswerProblem(question.key, NOT_EQUAL, {"min": owed, "max": owed})

    @property
    def sayings(self) -> Mapping[str, Callable[[Facts], str]]:
        return {**super().sayings, NOT_EQUAL: self._said}

    def asks(self, question: Asked, context: Context) -> list[str]:
        owed = self._owed(question, context)
        if owed is None:
            return super().asks(question, context)
        return [_("The sum is fixed: %(sum)s.", sum=formats.money(owed))]

    def is_complete(self, question: Asked, context: Context) -> bool:
        name = question.settings.get("equals")
        return not name or name in context.sums

    def input(self, question: Asked, options: dict[str, Any]) -> Any:
        return MoneyField(**options, minimum=None)

    def as_typed(self, value: Any) -> str:
        if not is_integer(value):
            return super().as_typed(value)
        euros, cents = divmod(abs(value), 100)
        return f"{'-' if value < 0 else ''}{euros}" + (f",{cents:02d}" if cents else "")


MONEY = Money()
