"""A shape in words: plain values for a template, in the language of the moment."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flask_babel import LazyString

from portal.core import formats
from portal.core.db import Words
from portal.core.documents.shapes import Amount, Size, Verbatim


def plain(value: Any, text: Callable[[str], str]) -> Any:
    """The value as JSON has it. Texts go through `text`; a dataclass becomes a dictionary.

    Dates come in each form that a template may choose: date and long, and of an instant also
    minute, exact (with seconds) and clock.
    """
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, str | LazyString | Words):
        return text(str(value))
    if shown := _SHOWN.get(type(value)):
        return shown(value)
    if isinstance(value, tuple):
        return [plain(item, text) for item in value]
    if is_dataclass(value):
        return {each.name: plain(getattr(value, each.name), text) for each in fields(value)}
    raise TypeError(f"{type(value).__name__} has no place in a document")


def _date(value: date) -> dict[str, str]:
    return {"date": formats.short_date(value), "long": formats.written_date(value)}


def _instant(value: datetime) -> dict[str, str]:
    return _date(value) | {
        "minute": formats.short_instant(value),
        "exact": formats.exact_instant(value),
        "clock": formats.clocktime(value),
    }


_SHOWN: dict[type, Callable[[Any], Any]] = {
    Amount: lambda amount: formats.money(amount.cents),
    Size: lambda size: formats.filesize(size.size),
    Verbatim: lambda verbatim: verbatim.text,
    Decimal: formats.number,
    Fraction: formats.points,
    date: _date,
    datetime: _instant,
}
