"""The form of the terms; amendments use it too."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.core.db import Words
from portal.core.errors import DomainError, InvalidFields
from portal.core.fields import (
    Choice,
    Choices,
    Date,
    DateTime,
    Email,
    Money,
    Number,
    Rows,
    Statement,
    Text,
    Texts,
    WordsField,
)
from portal.core.fields.base import Refused
from portal.core.forms import VersionedForm
from portal.grants.competitions.labels import APPLICANTS, TERMS
from portal.grants.competitions.models import Competition
from portal.grants.competitions.terms.rules import LARGEST_SUM, LONGEST, MOST, NAMES, Terms

GROUPS = {"general_education": "grades", "vocational_education": "courses"}
ALL_THE_MONEY = {"grants": _l("A number of grants"), "budget": _l("A budget")}


class Percentages(Text):
    """Whole percentages separated by commas: 50, 40, 10."""

    def parse(self, typed: str) -> list[int]:
        text = super().parse(typed)
        parts = [part.strip(" %") for part in text.replace(";", ",").split(",") if part.strip()]
        if not all(part.isascii() and part.isdigit() and len(part) < 4 for part in parts):
            raise Refused(_("Write percentages with commas between them, such as 50, 40, 10."))
        return [int(part) for part in parts]

    def text(self, value: list[int] | None) -> str:
        return ", ".join(str(part) for part in value or ())


class TermsForm(VersionedForm):
    """All terms, in both languages."""

    title = WordsField(TERMS["title"], limit=200, long=True, rows=2)
    lead = WordsField(
        TERMS["lead"],
        _l("For whom and what for, as you would say it to a volunteer."),
        limit=300,
        long=True,
        rows=3,
        required=False,
    )
    aims = Rows(
        TERMS["aims"],
        columns=[Texts("long", options={"limit": None})],
        maximum=10,
        add=_l("Add an aim"),
        required=False,
    )
    programme = WordsField(TERMS["programme"], limit=400, long=True, rows=2, required=False)
    legal_basis = WordsField(TERMS["legal_basis"], limit=400, long=True, rows=2, required=False)

    eligible_kinds = Choices(TERMS["eligible_kinds"], choices=list(APPLICANTS.items()))
    grades_from = Number(_l("From grade"), minimum=1, maximum=12, width=2, required=False)
    grades_to = Number(_l("to grade"), minimum=1, maximum=12, width=2, required=False)
    courses_from = Number(_l("From course"), minimum=1, maximum=5, width=2, required=False)
    courses_to = Number(_l("to course"), minimum=1, maximum=5, width=2, required=False)
    participants_min = Number(
        TERMS["participants_min"], _l("0: no minimum."), maximum=MOST, width=5
    )
    at_risk_min = Number(TERMS["at_risk_min"], _l("0: no minimum."), maximum=MOST, width=5)
    applications_per_organisation = Number(
        TERMS["applications_per_organisation"],
        _l("Leave empty where there is no limit."),
        minimum=1,
        maximum=MOST,
        width=3,
        required=False,
    )

    fixed_sum = Money(
        TERMS["fixed_sum"],
        _l("Every project gets exactly this."),
        minimum=100,
        maximum=LARGEST_SUM,
    )
    money_as = Choice(_l("What is given"), choices=ALL_THE_MONEY, inline=True)
    grants = Number(TERMS["grants"], minimum=1, maximum=MOST, width=4, required=False)
    budget = Money(
        TERMS["budget"],
        _l("As many grants as fit into it are given."),
        maximum=LARGEST_SUM,
        required=False,
    )
    instalments = Percentages(
        TERMS["instalments"],
        _l("In per cent, in the order of payment: 50, 40, 10. They add up to 100."),
        width=20,
        limit=60,
    )
    intensity_percent = Number(
        TERMS["intensity_percent"],
        _l("100: no money of their own is needed."),
        minimum=1,
        maximum=100,
        width=3,
        suffix="%",
    )

    opens_at = DateTime(TERMS["opens_at"])
    deadline = DateTime(
        TERMS["deadline"],
        _l("The minute counts to its end: at 23.59 one can apply until 23.59.59."),
        whole_minute=True,
    )
    results_by = Date(TERMS["results_by"])
    start_from = Date(TERMS["start_from"])
    start_to = Date(TERMS["start_to"])
    months_min = Number(TERMS["months_min"], minimum=1, maximum=LONGEST, width=3)
    months_max = Number(TERMS["months_max"], minimum=1, maximum=LONGEST, width=3)

    contact = WordsField(TERMS["contact"], limit=300, long=True, rows=2, required=False)
    contact_email = Email(TERMS["contact_email"], required=False)
    appeal = WordsField(TERMS["appeal"], limit=1000, long=True, required=False)
    reserve_public = Statement(TERMS["reserve_public"], required=False)

    @classmethod
    def values(cls, row: Competition | Terms) -> Mapping[str, Any]:
        values = {name: getattr(row, name) for name in NAMES}
        for group in row.target_groups:
            values[f"{GROUPS[group['kind']]}_from"] = group["from"]
            values[f"{GROUPS[group['kind']]}_to"] = group["to"]
        return {**values, "money_as": "grants" if row.budget is None else "budget"}

    def terms(self) -> Terms:
        """The terms as filled in; for a validated form."""
        values = {name: self[name].data for name in NAMES if name in self}
        values["grants" if self.money_as.data == "budget" else "budget"] = None
        if values["grants"] is None and self.money_as.data == "grants":
            values["grants"] = 0
        ends = {
            kind: (self[f"{name}_from"].data, self[f"{name}_to"].data)
            for kind, name in GROUPS.items()
        }
        values["target_groups"] = [  # 0 for a missing end, which the rules refuse
            {"kind": kind, "from": first or 0, "to": last or 0}
            for kind, (first, last) in ends.items()
            if first is not None or last is not None
        ]
        for name in ("lead", "programme", "legal_basis", "contact", "appeal"):
            values[name] = values[name] or Words()
        values["contact_email"] = values["contact_email"] or ""
        values["aims"] = [Words.of(aim).to_json() for aim in values["aims"] or []]
        values["reserve_public"] = bool(values["reserve_public"])
        return Terms(**values)

    def refuse(self, refusal: DomainError) -> None:
        """The target groups, one term, have four fields here; their error is shown at the first."""
        if isinstance(refusal, InvalidFields):
            refusal.problems = [
                replace(one, field="grades_from") if one.field == "target_groups" else one
                for one in refusal.problems
            ]
        super().refuse(refusal)
