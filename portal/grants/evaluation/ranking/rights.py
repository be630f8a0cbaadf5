"""Rights to the ranking."""

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from portal.core.access import Access, no, rule
from portal.core.accounts.models import MUNICIPAL, Person, Role
from portal.core.accounts.rights import holds
from portal.grants.competitions.models import Competition
from portal.grants.evaluation.committee.models import CommitteeRole
from portal.grants.evaluation.membership import on_committee
from portal.grants.evaluation.visibility import REASONS, Sight


class Right(StrEnum):
    """The rights to the ranking. Which results are shown is decided by visibility.result_sight."""

    SEE = "ranking.see"  # the page, which lists what is missing before there are points
    EXPORT = "ranking.export"


@rule(Right.SEE)
def _see(actor: Person | None, competition: Competition) -> Access:
    early = holds(actor, MUNICIPAL, competition.municipality_id) | on_committee(
        actor, competition.id, CommitteeRole.CHAIR, CommitteeRole.SECRETARY
    )
    member = on_committee(actor, competition.id)
    if member and not early and competition.discussion_opened_at is None:
        return no(_l("Members see the ranking when the chair opens the discussion."))
    return early | member


@rule(Right.EXPORT)
def _export(actor: Person | None, competition: Competition) -> Access:
    """Exports contain points: before the discussion for the auditor alone."""
    if competition.discussion_opened_at is not None:
        return _see(actor, competition)
    if auditor := holds(actor, Role.AUDITOR, competition.municipality_id):
        return auditor
    found = _see(actor, competition)
    return no(REASONS[Sight.BEFORE_DISCUSSION]) if found else found
