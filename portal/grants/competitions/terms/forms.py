"""The form of the terms; amendments use it too."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.core.db import Words
from portal.core.errors import DomainError, Invalid
from portal.core.fields import (
    Choice,
    Choices,
    Column,
    Date,
    DateTime,
    Email,
    Money,
    Number,
    Rows,
    Statement,
    Text,
    WordsField,
)
from portal.core.fields.base import Refused
from portal.core.forms import VersionedForm
from portal.grants.competitions import words
from portal.grants.competitions.models import Competition
from portal.grants.competitions.terms.rules import (
    LARGEST_SUM,
    LONGEST,
    MOST,
    NAMES,
    BadTerms,
    Terms,
)

LABELS = words.TERMS
GROUPS = {"general_education": "grades", "vocational_education": "courses"}
ALL_THE_MONEY = {"grants": _l("A number of grants"), "budget": _l("A budget")}


class Percentages(Text):
    """Whole percentages with commas between them: 50, 40, 10."""

    def parse(self, typed: str) -> list[int]:
        text = super().parse(typed)
        parts = [part.strip(" %") for part in text.replace(";", ",").split(",") if part.strip()]
        if not all(part.isascii() and part.isdigit() and len(part) < 4 for part in parts):
            raise Refused(_("Write percentages with commas between them, such as 50, 40, 10."))
        return [int(part) for part in parts]

    def text(self, value: list[int] | None) -> str:
        return ", ".join(str(part) for part in value or ())


class TermsForm(VersionedForm):
    """All terms, in both languages. `terms()` is what was filled in."""

    title = WordsField(LABELS["title"], limit=200, long=True, rows=2)
    lead = WordsField(
        LABELS["lead"],
        _l("For whom and what for, as you would say it to a volunteer."),
        limit=300,
        long=True,
        rows=3,
        required=False,
    )
    aims = Rows(
        LABELS["aims"],
        columns=[
            Column("lv", _l("In Latvian"), "long", options={"limit": None}),
            Column("en", _l("In English"), "long", required=False, options={"limit": None}),
        ],
        maximum=10,
        add=_l("Add an aim"),
        required=False,
    )
    programme = WordsField(LABELS["programme"], limit=400, long=True, rows=2, required=False)
    legal_basis = WordsField(LABELS["legal_basis"], limit=400, long=True, rows=2, required=False)

    eligible_kinds = Choices(LABELS["eligible_kinds"], choices=words.APPLICANTS)
    grades_from = Number(_l("From grade"), minimum=1, maximum=12, width=2, required=False)
    grades_to = Number(_l("to grade"), minimum=1, maximum=12, width=2, required=False)
    courses_from = Number(_l("From course"), minimum=1, maximum=5, width=2, required=False)
    courses_to = Number(_l("to course"), minimum=1, maximum=5, width=2, required=False)
    participants_min = Number(
        LABELS["participants_min"], _l("0: no minimum."), maximum=MOST, width=5
    )
    at_risk_min = Number(LABELS["at_risk_min"], _l("0: no minimum."), maximum=MOST, width=5)
    applications_per_organisation = Number(
        LABELS["applications_per_organisation"],
        _l("Leave empty where there is no limit."),
        minimum=1,
        maximum=MOST,
        width=3,
        required=False,
    )

    fixed_sum = Money(
        LABELS["fixed_sum"],
        _l("Every project gets exactly this."),
        minimum=100,
        maximum=LARGEST_SUM,
    )
    money_as = Choice(_l("What is given"), choices=ALL_THE_MONEY, inline=True)
    grants = Number(LABELS["grants"], minimum=1, maximum=MOST, width=4, required=False)
    budget = Money(
        LABELS["budget"],
        _l("As many grants as fit into it are given."),
        maximum=LARGEST_SUM,
        required=False,
    )
    instalments = Percentages(
        LABELS["instalments"],
        _l("In per cent, in the order of payment: 50, 40, 10. They add up to 100."),
        width=20,
        limit=60,
    )
    intensity_percent = Number(
        LABELS["intensity_percent"],
        _l("100: no money of their own is needed."),
        minimum=1,
        maximum=100,
        width=3,
        suffix="%",
    )

    opens_at = DateTime(LABELS["opens_at"])
    deadline = DateTime(
        LABELS["deadline"],
        _l("The minute counts to its end: at 23.59 one can apply until 23.59.59."),
        whole_minute=True,
    )
    results_by = Date(LABELS["results_by"])
    start_from = Date(LABELS["start_from"])
    start_to = Date(LABELS["start_to"])
    months_min = Number(LABELS["months_min"], minimum=1, maximum=LONGEST, width=3)
    months_max = Number(LABELS["months_max"], minimum=1, maximum=LONGEST, width=3)

    contact = WordsField(LABELS["contact"], limit=300, long=True, rows=2, required=False)
    contact_email = Email(LABELS["contact_email"], required=False)
    appeal = WordsField(LABELS["appeal"], limit=1000, long=True, required=False)
    reserve_public = Statement(LABELS["reserve_public"], required=False)

    @classmethod
    def values(cls, row: Competition | Terms) -> Mapping[str, Any]:
        by_kind = {group["kind"]: (group["from"], group["to"]) for group in row.target_groups}
        ranges = {
            f"{name}_{end}": by_kind.get(kind, (None, None))[place]
            for kind, name in GROUPS.items()
            for place, end in enumerate(("from", "to"))
        }
        money_as = "grants" if row.budget is None else "budget"
        plain = {name: getattr(row, name) for name in NAMES}
        return {**plain, **ranges, "money_as": money_as}

    def terms(self) -> Terms:
        """The terms as they were filled in; for a form that has been validated."""
        values = {name: self[name].data for name in NAMES if name in self}
        values["grants" if self.money_as.data == "budget" else "budget"] = None
        if values["grants"] is None and self.money_as.data == "grants":
            values["grants"] = 0
        values["target_groups"] = self._groups()
        for name in ("lead", "programme", "legal_basis", "contact", "appeal"):
            values[name] = values[name] or Words()
        values["contact_email"] = values["contact_email"] or ""
        values["aims"] = [{"lv": aim["lv"], "en": aim["en"] or ""} for aim in values["aims"] or []]
        values["reserve_public"] = bool(values["reserve_public"])
        return Terms(**values)

    def _groups(self) -> list[dict[str, Any]]:
        """The target groups; an end that is missing reads as no class, which the rules refuse."""
        ends = {
            kind: (self[f"{name}_from"].data, self[f"{name}_to"].data)
            for kind, name in GROUPS.items()
        }
        return [
            {"kind": kind, "from": first or 0, "to": last or 0}
            for kind, (first, last) in ends.items()
            if first is not None or last is not None
        ]

    def refuse(self, refusal: DomainError) -> None:
        if not isinstance(refusal, BadTerms):
            super().refuse(refusal)
            return
        for problem in refusal.problems:
            super().refuse(Invalid("terms", problem.message, _where(problem.field)))


def _where(field: str) -> str:
    return "grades_from" if field == "target_groups" else field
