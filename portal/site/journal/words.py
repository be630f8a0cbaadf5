"""The journal's words: what each event, table, column and fact is called, and how values read.

A new event, column or fact is one line here; `tests/site/test_journal_words.py` asks the code for
them. Codes of a column or fact are named in `CODES`.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.core import formats
from portal.core.accounts.roles import WORDS as ROLES
from portal.core.db import Words
from portal.core.errors import Message
from portal.core.questions.registry import all_kinds
from portal.core.translated import by_language
from portal.grants.competitions.words import (
    CRITERIA,
    DOCUMENTS,
    MEASURES,
    SUMS,
    WINDOWS,
    term_name,
    term_value,
)
from portal.grants.evaluation.eligibility.words import STATES, VERDICTS
from portal.site.journal.rules import NOTHING, Change

EVENTS: Mapping[str, Message] = {
    "competition.created": _l("Call begun"),
    "competition.terms_saved": _l("Terms changed"),
    "competition.announced": _l("Call announced"),
    "competition.amended": _l("Terms amended"),
    "competition.cancelled": _l("Competition cancelled"),
    "document.added": _l("Document added"),
    "document.described": _l("Document described"),
    "document.replaced": _l("New version of a document"),
    "document.moved": _l("Order of documents changed"),
    "document.removed": _l("Document removed"),
    "inquiry.asked": _l("Question asked"),
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
    "conflict.none_declared": _l("Declared that there is no conflict of interest"),
    "conflict.declared_for_board": _l("Conflicts of interest declared at the board"),
    "conflict.declared": _l("Declared a conflict of interest"),
    "conflict.resolved": _l("Suspected conflict of interest resolved"),
    "applications.assigned": _l("Applications assigned to members"),
    "members.reminded": _l("Members reminded"),
    "score_sheet.submitted": _l("Score sheet submitted"),
    "score_sheet.reopened": _l("Score sheet reopened"),
    "score_sheet.taken_back": _l("Score sheet taken back by its member"),
    "discussion.opened": _l("Discussion opened"),
    "meeting.convened": _l("Meeting convened"),
    "meeting.described": _l("Meeting described"),
    "meeting.attended": _l("Attendance noted"),
    "meeting.arrived": _l("Somebody came to the meeting"),
    "meeting.left": _l("Somebody left the meeting"),
    "meeting.keeper_named": _l("Keeper of the minutes named"),
    "meeting.noted": _l("Discussion of an application noted"),
    "meeting.closed": _l("Meeting closed"),
    "tie.voted": _l("Vote on a tie"),
    "ranking.voted": _l("Vote on the ranking"),
    "vote.withdrawn": _l("Vote withdrawn"),
    "decisions.proposed": _l("Decisions drafted"),
    "decision.worded": _l("Decision worded"),
    "decisions.signed": _l("Decisions signed"),
    "decisions.signed_as_deputy": _l("Decisions signed by the head's deputy"),
    "decisions.taken_back": _l("Signature of the decisions taken back"),
    "results.published": _l("Results published"),
    "grant.declined": _l("Grant declined"),
    "grant.promoted": _l("Grant given to the next in reserve"),
    "account.address_changed": _l("E-mail address of the account changed"),
    "account.address_requested": _l("Another e-mail address asked for"),
    "account.changed": _l("Name or language of the account changed"),
    "account.closed": _l("Account closed"),
    "account.confirmation_sent": _l("Link for confirming the address sent again"),
    "account.confirmed": _l("E-mail address confirmed"),
    "account.opened": _l("Account opened again"),
    "account.password_changed": _l("Password changed"),
    "account.password_reset": _l("New password set by a link"),
    "account.registered": _l("Account made"),
    "account.registered_again": _l("Somebody tried to register an address that has an account"),
    "account.reset_requested": _l("Link for a new password asked for"),
    "account.reset_sent": _l("Link for a new password sent by an administrator"),
    "account.signed_out": _l("Signed out everywhere by an administrator"),
    "accounts.swept": _l("Links and sign-ins that had lapsed deleted"),
    "administrator.made": _l("Administrator made from the command line"),
    "role.given": _l("Role given"),
    "role.ended": _l("Role ended"),
    "sign_in.begun": _l("Signed in to the portal"),
    "sign_in.ended": _l("Sign-in ended"),
    "sign_in.others_ended": _l("All other sign-ins ended"),
    "municipality.added": _l("Municipality added"),
    "municipality.changed": _l("Municipality changed"),
    "letter.sent_again": _l("Letter sent again"),
    "organisation.founded": _l("Organisation added"),
    "organisation.changed": _l("Organisation changed"),
    "organisation.invited": _l("Invited to an organisation"),
    "organisation.invitation_withdrawn": _l("Invitation to an organisation withdrawn"),
    "organisation.joined": _l("Joined an organisation"),
    "organisation.role_changed": _l("Role in an organisation changed"),
    "organisation.member_removed": _l("Member of an organisation removed"),
    "organisation.left": _l("Left an organisation"),
    "organisation.claimed": _l("Right to act for an organisation asked for"),
    "organisation.claim_withdrawn": _l("Request to act for an organisation withdrawn"),
    "organisation.claim_answered": _l("Request to act for an organisation answered"),
    "organisation.claim_approved": _l("Request to act for an organisation approved"),
    "organisation.claim_refused": _l("Request to act for an organisation refused"),
    "demo.started": _l("Loading of the demo data begun"),
    "demo.personas_made": _l("People of the demo made"),
    "demo.organisations_made": _l("Organisations of the demo made"),
    "demo.loaded": _l("Demo data loaded"),
    "section.added": _l("Section added to the form"),
    "section.saved": _l("Section of the form changed"),
    "section.removed": _l("Section removed from the form"),
    "section.moved": _l("Order of the form's sections changed"),
    "question.added": _l("Question added to the form"),
    "question.saved": _l("Question of the form changed"),
    "question.removed": _l("Question removed from the form"),
    "question.moved": _l("Order of the form's questions changed"),
    "criterion.added": _l("Criterion added"),
    "criterion.saved": _l("Criterion changed"),
    "criterion.removed": _l("Criterion removed"),
    "criterion.moved": _l("Order of the criteria changed"),
    "criteria.thresholds_set": _l("Minimum, order in a tie and spread set"),
    "application.started": _l("Application begun"),
    "application.part_saved": _l("Part of an application saved"),
    "application.discarded": _l("Draft of an application discarded"),
    "application.partner_changed": _l("Partner of an application changed"),
    "application.file_attached": _l("File attached to an application"),
    "application.file_removed": _l("File of an application removed"),
    "clarification.saved": _l("Draft of a clarification saved"),
    "clarification.file_removed": _l("File of a clarification removed"),
    "score_sheet.saved": _l("Draft of a score sheet saved"),
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
    "decisions": _l("decision"),
    # What a verb is about, and has no columns to show here.
    "applications": _l("application"),
    "letters": _l("letter"),
    "organisations": _l("organisation"),
    "persons": _l("person"),
    "score_sheets": _l("score sheet"),
    "suspected_conflicts": _l("suspected conflict of interest"),
}

COLUMNS: Mapping[str, Message] = {
    "aims": _l("Aims"),
    "announced_at": _l("Announced at"),
    "announced_municipality": _l("Municipality, as announced"),
    "announced_organiser": _l("Education board, as announced"),
    "answer": _l("Answer"),
    "answered_at": _l("Answered at"),
    "appeal": _l("How a decision can be contested"),
    "applicant": _l("Applicant"),
    "applications_per_organisation": _l("Applications per organisation, at most"),
    "arrived_at": _l("Came at"),
    "as_deputy": _l("Signed in place of the head"),
    "asked_at": _l("Asked at"),
    "at_risk_min": _l("At-risk participants, at least"),
    "budget": _l("Budget"),
    "cancel_reason": _l("Reason of the cancellation"),
    "cancelled_at": _l("Cancelled at"),
    "changes": _l("Changes"),
    "closed_at": _l("Closed at"),
    "code": _l("Code"),
    "comment_below": _l("A comment is owed below"),
    "completed_at": _l("Completed at"),
    "conditions": _l("Conditions"),
    "confirmed_at": _l("Confirmed at"),
    "contact": _l("Whom to ask"),
    "contact_email": _l("E-mail for questions"),
    "deadline": _l("Deadline for applications"),
    "decided_at": _l("Decided at"),
    "decided_on": _l("Date of the decisions"),
    "decline_reason": _l("Why it was declined"),
    "declined_at": _l("Declined at"),
    "discussion_missing": _l("Missing score sheets when the discussion was opened"),
    "discussion_opened_at": _l("Discussion opened at"),
    "discussion_reason": _l("Why the discussion did not wait for them"),
    "due_at": _l("Due"),
    "eligible_kinds": _l("Who may apply"),
    "ended_at": _l("Ended at"),
    "fixed_sum": _l("Sum of each grant"),
    "grants": _l("Number of grants"),
    "guidance": _l("Guidance"),
    "held_at": _l("Held at"),
    "hint": _l("Hint"),
    "instalments": _l("Instalments"),
    "intensity_percent": _l("Share of costs covered"),
    "issued_on": _l("Date of the version"),
    "kind": _l("Kind"),
    "label": _l("Label"),
    "lead": _l("In one sentence"),
    "left_at": _l("Left at"),
    "legal_basis": _l("Legal basis"),
    "levels": _l("Levels"),
    "maximum": _l("Maximum"),
    "level": _l("Level"),
    "measures": _l("What it measures"),
    "minimum": _l("Minimum"),
    "months_max": _l("Longest duration, months"),
    "months_min": _l("Shortest duration, months"),
    "note": _l("Note"),
    "number": _l("Number"),
    "opens_at": _l("Applications open"),
    "order_date": _l("Date of the order"),
    "order_number": _l("Number of the order"),
    "ordinal": _l("Ordinal"),
    "organiser": _l("Education board"),
    "outcome": _l("Outcome"),
    "participants_min": _l("Participants, at least"),
    "place": _l("Place"),
    "programme": _l("Programme"),
    "proposed_at": _l("Proposed at"),
    "published_at": _l("Published at"),
    "reason": _l("Reason"),
    "reasons": _l("Reasons"),
    "register_closed_at": _l("Register closed at"),
    "registration_number": _l("Registration number"),
    "removed_at": _l("Removed at"),
    "required": _l("Required"),
    "reserve_public": _l("The reserve list is public"),
    "results_by": _l("Results by"),
    "returned": _l("To be sent back with the application"),
    "returned_note": _l("Why it was returned"),
    "role": _l("Role"),
    "root": _l("Merkle root"),
    "settings": _l("Settings"),
    "sheets_per_application": _l("Sheets for each application"),
    "signatory": _l("Signed by"),
    "signed_at": _l("Signed at"),
    "since": _l("Since"),
    "slug": _l("Address"),
    "spread_flag": _l("Spread that is flagged"),
    "start_from": _l("Projects start, from"),
    "start_to": _l("Projects start, until"),
    "started_at": _l("Begun at"),
    "state": _l("State"),
    "step": _l("Step"),
    "taken_back_at": _l("Signature taken back at"),
    "taken_back_reason": _l("Why the signature was taken back"),
    "target_groups": _l("Target groups"),
    "tie_break": _l("Order in a tie"),
    "title": _l("Title"),
    "total": _l("Points"),
    "total_minimum": _l("Minimum in all"),
    "until": _l("Until"),
    "verdict": _l("Verdict"),
    "voided_at": _l("Void since"),
    "weight": _l("Weight"),
    "withdrawn_at": _l("Withdrawn at"),
    "year": _l("Year"),
}

FACTS: Mapping[str, Message] = {
    "applications": _l("Applications"),
    "assignments": _l("Assignments"),
    "conflicts": _l("With whom there is a conflict"),
    "decisions": _l("Decisions"),
    "due_at": _l("Due"),
    "each": _l("Sheets for each application"),
    "missing": _l("Whose score sheets were missing"),
    "handed_over": _l("Organisation handed over"),
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
    "to": _l("To"),
    "voided_root": _l("Root that no longer holds"),
}

# The codes of a column or fact; where tables differ in them, of "table.column".
CODES: Mapping[str, Mapping[Any, Message]] = {
    "role": ROLES,
    "roles": ROLES,
    "competitions.state": {
        "draft": _l("in preparation"),
        "announced": _l("announced"),
        "decided": _l("decided"),
        "published": _l("published"),
        "completed": _l("completed"),
        "cancelled": _l("cancelled"),
    },
    "decisions.state": {
        "drafted": _l("drafted"),
        "signed": _l("signed"),
        "published": _l("published"),
        "declined": _l("declined"),
        "replaced": _l("replaced"),
        "taken_back": _l("signature taken back"),
    },
    "outcome": {
        "approve": _l("approve"),
        "conditions": _l("approve with conditions"),
        "reserve": _l("reserve"),
        "reject": _l("reject"),
    },
    "eligibility_checks.state": STATES,
    "verdict": VERDICTS,
    "call_documents.kind": DOCUMENTS,
    "criteria.kind": CRITERIA,
    "form_questions.kind": {kind.code: kind.label for kind in all_kinds()},
    "measures": MEASURES,
}

# What the settings of a question are called.
SETTINGS: Mapping[str, Message] = {
    "columns": _l("columns"),
    "equals": _l("exactly"),
    "in_order": _l("dates that follow one another"),
    "inside": _l("dates within"),
    "max": _l("at most"),
    "max_length": _l("characters, at most"),
    "min": _l("at least"),
    "names_minors": _l("names minors"),
    "options": _l("answers to choose from"),
    "rows_max": _l("rows, at most"),
    "several": _l("several files"),
    "text": _l("statement"),
    "unit": _l("unit"),
}

_REFERRED: Mapping[str, Mapping[str, Message]] = {"equals": SUMS, "inside": WINDOWS}

# Where nothing is written and that says something.
_ALL = _l("all members")
_ABSENT: Mapping[str, Message] = {"each": _ALL, "sheets_per_application": _ALL}

# As the pages of a call say them.
_TERMS = frozenset({"target_groups", "eligible_kinds", "instalments", "intensity_percent"})
_TOLD_APART = frozenset({"changes"})  # each of its changes says its language itself
_SUMS = frozenset({"fixed_sum", "budget"})
_NUMBERS = frozenset(
    {
        *("maximum", "minimum", "step", "weight", "comment_below"),
        *("total", "total_minimum", "spread_flag"),
    }
)
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


def value(plain: Any, code: str = "", table: str = "") -> str:
    """A value of the journal's JSON as people read it: of a fact, or of a table's column."""
    if plain in NOTHING:
        return str(_ABSENT.get(code, "–"))
    names = CODES.get(f"{table}.{code}") or CODES.get(code)
    if names is not None:
        return ", ".join(str(names.get(one, one)) for one in _several(plain))
    if code in _TERMS:
        return term_value(plain, code)
    if code == "changes":
        return "; ".join(_amended(**one) for one in plain)
    return _short(_plain(plain, code))


def changes(table: str, key: str, code: str, before: Any, after: Any) -> list[Change]:
    """A changed column as people read it: of texts each language in which they changed."""
    if code in _TOLD_APART:
        return [Change(table, key, column(code), code, before, after)]
    told = by_language(column(code), before, after)
    return [Change(table, key, name, code, *values) for name, *values in told]


def _several(plain: Any) -> list[Any]:
    return plain if isinstance(plain, list) else [plain]


def _amended(field: str, old: Any, new: Any) -> str:
    return "; ".join(
        f"{name}: {term_value(before, field)} → {term_value(after, field)}"
        for name, before, after in by_language(term_name(field), old, new)
    )


def _plain(plain: Any, code: str = "") -> str:
    match plain:
        case bool():
            return str(_("yes") if plain else _("no"))
        case int() if code in _SUMS:
            return formats.money(plain)
        case int() | str() if code in _NUMBERS:
            return _number(plain)
        case dict():
            return _mapping(plain)
        case list():
            return ("; " if code == "levels" else ", ").join(_plain(item) for item in plain)
    return _text(str(plain))


def _mapping(plain: dict[str, Any]) -> str:
    if {"lv", "en"} <= plain.keys():
        words = str(Words.of(plain))
        return f"{_number(plain['points'])}: {words}" if "points" in plain else words
    return "; ".join(
        f"{SETTINGS.get(name, name)}: {_setting(name, item)}" for name, item in plain.items()
    )


def _setting(name: str, plain: Any) -> str:
    if name == "in_order":  # the keys of columns, which nobody reads
        return str(_("yes"))
    names = _REFERRED.get(name)
    return str(names.get(plain, plain)) if names else _plain(plain)


def _number(plain: int | str) -> str:
    with suppress(InvalidOperation):
        return formats.number(Decimal(plain))
    return str(plain)


def _text(text: str) -> str:
    # What somebody typed may look like a date that no calendar has: it stands as it was typed.
    with suppress(ValueError, OverflowError):
        if _INSTANT.fullmatch(text):
            return formats.exact_instant(datetime.fromisoformat(text))
        if _DATE.fullmatch(text):
            return formats.short_date(date.fromisoformat(text))
    return text


def _short(text: str) -> str:
    return text if len(text) <= LONG else f"{text[:LONG]}…"
