"""Fields for numbers: whole, exact with decimals, money in cents."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.core import parsing
from portal.core.errors import Message
from portal.core.fields.text import Text
from portal.core.formats import money, number

V = TypeVar("V", int, Decimal)


class _Numeric(Text):
    """A number between `minimum` and `maximum`, if given."""

    def __init__(
        self,
        label: Message = "",
        hint: Message = "",
        *,
        minimum: Any = None,
        maximum: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(label, hint, **{"width": 5, "inputmode": "numeric", **options})
        self.minimum = minimum
        self.maximum = maximum

    def within(self, value: V | None, shown: Callable[[Any], str]) -> V | None:
        """The value; adds an error outside the limits. `shown` formats a limit."""
        if value is None:
            return None
        if self.minimum is not None and value < self.minimum:
            self.complain(_("This must be at least %(bound)s.", bound=shown(self.minimum)))
        if self.maximum is not None and value > self.maximum:
            self.complain(_("This must be at most %(bound)s.", bound=shown(self.maximum)))
        return value


class Number(_Numeric):
    """A whole number, as int. The default minimum is 0."""

    missing = _l("Enter a number")

    def __init__(
        self, label: Message = "", hint: Message = "", *, minimum: int | None = 0, **options: Any
    ) -> None:
        super().__init__(label, hint, minimum=minimum, **options)

    def parse(self, typed: str) -> int | None:
        return self.within(parsing.integer(typed), number)


class DecimalField(_Numeric):
    """An exact number with up to `places` decimals after a comma or a dot, as Decimal."""

    missing = _l("Enter a number")

    def __init__(
        self, label: Message = "", hint: Message = "", *, places: int = 2, **options: Any
    ) -> None:
        super().__init__(label, hint, **{"inputmode": "decimal", **options})
        self.places = places

    def parse(self, typed: str) -> Decimal | None:
        return self.within(parsing.decimal(typed, self.places), number)

    def text(self, value: Decimal | None) -> str:
        if value is None:
            return ""
        return f"{value:f}".replace(".", _decimal_sign())


class Money(_Numeric):
    """An amount of euros, as whole cents. Takes what parsing.cents does."""

    missing = _l("Enter the amount")

    def __init__(
        self, label: Message = "", hint: Message = "", *, minimum: int | None = 0, **options: Any
    ) -> None:
        super().__init__(
            label,
            hint,
            minimum=minimum,
            **{"inputmode": "decimal", "width": 10, "suffix": "€", **options},
        )

    def parse(self, typed: str) -> int | None:
        return self.within(parsing.cents(typed), money)

    def text(self, value: int | None) -> str:
        if value is None:
            return ""
        sign, whole, cents = "-" if value < 0 else "", abs(value) // 100, abs(value) % 100
        return f"{sign}{whole}" + (f"{_decimal_sign()}{cents:02d}" if cents else "")


def _decimal_sign() -> str:
    return number(Decimal("0.5"))[1]
