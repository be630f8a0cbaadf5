"""What of the journal's entries a competition's board may read: pure functions."""

from collections.abc import Iterator, Mapping
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
_INTERNAL = frozenset(
    {
        *("id", "version", "created_at", "terms_version", "position", "key", "section_key"),
        # The minutes and the ranking say it, to whom may read them.
        *("record", "notes", "order", "electorate", "approved", "digest"),
        *("by_criteria", "by_vote"),
    }
)


@dataclass(frozen=True, slots=True)
class Change:
    """One column of one row, before and after."""

    table: str
    key: str
    column: str
    before: Any
    after: Any


def visible_changes(changes: Mapping[str, Mapping[str, list[Any]]]) -> list[Change]:
    """The changes that may be shown, in the order of the rows."""
    return [change for row, columns in changes.items() for change in _of_row(row, columns)]


def _of_row(row: str, columns: Mapping[str, list[Any]]) -> Iterator[Change]:
    table, _, key = row.partition(":")
    if table not in SHOWN:
        return
    for column, (before, after) in columns.items():
        if _says_something(column, before, after):
            yield Change(table, key, column, before, after)


def is_shown(column: str) -> bool:
    """Whether a column of a table that is shown is for people; keys and versions are not."""
    return column not in _INTERNAL and not column.endswith("_id")


def _says_something(column: str, before: Any, after: Any) -> bool:
    """An empty column of a new row is no news."""
    return is_shown(column) and (before not in NOTHING or after not in NOTHING)
