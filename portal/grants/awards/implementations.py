"""Implementations of hooks of earlier stages: links to results, numbers of grants."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, func, or_, select

from portal.core import clock
from portal.core.accounts.models import Person, Role
from portal.core.accounts.rights import scopes
from portal.core.db import db
from portal.grants.applications import hooks as applications
from portal.grants.applications.models import Application
from portal.grants.awards import queries
from portal.grants.awards.letters import LABELS
from portal.grants.awards.models import PAST, Decision, DecisionState
from portal.grants.awards.rules import GRANTED
from portal.grants.competitions import hooks as competitions
from portal.grants.competitions.hooks import StageCount, Step
from portal.grants.competitions.models import Competition
from portal.grants.competitions.rules import Phase, phase
from portal.grants.evaluation.visibility import unconflicted, unrecused


@competitions.next_step.implement
def results_step(actor: Person | None, competition: Competition, stand: Phase) -> Step | None:
    """The link to published results."""
    if competition.published_at is None:
        return None
    return Step(_l("Results"), url_for("results.public_results", competition=competition))


@competitions.stage_counts.implement
def grants(actor: Person, among: Sequence[Competition]) -> Iterable[tuple[UUID, StageCount]]:
    """The number of grants drafted, signed or given in each closed competition; before publication
    of those that are open to the actor."""
    audited = Competition.municipality_id.in_(scopes(actor, Role.AUDITOR))
    counts = db.session.execute(
        select(Decision.competition_id, func.count())
        .join(Decision.application)
        .join(Decision.competition)
        .where(
            or_(
                Decision.published_at.is_not(None),
                unconflicted(actor.id, Application.id),
                and_(audited, unrecused(actor.id, Application.id)),
            ),
            Decision.competition_id.in_([one.id for one in among]),
            Decision.state.not_in((*PAST, DecisionState.DECLINED)),
            Decision.outcome.in_(GRANTED),
        )
        .group_by(Decision.competition_id)
    )
    found = {row[0]: row[1] for row in counts}
    now = clock.now()
    for one in among:
        stand = phase(one, now)
        if stand in (Phase.CLOSED, Phase.DECIDED, Phase.PUBLISHED, Phase.COMPLETED):
            url = url_for("decisions.decisions", competition=one)
            is_now = stand in (Phase.DECIDED, Phase.PUBLISHED)
            yield one.id, StageCount(_l("grants"), found.get(one.id, 0), url, is_now, 70)


@applications.outcomes.implement
def decided(actor: Person, among: Sequence[Application]) -> Iterable[tuple[UUID, Step]]:
    """The published decision on each application, unless the call is open again."""
    now = clock.now()
    keys = [one.id for one in among if phase(one.competition, now) is not Phase.OPEN]
    for key, state, outcome in queries.own_outcomes(actor, keys) if keys else ():
        said = _l("You declined the grant") if state is DecisionState.DECLINED else LABELS[outcome]
        url = url_for("own_decision.decision", application=key)
        yield key, Step(_l("Read the decision"), url, said)
