"""What an amendment changed, as it is kept."""

from typing import Any

from portal.grants.competitions.rules import plain
from portal.grants.competitions.terms.rules import NAMES, Terms


def changes(before: Terms, after: Terms) -> list[dict[str, Any]]:
    """[{"field", "old", "new"}] of every term that differs, in plain JSON; instants in UTC."""
    return [
        {"field": name, "old": plain(getattr(before, name)), "new": plain(getattr(after, name))}
        for name in NAMES
        if getattr(before, name) != getattr(after, name)
    ]
