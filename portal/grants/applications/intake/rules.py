"""How the board's list of applications is filtered, sorted and paged."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

PAGE = 50


class Sort(StrEnum):
    """By what the list is sorted."""

    NUMBER = "number"
    RECEIVED = "received"
    APPLICANT = "applicant"


class Show(StrEnum):
    """What of it is shown."""

    COUNTED = "counted"
    PAPER = "paper"  # what an officer registered
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class View:
    """One view of the list; `after` is the key of the last line of the page before."""

    show: Show = Show.COUNTED
    sort: Sort = Sort.NUMBER
    after: str = ""

    @classmethod
    def of(cls, args: Mapping[str, str]) -> "View":
        """From what follows an address; what is unknown in it is the usual."""
        show, sort = args.get("show"), args.get("sort")
        return cls(
            Show(show) if show in list(Show) else Show.COUNTED,
            Sort(sort) if sort in list(Sort) else Sort.NUMBER,
            args.get("after", "")[:200],
        )
