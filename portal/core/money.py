"""Money as integer euro cents, from form fields to open data."""

from typing import NewType

Cents = NewType("Cents", int)


def euros(whole: int, cents: int = 0) -> Cents:
    """An amount given in euros and cents."""
    return Cents(whole * 100 + cents)


def split(total: Cents, percentages: list[int]) -> list[Cents]:
    """Instalments of `total` in cents by whole percentages that sum to 100.

    Each is rounded down and the last takes the rest, so that they sum to `total` exactly. Raises
    ValueError if the percentages do not sum to 100.
    """
    if sum(percentages) != 100:
        raise ValueError("instalments must sum to 100 %")
    parts = [total * percent // 100 for percent in percentages[:-1]]
    return [Cents(part) for part in [*parts, total - sum(parts)]]
