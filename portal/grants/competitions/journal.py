"""The journal's labels for a call: terms, documents, criteria, amendments and questions."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.core import formats
from portal.core.audit.vocabulary import Vocabulary
from portal.core.db import Words
from portal.core.formats import figure
from portal.core.translated import by_language
from portal.grants.competitions.labels import (
    CRITERIA,
    DOCUMENTS,
    MEASURES,
    SUMS,
    WINDOWS,
    term_name,
    term_value,
)
from portal.grants.competitions.models import CallDocument, CallDocumentVersion, Criterion


def _amended(changes: Sequence[Mapping[str, Any]]) -> str:
    """The changes of an amendment, {field, old, new} each."""
    return "; ".join(
        f"{name}: {term_value(before, one['field'])} → {term_value(after, one['field'])}"
        for one in changes
        for name, before, after in by_language(term_name(one["field"]), one["old"], one["new"])
    )


def _levels(levels: Sequence[Mapping[str, str]]) -> str:
    """The levels of a criterion: points with their descriptions."""
    return "; ".join(f"{figure(level['points'])}: {Words.of(level)}" for level in levels)


VOCABULARY = Vocabulary(
    events={
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
        "criterion.added": _l("Criterion added"),
        "criterion.saved": _l("Criterion changed"),
        "criterion.removed": _l("Criterion removed"),
        "criterion.moved": _l("Order of the criteria changed"),
        "criteria.thresholds_set": _l("Minimum, order in a tie and spread set"),
    },
    tables={
        "competitions": _l("competition"),
        "amendments": _l("amendment"),
        "call_documents": _l("document"),
        "call_document_versions": _l("version of a document"),
        "criteria": _l("criterion"),
        "inquiries": _l("public question"),
    },
    columns={
        "aims": _l("Aims"),
        "announced_at": _l("Announced at"),
        "announced_municipality": _l("Municipality, as announced"),
        "announced_organiser": _l("Education board, as announced"),
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
        "code": _l("Code"),
        "comment_below": _l("A comment is owed below"),
        "completed_at": _l("Completed at"),
        "contact": _l("Whom to ask"),
        "contact_email": _l("E-mail for questions"),
        "deadline": _l("Deadline for applications"),
        "decided_at": _l("Decided at"),
        "discussion_missing": _l("Missing score sheets when the discussion was opened"),
        "discussion_opened_at": _l("Discussion opened at"),
        "discussion_reason": _l("Why the discussion did not wait for them"),
        "eligible_kinds": _l("Who may apply"),
        "fixed_sum": _l("Sum of each grant"),
        "grants": _l("Number of grants"),
        "guidance": _l("Guidance"),
        "instalments": _l("Instalments"),
        "intensity_percent": _l("Share of costs covered"),
        "issued_on": _l("Date of the version"),
        "lead": _l("In one sentence"),
        "legal_basis": _l("Legal basis"),
        "levels": _l("Levels"),
        "maximum": _l("Maximum"),
        "minimum": _l("Minimum"),
        "months_max": _l("Longest duration, months"),
        "months_min": _l("Shortest duration, months"),
        "note": _l("Note"),
        "number": _l("Number"),
        "opens_at": _l("Applications open"),
        "ordinal": _l("Ordinal"),
        "participants_min": _l("Participants, at least"),
        "programme": _l("Programme"),
        "published_at": _l("Published at"),
        "reason": _l("Reason"),
        "register_closed_at": _l("Register closed at"),
        "removed_at": _l("Removed at"),
        "reserve_public": _l("The reserve list is public"),
        "results_by": _l("Results by"),
        "returned": _l("To be sent back with the application"),
        "slug": _l("Address"),
        "spread_flag": _l("Spread that is flagged"),
        "start_from": _l("Projects start, from"),
        "start_to": _l("Projects start, until"),
        "state": _l("State"),
        "step": _l("Step"),
        "target_groups": _l("Target groups"),
        "tie_break": _l("Order in a tie"),
        "total_minimum": _l("Minimum in all"),
        "weight": _l("Weight"),
        "withdrawn_at": _l("Withdrawn at"),
        "year": _l("Year"),
    },
    internal=frozenset({"terms_version", "section_key", "digest"}),
    codes={
        "competitions.state": {
            "draft": _l("in preparation"),
            "announced": _l("announced"),
            "decided": _l("decided"),
            "published": _l("published"),
            "completed": _l("completed"),
            "cancelled": _l("cancelled"),
        },
        "call_documents.kind": DOCUMENTS,
        "criteria.kind": CRITERIA,
        "measures": MEASURES,
        "equals": SUMS,
        "inside": WINDOWS,
    },
    values={
        # The labels of a call's pages.
        **{
            term: partial(term_value, code=term)
            for term in ("target_groups", "eligible_kinds", "instalments", "intensity_percent")
        },
        "changes": _amended,
        "levels": _levels,
        **dict.fromkeys(("fixed_sum", "budget"), formats.money),
        **dict.fromkeys(
            ("maximum", "minimum", "step", "weight", "comment_below"),
            figure,
        ),
        **dict.fromkeys(("total_minimum", "spread_flag"), figure),
    },
    whole=frozenset({"changes"}),
    titles=(
        select(Criterion.id, Criterion.title),
        select(CallDocument.id, CallDocument.title),
        select(CallDocumentVersion.id, CallDocument.title).join(
            CallDocument, CallDocument.id == CallDocumentVersion.document_id
        ),
    ),
)
