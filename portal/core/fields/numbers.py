"""Fields for numbers: whole, exact with decimals, money in cents."""

import re
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.core.errors import Message
from portal.core.fields.base import Refused
from portal.core.fields.text import Text, one_line
from portal.core.formats import money, number

_SPACES = re.compile(r"[ \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}]")
# Spaces may stand between thousands, a comma or a dot before decimals. Three digits after a comma
# may be either, and nobody can tell; so only as many decimals as a field takes are read.
_SHAPE = r"[-\N{MINUS SIGN}]?[0-9]{1,15}"


class _Numeric(Text):
    """A number between `minimum` and `maximum`, where they are given."""

    longest = 100

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

    def within(self, value: Any, shown: Any) -> Any:
        """Complain about a value outside the range; `shown` writes a bound."""
        if self.minimum is not None and value < self.minimum:
            self.complain(_("This must be at least %(bound)s.", bound=shown(self.minimum)))
        if self.maximum is not None and value > self.maximum:
            self.complain(_("This must be at most %(bound)s.", bound=shown(self.maximum)))
        return value


def _digits(typed: str, decimals: int) -> str | None:
    """The number as Python writes it; "" for nothing, None for what is no number."""
    text = _SPACES.sub("", one_line(typed))
    if not text:
        return ""
    fraction = rf"([.,][0-9]{{1,{decimals}}})?" if decimals else ""
    if not re.fullmatch(_SHAPE + fraction, text):
        return None
    return text.replace("\N{MINUS SIGN}", "-").replace(",", ".")


class Number(_Numeric):
    """A whole number, as int. From 0 unless `minimum` says otherwise."""

    missing = _l("Enter a number")

    def __init__(
        self, label: Message = "", hint: Message = "", *, minimum: int | None = 0, **options: Any
    ) -> None:
        super().__init__(label, hint, minimum=minimum, **options)

    def parse(self, typed: str) -> int | None:
        digits = _digits(typed, 0)
        if digits == "":
            return None
        if digits is None:
            raise Refused(_("Enter a whole number, such as 12."))
        return int(self.within(int(digits), number))


class DecimalField(_Numeric):
    """An exact number with up to `places` decimals after a comma or a dot, as Decimal."""

    missing = _l("Enter a number")

    def __init__(
        self, label: Message = "", hint: Message = "", *, places: int = 2, **options: Any
    ) -> None:
        super().__init__(label, hint, **{"inputmode": "decimal", **options})
        self.places = places

    def parse(self, typed: str) -> Decimal | None:
        digits = _digits(typed, self.places)
        if digits == "":
            return None
        if digits is None:
            raise Refused(_("Enter a number such as 2,5."))
        return Decimal(self.within(Decimal(digits), number))

    def text(self, value: Decimal | None) -> str:
        if value is None:
            return ""
        return f"{value:f}".replace(".", _decimal_sign())


class Money(_Numeric):
    """An amount of euros, as whole cents. Takes "4 600", "4 600,00" and "4600.50"."""

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
        digits = _digits(re.sub(r"^\s*€|(€|EUR)\s*$", "", typed, flags=re.IGNORECASE), 2)
        if digits == "":
            return None
        if digits is None:
            raise Refused(_("Enter an amount such as 4600 or 4600,50."))
        return int(self.within(int(Decimal(digits) * 100), money))

    def text(self, value: int | None) -> str:
        if value is None:
            return ""
        sign, whole, cents = "-" if value < 0 else "", abs(value) // 100, abs(value) % 100
        return f"{sign}{whole}" + (f"{_decimal_sign()}{cents:02d}" if cents else "")


def _decimal_sign() -> str:
    return number(Decimal("0.5"))[1]
