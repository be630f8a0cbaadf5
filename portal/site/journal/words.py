"""The journal's words: what each event, table, column and fact is called, and how values read."""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.core import formats
from portal.core.db import Words
from portal.core.errors import Message
from portal.site.journal.rules import NOTHING

EVENTS: Mapping[str, Message] = {
    "competition.created": _l("Call begun"),
    "competition.terms_saved": _l("Terms changed"),
    "competition.form_changed": _l("Application form changed"),
    "competition.criteria_changed": _l("Criteria changed"),
    "competition.announced": _l("Call announced"),
    "competition.amended": _l("Terms amended"),
    "competition.cancelled": _l("Competition cancelled"),
    "document.added": _l("Document added"),
    "document.described": _l("Document described"),
    "document.replaced": _l("New version of a document"),
    "document.moved": _l("Order of documents changed"),
    "document.removed": _l("Document removed"),
    "inquiry.asked": _l("Question asked"),
    "inquiry.late": _l("Question came too late"),
    "inquiry.answered": _l("Question answered"),
    "inquiry.withdrawn": _l("Question withdrawn"),
    "application.submitted": _l("Application submitted"),
    "application.withdrawn": _l("Application withdrawn"),
    "application.registered": _l("Application registered by the board"),
    "letter.posted": _l("Letter posted"),
    "register.closed": _l("Register closed"),
    "eligibility.answered": _l("Eligibility criteria answered"),
    "eligibility.accepted": _l("Found eligible"),
    "eligibility.rejection_proposed": _l("Rejection proposed"),
    "eligibility.reopened": _l("Eligibility check opened again"),
    "eligibility.rejection_returned": _l("Proposed rejection returned"),
    "eligibility.rejected": _l("Found not eligible"),
    "clarification.asked": _l("Clarification asked for"),
    "clarification.replied": _l("Clarification received"),
    "clarification.taken_back": _l("Request for clarification taken back"),
    "committee.appointed": _l("Appointed to the committee"),
    "committee.ended": _l("Seat on the committee ended"),
    "conflict.none_declared": _l("No conflict of interest declared"),
    "conflict.declared": _l("Conflict of interest declared"),
    "conflict.resolved": _l("Suspected conflict of interest resolved"),
    "applications.assigned": _l("Applications assigned to members"),
    "members.reminded": _l("Members reminded"),
    "score_sheet.submitted": _l("Score sheet submitted"),
    "score_sheet.reopened": _l("Score sheet reopened"),
    "discussion.opened": _l("Discussion opened"),
    "meeting.convened": _l("Meeting convened"),
    "meeting.described": _l("Meeting described"),
    "meeting.attended": _l("Attendance noted"),
    "meeting.closed": _l("Meeting closed"),
    "tie.voted": _l("Vote on a tie"),
    "ranking.voted": _l("Vote on the ranking"),
    "vote.withdrawn": _l("Vote withdrawn"),
    "decisions.proposed": _l("Decisions drafted"),
    "decision.worded": _l("Decision worded"),
    "decisions.signed": _l("Decisions signed"),
    "decisions.taken_back": _l("Signature of the decisions taken back"),
    "results.published": _l("Results published"),
    "grant.declined": _l("Grant declined"),
    "grant.promoted": _l("Grant given to the next in reserve"),
}

TABLES: Mapping[str, Message] = {
    "competitions": _l("competition"),
    "amendments": _l("amendment"),
    "call_documents": _l("document"),
    "call_document_versions": _l("version of a document"),
    "form_sections": _l("section of the form"),
    "form_questions": _l("question of the form"),
    "criteria": _l("criterion"),
    "inquiries": _l("public question"),
    "registers": _l("register"),
    "eligibility_checks": _l("eligibility check"),
    "eligibility_answers": _l("answer to an eligibility criterion"),
    "role_grants": _l("role"),
    "evaluation_rounds": _l("evaluation"),
    "meetings": _l("meeting"),
    "attendances": _l("attendance"),
    "votes": _l("vote"),
    "decisions": _l("decision"),
}

COLUMNS: Mapping[str, Message] = {
    "aims": _l("Aims"),
    "announced_at": _l("Announced at"),
    "answer": _l("Answer"),
    "answered_at": _l("Answered at"),
    "appeal": _l("How a decision can be contested"),
    "applications_per_organisation": _l("Applications per organisation, at most"),
    "asked_at": _l("Asked at"),
    "at_risk_min": _l("At-risk participants, at least"),
    "budget": _l("Budget"),
    "cancel_reason": _l("Reason of the cancellation"),
    "cancelled_at": _l("Cancelled at"),
    "changes": _l("Changes"),
    "closed_at": _l("Closed at"),
    "code": _l("Code"),
    "conditions": _l("Conditions"),
    "contact": _l("Whom to ask"),
    "contact_email": _l("E-mail for questions"),
    "deadline": _l("Deadline for applications"),
    "decided_at": _l("Decided at"),
    "decided_on": _l("Date of the decisions"),
    "decline_reason": _l("Why it was declined"),
    "declined_at": _l("Declined at"),
    "discussion_opened_at": _l("Discussion opened at"),
    "eligible_kinds": _l("Who may apply"),
    "fixed_sum": _l("Sum of each grant"),
    "grants": _l("Number of grants"),
    "guidance": _l("Guidance"),
    "held_at": _l("Held at"),
    "hint": _l("Hint"),
    "instalments": _l("Instalments"),
    "intensity_percent": _l("Share of costs covered"),
    "key": _l("Key"),
    "kind": _l("Kind"),
    "label": _l("Label"),
    "lead": _l("In one sentence"),
    "legal_basis": _l("Legal basis"),
    "levels": _l("Levels"),
    "maximum": _l("Maximum"),
    "minimum": _l("Minimum"),
    "months_max": _l("Longest duration, months"),
    "months_min": _l("Shortest duration, months"),
    "number": _l("Number"),
    "opens_at": _l("Applications open"),
    "order_date": _l("Date of the order"),
    "order_number": _l("Number of the order"),
    "ordinal": _l("Ordinal"),
    "outcome": _l("Outcome"),
    "participants_min": _l("Participants, at least"),
    "place": _l("Place"),
    "present": _l("Present"),
    "programme": _l("Programme"),
    "proposed_at": _l("Proposed at"),
    "published_at": _l("Published at"),
    "question": _l("Question"),
    "reason": _l("Reason"),
    "reasons": _l("Reasons"),
    "register_closed_at": _l("Register closed at"),
    "removed_at": _l("Removed at"),
    "required": _l("Required"),
    "reserve_public": _l("The reserve list is public"),
    "results_by": _l("Results by"),
    "role": _l("Role"),
    "root": _l("Merkle root"),
    "settings": _l("Settings"),
    "signed_at": _l("Signed at"),
    "since": _l("Since"),
    "slug": _l("Address"),
    "spread_flag": _l("Spread that is flagged"),
    "start_from": _l("Projects start, from"),
    "start_to": _l("Projects start, until"),
    "state": _l("State"),
    "step": _l("Step"),
    "target_groups": _l("Target groups"),
    "tie_break": _l("Order in a tie"),
    "title": _l("Title"),
    "total": _l("Points"),
    "total_minimum": _l("Minimum in all"),
    "until": _l("Until"),
    "verdict": _l("Verdict"),
    "weight": _l("Weight"),
    "withdrawn_at": _l("Withdrawn at"),
    "year": _l("Year"),
}

FACTS: Mapping[str, Message] = {
    "applications": _l("Applications"),
    "assignments": _l("Assignments"),
    "due_at": _l("Due"),
    "each": _l("Sheets for each application"),
    "number": _l("Number"),
    "order": _l("Number of the order"),
    "people": _l("People"),
    "person": _l("Person"),
    "posted_on": _l("Posted on"),
    "present": _l("Present"),
    "reason": _l("Reason"),
    "revision": _l("Revision"),
    "role": _l("Role"),
    "roles": _l("Roles"),
    "root": _l("Merkle root"),
    "seal": _l("Seal"),
    "section": _l("Section"),
    "supplement": _l("Supplement"),
    "voided_root": _l("Root that no longer holds"),
}

# Codes that mean one thing wherever they stand.
CODES: Mapping[str, Message] = {
    "announced": _l("announced"),
    "decided": _l("decided"),
    "published": _l("published"),
    "completed": _l("completed"),
    "cancelled": _l("cancelled"),
    "drafted": _l("drafted"),
    "signed": _l("signed"),
    "declined": _l("declined"),
    "replaced": _l("replaced"),
    "approve": _l("approve"),
    "conditions": _l("approve with conditions"),
    "reserve": _l("reserve"),
    "reject": _l("reject"),
}

_SUMS = frozenset({"fixed_sum", "budget"})
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
LONG = 400  # characters; a longer text is cut here, its whole stands where it was written


def event(code: str) -> str:
    """What happened, in words; a code that nobody has named stands for itself."""
    return str(EVENTS.get(code, code))


def table(code: str) -> str:
    """The kind of thing that changed."""
    return str(TABLES.get(code, code))


def column(code: str) -> str:
    """What of it changed."""
    return str(COLUMNS.get(code, code))


def fact(code: str) -> str:
    """What a fact of an entry is called."""
    return str(FACTS.get(code, code))


def value(plain: Any, code: str = "") -> str:
    """A value of the journal's JSON as people read it."""
    if plain in NOTHING:
        return "–"
    match plain:
        case bool():
            return str(_("yes") if plain else _("no"))
        case int() if code in _SUMS:
            return formats.money(plain)
        case dict():
            return _short(_mapping(plain))
        case list():
            return _short(", ".join(value(item) for item in plain))
    return _text(str(plain))


def _mapping(plain: dict[str, Any]) -> str:
    if plain.keys() == {"lv", "en"}:
        return str(Words.of(plain))
    return "; ".join(f"{name}: {value(item)}" for name, item in plain.items())


def _text(text: str) -> str:
    # What somebody typed may look like a date that no calendar has: it stands as it was typed.
    with suppress(ValueError, OverflowError):
        if _INSTANT.fullmatch(text):
            return formats.exact_instant(datetime.fromisoformat(text))
        if _DATE.fullmatch(text):
            return formats.short_date(date.fromisoformat(text))
    return str(CODES[text]) if text in CODES else _short(text)


def _short(text: str) -> str:
    return text if len(text) <= LONG else f"{text[:LONG]}…"
