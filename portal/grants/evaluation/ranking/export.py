"""The ranking as CSV, with what the page shows."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from flask_babel import gettext as _

from portal.core.documents.exports import Cell
from portal.grants.evaluation.ranking.queries import Ranking


def header(ranking: Ranking) -> list[str]:
    """The column names; each mean is next to its number of sheets."""
    return [
        _("Place"),
        _("Number"),
        _("Applicant"),
        _("Project"),
        _("Total"),
        _("Score sheets"),
        _("Median"),
        _("Spread"),
        *(str(criterion.title) for criterion, _index in ranking.criteria),
        _("Clears the minimums"),
        _("Tied"),
        _("Wide spread"),
        _("Recused"),
    ]


def rows(ranking: Ranking) -> Iterator[list[Cell]]:
    """One row per application, in the order of the ranking."""
    for entry in ranking.entries:
        tally = entry.tally
        yield [
            entry.place,
            entry.number,
            entry.applicant,
            entry.title,
            _exact(tally.total),
            tally.n,
            _exact(tally.median_total),
            _exact(tally.spread) if tally.n else None,
            *(_exact(tally.mean(i)) for _criterion, i in ranking.criteria),
            _("yes") if tally.clears_minimums else _("no"),
            _("yes") if entry.placed.tied else _("no"),
            _("yes") if tally.is_wide else _("no"),
            entry.recused,
        ]


def _exact(value: Fraction | None) -> Decimal | None:
    """Two decimals, rounded half up."""
    if value is None:
        return None
    hundredths = (value * 100 + Fraction(1, 2)).__floor__()
    return (Decimal(hundredths) / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
