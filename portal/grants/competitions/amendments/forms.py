"""The form of an amendment: the order, and the new terms."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.core import clock
from portal.core.fields import Date, Text, WordsField
from portal.grants.competitions.amendments.service import AmendmentOrder
from portal.grants.competitions.models import Competition
from portal.grants.competitions.terms.forms import TermsForm
from portal.grants.competitions.terms.rules import DATES, Terms

FIRST, LAST = date(2000, 1, 1), date(2100, 12, 31)


class AmendmentForm(TermsForm):
    order_number = Text(_l("Number of the order"), limit=60, width=10)
    order_date = Date(_l("Date of the order"), earliest=FIRST, latest=LAST)
    reason = WordsField(
        _l("Why"),
        _l("Stands on the call's page and in the letter to applicants."),
        limit=1000,
        long=True,
        rows=3,
    )

    @classmethod
    def values(cls, row: Competition | Terms) -> Mapping[str, Any]:
        return {**super().values(row), "order_date": clock.today()}

    def order(self) -> AmendmentOrder:
        """The order, for the verb."""
        return AmendmentOrder(self.order_number.data, self.order_date.data, self.reason.data)

    def propose(self, terms: Terms) -> None:
        """Show the dates of `terms` in place of those typed."""
        for name in DATES:
            self[name].typed, self[name].data = None, getattr(terms, name)
