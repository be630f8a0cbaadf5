"""What of the journal's entries a competition's board may read."""

from dataclasses import dataclass
from typing import Any

# What applicants do with their drafts and members with their open sheets is theirs alone.
PRIVATE = frozenset(
    {
        *(
            "application.started",
            "application.part_saved",
            "application.discarded",
            "application.partner_changed",
        ),
        *("application.file_attached", "application.file_removed"),
        *("clarification.saved", "clarification.file_removed"),
        "score_sheet.saved",
    }
)

# Who submitted for an applicant, and how often, is theirs alone until the deadline.
OF_APPLICANTS = frozenset({"application.submitted", "application.withdrawn"})

# Whose columns the journal shows. Applications, score sheets and declarations have pages of their
# own, which know who may read them and when; here stands only that something happened.
SHOWN = frozenset(
    {
        *("competitions", "amendments", "call_documents", "call_document_versions"),
        *("form_sections", "form_questions", "criteria", "inquiries", "registers"),
        *("eligibility_checks", "eligibility_answers", "role_grants", "evaluation_rounds"),
        *("meetings", "attendances", "decisions"),
    }
)

NOTHING: tuple[Any, ...] = (None, "", [], {}, {"lv": "", "en": ""})
# Neither these columns are for people, nor keys of other rows.
INTERNAL = frozenset(
    {
        *("id", "version", "created_at", "terms_version", "position", "key", "section_key"),
        # The minutes and the ranking say it, to whom may read them.
        *("record", "notes", "order", "electorate", "approved", "digest"),
        *("by_criteria", "by_vote"),
    }
)


@dataclass(frozen=True, slots=True)
class Change:
    """One column of one row, before and after; of a text in both languages one of them."""

    table: str
    key: str
    column: str  # in words
    code: str
    before: Any
    after: Any
