"""Tasks of officers, heads and deputies: decisions at every step."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload, load_only

from portal.core import clock, formats
from portal.core.access import decide
from portal.core.accounts.models import DECIDING, Person, Role
from portal.core.accounts.rights import scopes
from portal.core.db import db
from portal.core.desk import Task
from portal.grants.applications.models import Application
from portal.grants.awards.models import PAST, Decision, DecisionState
from portal.grants.awards.queries import changed_since, for_deputy, is_to_give_on, keeps_from
from portal.grants.awards.rights import Right
from portal.grants.competitions.models import Competition
from portal.grants.competitions.queries import in_phase, of_board
from portal.grants.competitions.rules import Phase
from portal.grants.evaluation.models import Meeting
from portal.grants.evaluation.ranking.queries import ranking_of
from portal.grants.evaluation.visibility import unconflicted


def decisions_to_draft(actor: Person) -> Iterator[Task]:
    """For an officer: closed calls without decisions whose committee has closed a meeting."""
    if not scopes(actor, Role.OFFICER):
        return
    drafted = select(Decision.competition_id).where(Decision.state.not_in(PAST))
    rows = db.session.execute(
        select(Competition, func.max(Meeting.closed_at))
        .join(Meeting, Meeting.competition_id == Competition.id)
        .where(
            of_board(actor, Role.OFFICER),
            in_phase(Phase.CLOSED, clock.now()),
            Meeting.closed_at.is_not(None),
            Competition.id.not_in(drafted),
        )
        .group_by(Competition.id)
    )
    for competition, closed_at in rows:
        yield Task(
            _("Draft the decisions of %(code)s", code=competition.code),
            url_for("decisions.decisions", competition=competition),
            closed_at or competition.deadline,
            str(competition.title),
        )


def grants_to_give_on(actor: Person) -> Iterator[Task]:
    """Declined grants, for the head or a deputy."""
    if not scopes(actor, Role.HEAD, Role.DEPUTY):
        return
    declined = db.session.scalars(
        select(Decision)
        .join(Decision.competition)
        .join(Decision.application)
        .where(
            of_board(actor, Role.HEAD, Role.DEPUTY),
            is_to_give_on(),
            unconflicted(actor.id, Application.id),
        )
        .options(joinedload(Decision.competition), joinedload(Decision.application))
    )
    for decision in declined:
        if decide(Right.PROMOTE, actor, decision.competition, decision):
            yield Task(
                _("Give on the declined grant of %(number)s", number=decision.application.number),
                url_for("decisions.promote", competition=decision.competition, decision=decision),
                decision.declined_at or clock.now(),
                decision.applicant,
            )


@dataclass(frozen=True, slots=True)
class Prepared:
    """The drafted or signed, unpublished decisions of a competition."""

    competition: Competition
    decisions: Sequence[Decision]
    signed: bool
    since: datetime
    stand: bool  # in agreement with the committee's approval
    waits: bool  # for the committee, which has to approve anew


def decisions_before_publication(actor: Person) -> Iterator[Task]:
    """Tasks with drafted or signed decisions: draft again, sign, publish."""
    if not scopes(actor, *DECIDING):
        return
    for one in _prepared(actor):
        roles = {
            role
            for role in (Role.OFFICER, Role.DEPUTY, Role.HEAD)
            if one.competition.municipality_id in scopes(actor, role)
        }
        if Role.OFFICER in roles and not (one.signed or one.stand or one.waits):
            yield _redraft(one)
        if Role.DEPUTY in roles and one.stand and not one.signed:
            yield from _deputys(actor, one)
        if Role.HEAD in roles:
            yield from _heads(one)


# Up to a thousand rows, of whose texts the desk shows none.
_briefly = load_only(
    *(Decision.competition_id, Decision.application_id, Decision.vote_id, Decision.state),
    *(Decision.created_at, Decision.signed_at, Decision.signed_by_id),
)


def _prepared(actor: Person) -> Iterator[Prepared]:
    found: dict[Competition, list[Decision]] = {}
    rows = db.session.scalars(
        select(Decision)
        .join(Decision.competition)
        .where(
            of_board(actor, *DECIDING),
            Decision.state.in_((DecisionState.DRAFTED, DecisionState.SIGNED)),
            Competition.cancelled_at.is_(None),
        )
        .options(contains_eager(Decision.competition), _briefly)
    )
    for decision in rows:
        found.setdefault(decision.competition, []).append(decision)
    for competition, decisions in found.items():
        ranking = ranking_of(competition)
        yield Prepared(
            competition,
            decisions,
            decisions[0].state is DecisionState.SIGNED,
            max(one.signed_at or one.created_at for one in decisions),
            not changed_since(ranking, decisions),
            bool(ranking.blockers),
        )


def _redraft(one: Prepared) -> Task:
    return Task(
        _("Draft the decisions of %(code)s again", code=one.competition.code),
        url_for("decisions.decisions", competition=one.competition),
        one.since,
        _("they are not what the committee has approved"),
    )


def _deputys(actor: Person, one: Prepared) -> Iterator[Task]:
    """Decisions from which a conflict of interest bars the head."""
    waiting = for_deputy(one.decisions)
    if len(keeps_from(actor, waiting)) < len(waiting):
        yield Task(
            _("Sign decisions of %(code)s as deputy", code=one.competition.code),
            url_for("decisions.decisions", competition=one.competition),
            one.since,
            str(one.competition.title),
        )


def _heads(one: Prepared) -> Iterator[Task]:
    """Decisions to sign, results to publish, or signatures to take back if the approval is void."""
    competition = one.competition
    url = url_for("decisions.decisions", competition=competition)
    if one.signed and one.stand:
        text = _("Publish the results of %(code)s", code=competition.code)
        note = _("promised by %(day)s", day=formats.short_date(competition.results_by))
        url = url_for("decisions.publish", competition=competition)
        yield Task(text, url, one.since, note)
    elif one.signed:
        text = _("Take back the signature of the decisions of %(code)s", code=competition.code)
        yield Task(text, url, one.since, _("they are not what the committee has approved"))
    elif one.stand and not for_deputy(one.decisions):
        text = ngettext(
            "Sign %(num)s decision of %(code)s",
            "Sign %(num)s decisions of %(code)s",
            len(one.decisions),
            code=competition.code,
        )
        yield Task(text, url, one.since, str(competition.title))


TASKS = (decisions_to_draft, decisions_before_publication, grants_to_give_on)
