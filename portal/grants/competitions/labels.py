"""Labels of the stored codes of this stage."""

import textwrap
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal.core.accounts.labels import ORGANISATION_KINDS
from portal.core.accounts.models import OrganisationKind
from portal.core.db import Words
from portal.core.errors import Message
from portal.core.formats import NBSP, instant, money, short_date, unbroken, until_day
from portal.core.translated import by_language
from portal.grants.competitions.hooks import Outlook
from portal.grants.competitions.models import Competition, CriterionKind
from portal.grants.competitions.rules import Phase
from portal.grants.competitions.terms.rules import TRANSLATED

# A state's tag: label and kind (see components/parts.html).
PHASES: Mapping[Phase, tuple[Message, str]] = {
    Phase.DRAFT: (_l("Draft"), ""),
    Phase.ANNOUNCED: (_l("Announced"), "info"),
    Phase.OPEN: (_l("Open"), "open"),
    Phase.CLOSED: (_l("Being assessed"), "due"),
    Phase.DECIDED: (_l("Decided, not yet public"), "due"),
    Phase.PUBLISHED: (_l("Results are out"), "done"),
    Phase.COMPLETED: (_l("Completed"), "done"),
    Phase.CANCELLED: (_l("Cancelled"), "refused"),
}

APPLICANTS: Mapping[OrganisationKind, Message] = {
    **ORGANISATION_KINDS,
    OrganisationKind.YOUTH_GROUP: _l(
        "youth initiative group together with a registered organisation"
    ),
}

DOCUMENTS: Mapping[str, Message] = {
    "regulations": _l("Regulations"),
    "application_form": _l("Application form"),
    "guidelines": _l("Guidelines"),
    "lump_sum_method": _l("Lump sum method"),
    "criteria": _l("Assessment criteria"),
    "partner_statement": _l("Partner's statement"),
    "at_risk_statement": _l("Statement on participants at risk"),
    "publicity": _l("Publicity requirements"),
    "school_action_plan": _l("School's plan of measures"),
    "implementing_rules": _l("Implementing rules"),
    "order": _l("Order"),
    "other": _l("Another document"),
}

MEASURES: Mapping[str, Message] = {
    "title": _l("Name of the project"),
    "participants": _l("Number of participants"),
    "at_risk": _l("Number of at-risk participants"),
    "start": _l("Start of the project"),
    "months": _l("Duration in months"),
}

# What questions of a form can refer to.
SUMS: Mapping[str, Message] = {"grant": _l("the fixed sum of the call")}
WINDOWS: Mapping[str, Message] = {"project": _l("the time of the project")}

CRITERIA: Mapping[CriterionKind, Message] = {
    CriterionKind.ELIGIBILITY: _l("Eligibility"),
    CriterionKind.QUALITY: _l("Quality"),
}

# The terms by field, for forms, amendments and both versions of a stale form.
TERMS: Mapping[str, Message] = {
    "title": _l("Title"),
    "lead": _l("In one sentence"),
    "programme": _l("Programme"),
    "legal_basis": _l("Legal basis"),
    "aims": _l("Aims"),
    "target_groups": _l("Target groups"),
    "eligible_kinds": _l("Who may apply"),
    "contact": _l("Whom to ask"),
    "contact_email": _l("E-mail for questions"),
    "appeal": _l("How a decision can be contested"),
    "fixed_sum": _l("Sum of each grant"),
    "grants": _l("Number of grants"),
    "budget": _l("Budget"),
    "instalments": _l("Instalments"),
    "intensity_percent": _l("Share of costs covered"),
    "opens_at": _l("Applications open"),
    "deadline": _l("Deadline for applications"),
    "results_by": _l("Results by"),
    "start_from": _l("Projects start, from"),
    "start_to": _l("Projects start, until"),
    "months_min": _l("Shortest duration, months"),
    "months_max": _l("Longest duration, months"),
    "applications_per_organisation": _l("Applications per organisation, at most"),
    "participants_min": _l("Participants, at least"),
    "at_risk_min": _l("At-risk participants, at least"),
    "reserve_public": _l("The reserve list is public"),
}


def term_name(code: str) -> Message:
    """The label of a term."""
    return TERMS.get(code, code)


def term_value(stored: Any, code: str) -> str:
    """A term's value as text, from a snapshot or an amendment."""
    if stored is None or stored == []:
        return str(_("not said"))
    return _VALUES.get(code, str)(stored) or str(_("not said"))


def term_changes(change: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """A change of an amendment, {field, old, new}, once per language in which a text changed."""
    return by_language(term_name(change["field"]), change["old"], change["new"])


def learners(group: Mapping[str, Any]) -> str:
    """A target group: "5.–12. klases skolēni"."""
    ends = {"first": group["from"], "last": group["to"]}
    if group["kind"] == "general_education":
        return unbroken(_("pupils of grades %(first)s–%(last)s", **ends))
    return unbroken(_("vocational students of courses %(first)s–%(last)s", **ends))


def participants(competition: Competition) -> str:
    """The participants: "5.–12. klases skolēni; vismaz 10 dalībnieki, no tiem 5 riskā"."""
    parts = [", ".join(learners(group) for group in competition.target_groups)]
    if least := competition.participants_min:
        parts.append(
            ngettext("at least %(num)d participant", "at least %(num)d participants", least)
        )
    if risk := competition.at_risk_min:
        parts.append(
            ngettext("at least %(num)d of them at risk", "at least %(num)d of them at risk", risk)
        )
    return "; ".join(part for part in parts if part) or str(_("no minimum number"))


def _words(stored: Any) -> str:
    several = stored if isinstance(stored, list) else [stored]
    return "\n".join(str(Words.of(one)) for one in several)


_VALUES: Mapping[str, Callable[[Any], str]] = {
    **dict.fromkeys((*TRANSLATED, "aims"), _words),
    "target_groups": lambda groups: ", ".join(learners(group) for group in groups),
    "eligible_kinds": lambda kinds: ", ".join(str(APPLICANTS.get(kind, kind)) for kind in kinds),
    **dict.fromkeys(("fixed_sum", "budget"), money),
    "instalments": lambda parts: " + ".join(f"{part}{NBSP}%" for part in parts),
    "intensity_percent": lambda share: f"{share}{NBSP}%",
    **dict.fromkeys(("opens_at", "deadline"), lambda text: instant(datetime.fromisoformat(text))),
    "results_by": lambda text: until_day(date.fromisoformat(text)),
    **dict.fromkeys(("start_from", "start_to"), lambda text: short_date(date.fromisoformat(text))),
    "reserve_public": lambda public: str(_("yes") if public else _("no")),
}


def competition_caption(competition: Competition) -> str:
    """The caption over a page's heading: the competition's code and the beginning of its title."""
    title = textwrap.shorten(str(competition.title), 52, placeholder="…")
    return f"{competition.code} · {title}"


def outlook_lines(found: Outlook, *, of_one: bool = False) -> list[str]:
    """The numbers of recipients as sentences; `of_one` includes the single applicant's address."""
    people, addresses, posted = found.people, found.addresses, found.by_post
    lines = []
    if people:
        lines.append(
            ngettext(
                "An e-mail goes to %(num)d person.", "An e-mail goes to %(num)d people.", people
            )
        )
    if addresses and of_one:
        lines.append(
            _("An e-mail goes to the applicant's address %(email)s.", email=", ".join(addresses))
        )
    elif addresses:
        lines.append(
            ngettext(
                "An e-mail goes to the address of %(num)d applicant without an account.",
                "An e-mail goes to the addresses of %(num)d applicants without an account.",
                len(addresses),
            )
        )
    if posted and of_one:
        lines.append(_("There is no e-mail address: the letter has to go by post."))
    elif posted:
        lines.append(
            ngettext(
                "There is no e-mail address: %(num)d letter has to go by post: %(numbers)s.",
                "There is no e-mail address: %(num)d letters have to go by post: %(numbers)s.",
                len(posted),
                numbers=", ".join(posted),
            )
        )
    if found.nobody:
        lines.append(
            ngettext(
                "%(num)d draft has nobody left who could be written to.",
                "%(num)d drafts have nobody left who could be written to.",
                found.nobody,
            )
        )
    return lines or [_("There is nobody to be written to yet.")]


def by_post(found: Outlook) -> str:
    """A sentence on the letters that have to be posted, for the message after sending."""
    count = len(found.by_post)
    if not count:
        return ""
    return ngettext(
        "%(num)d letter has to go by post: it waits on the officer's desk.",
        "%(num)d letters have to go by post: they wait on the officer's desk.",
        count,
    )


def grants_of(number: int, cents: int) -> str:
    """So many grants of so many cents each: "8 × 4 600 €", unbroken."""
    return f"{number}{NBSP}×{NBSP}{money(cents)}"


FILTERS: Mapping[str, Callable[..., Any]] = {
    "competition_caption": competition_caption,
    "phase_tag": PHASES.__getitem__,  # {{ tag(*phase | phase_tag) }}
    "applicant_kind": lambda code: APPLICANTS.get(code, code),
    "document_kind": lambda code: DOCUMENTS.get(code, code),
    "term_name": term_name,
    "term_value": term_value,
    "term_changes": term_changes,
    "participants": participants,
    "grants_of": grants_of,  # {{ number | grants_of(sum) }}
    "outlook_lines": outlook_lines,
}
