"""Labels of changes of roles."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _

from portal.core.formats import short_date


def what(change: Mapping[str, Sequence[Any]]) -> str:
    """The label of a change of a grant, from its columns before and after."""
    if "role" in change:
        since, until = _day(change, "since"), _day(change, "until")
        if until:
            return _("given from %(since)s until %(until)s", since=since, until=until)
        return _("given from %(since)s", since=since)
    if "ended_at" in change:
        return _("ended at once")
    before, after = (short_date(date.fromisoformat(day)) if day else "" for day in change["until"])
    if not after:
        return _("last day taken away; it was %(before)s", before=before)
    if before:
        return _("last day moved from %(before)s to %(after)s", before=before, after=after)
    return _("ends with %(after)s", after=after)


def _day(change: Mapping[str, Sequence[Any]], column: str) -> str:
    after = change[column][1] if column in change else None
    return short_date(date.fromisoformat(after)) if after else ""
