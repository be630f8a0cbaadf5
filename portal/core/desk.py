"""Tasks on a person's desk. Each stage contributes its own (see core/stages.py)."""

from dataclasses import dataclass
from datetime import datetime

MANY = 5  # from this number, tasks of one kind in one place become one line


@dataclass(frozen=True, slots=True)
class Task:
    """A task: the verb, the page where it is done, and since when it waits."""

    text: str
    url: str
    since: datetime
    note: str = ""
