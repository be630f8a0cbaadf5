"""The second level of navigation: the pages of a competition's evaluation."""

from enum import StrEnum

from flask import request, url_for
from flask_babel import lazy_gettext as _l

from portal.core.access import may
from portal.core.errors import Message
from portal.core.pages import MenuEntry
from portal.grants.competitions.models import Competition
from portal.grants.evaluation.committee.rights import Right as Committee
from portal.grants.evaluation.eligibility.rights import Right as Eligibility
from portal.grants.evaluation.meeting.rights import Right as Meeting
from portal.grants.evaluation.ranking.rights import Right as Ranking

# In the order of an evaluation.
PAGES: tuple[tuple[Message, str, StrEnum], ...] = (
    (_l("My work"), "scoring.work", Committee.WORK),
    (_l("Eligibility"), "eligibility.index", Eligibility.LIST),
    (_l("Committee"), "appointments.index", Committee.SEE_COMMITTEE),
    (_l("Conflicts of interest"), "committee.conflicts", Committee.SEE_ROUND),
    (_l("Progress"), "scoring.progress", Committee.SEE_ROUND),
    (_l("Ranking"), "ranking.show", Ranking.SEE),
    (_l("Meetings"), "meetings.index", Meeting.READ),
)

# Pages whose URL does not tell to which of the above they belong.
BELONGS = {"scoring.discussion": "ranking.show"}


def evaluation_pages(competition: Competition) -> list[MenuEntry]:
    """The pages that the reader may open; the current one is this page or its parent."""
    urls = {
        endpoint: (str(label), url_for(endpoint, competition=competition))
        for label, endpoint, right in PAGES
        if may(right, competition)
    }
    above = BELONGS.get(request.endpoint or "")
    path = urls[above][1] if above in urls else request.path
    here = max(
        (url for _label, url in urls.values() if f"{path}/".startswith(f"{url}/")),
        key=len,
        default=None,
    )
    return [MenuEntry(label, url, url == here) for label, url in urls.values()]
