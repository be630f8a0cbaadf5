"""A line of somebody's desk: what waits for them. Each stage says its own (see core/stages.py)."""

from dataclasses import dataclass
from datetime import datetime

MANY = 5  # from so many of one kind in one place, they become one line


@dataclass(frozen=True, slots=True)
class Task:
    """A verb, where it is done, since when it waits."""

    text: str
    url: str
    since: datetime
    note: str = ""
