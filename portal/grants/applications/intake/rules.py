"""Sorting, filtering and paging of the board's list of applications."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

PAGE = 50


class Sort(StrEnum):
    """The sort order of the list."""

    NUMBER = "number"
    RECEIVED = "received"
    APPLICANT = "applicant"


class Show(StrEnum):
    """The filter of the list."""

    COUNTED = "counted"
    PAPER = "paper"  # registered by an officer
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class View:
    """One view of the list; `after` is the key of the previous page's last line."""

    show: Show = Show.COUNTED
    sort: Sort = Sort.NUMBER
    after: str = ""

    @classmethod
    def of(cls, args: Mapping[str, str]) -> "View":
        """From a query string; unknown values give the defaults."""
        show, sort = args.get("show"), args.get("sort")
        return cls(
            Show(show) if show in list(Show) else Show.COUNTED,
            Sort(sort) if sort in list(Sort) else Sort.NUMBER,
            args.get("after", "")[:200],
        )
