"""Who sees the ranking."""

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from portal.core.access import HIDDEN, YES, Answer, no, rule
from portal.core.accounts.models import MUNICIPAL, Person, Role
from portal.core.accounts.rights import holds, on_committee
from portal.grants.competitions.models import Competition


class Right(StrEnum):
    """The right of this stage. What of the ranking somebody sees, visibility.result_sight says."""

    SEE = "ranking.see"


@rule(Right.SEE)
def _see(actor: Person | None, competition: Competition) -> Answer:
    if holds(actor, MUNICIPAL, competition.municipality_id):
        return YES
    if on_committee(actor, competition.id, Role.CHAIR, Role.SECRETARY):
        return YES
    if not on_committee(actor, competition.id):
        return HIDDEN
    if competition.discussion_opened_at is None:
        return no(_l("Members see the ranking when the chair opens the discussion."))
    return YES
