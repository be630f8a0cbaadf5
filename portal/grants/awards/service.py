"""Deciding: draft, sign, publish, decline, promote. Each verb is one transaction."""

from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from portal.core import clock, formats
from portal.core.accounts.models import Person
from portal.core.db import db
from portal.core.errors import Invalid, NotReady, StateConflict, guards
from portal.core.messages.links import page_url
from portal.core.work import Work, unit_of_work
from portal.grants.applications.queries import applicants
from portal.grants.awards import letters, queries
from portal.grants.awards.models import Decision, DecisionState, Letter
from portal.grants.awards.rights import can_be_declined
from portal.grants.awards.rules import (
    Outcome,
    Ranked,
    UnbrokenTie,
    allocate,
    decision_number,
    may_become,
    next_in_reserve,
    published_points,
)
from portal.grants.competitions.models import Competition
from portal.grants.competitions.rules import Event, state_after
from portal.grants.evaluation.ranking.queries import Ranking, ranking_of

guards(
    _l("This decision is signed. What is signed does not change."),
    *("decisions_signed", "decisions_published", "decisions_kept"),
)


def propose_decisions(actor: Person, competition: Competition) -> list[Decision]:
    """Draft one decision for each application that was judged, in place of earlier drafts.

    Raises NotReady with what is missing (sheets, declarations, votes), StateConflict once decided.
    """
    with unit_of_work(actor, "decisions.proposed", competition) as work:
        work.lock(competition)
        competition.state = state_after(competition, Event.PROPOSE, clock.now())
        ranking = ranking_of(competition)
        outcomes = _allocate(competition, ranking)
        for old in queries.standing(competition):
            work.delete(old)
        db.session.flush()
        drafts = [
            Decision(
                competition_id=competition.id,
                application_id=entry.application_id,
                outcome=outcomes[entry.number],
                place=entry.place,
                total=published_points(entry.total),
                reasons=letters.usual_reasons(ranking, entry, outcomes[entry.number]),
            )
            for entry in ranking.entries
        ]
        drafts += [
            Decision(
                competition_id=competition.id,
                application_id=check.application_id,
                outcome=Outcome.REJECT,
                reasons=letters.ineligible_reasons(check),
            )
            for check in queries.ineligible(competition)
        ]
        return [work.add(draft) for draft in drafts]


def _allocate(competition: Competition, ranking: Ranking) -> dict[str, Outcome]:
    if ranking.blockers:
        raise NotReady(
            "evaluation_unfinished",
            _l("The evaluation is not finished."),
            [blocker.message for blocker in ranking.blockers],
        )
    entries = [Ranked(e.number, e.place or 0, e.clears_minimums) for e in ranking.entries]
    try:
        return allocate(entries, competition.number_of_grants)
    except UnbrokenTie as tie:
        raise NotReady(
            "unbroken_tie",
            _l(
                "A tie stands where the money ends: place %(place)s. The committee votes on it.",
                place=tie.place,
            ),
        ) from tie


def edit_draft(
    actor: Person,
    decision: Decision,
    *,
    outcome: Outcome,
    conditions: str,
    reasons: str,
    version: int,
) -> None:
    """Word a drafted decision. The committee's order stands: an award may only get conditions.

    Raises Invalid for `outcome`, `conditions` or `reasons`, StateConflict once it is signed,
    StaleForm.
    """
    with unit_of_work(actor, "decision.worded", decision) as work:
        work.lock(decision)
        if decision.state is not DecisionState.DRAFTED:
            raise StateConflict(
                "signed", _l("This decision is signed. What is signed does not change.")
            )
        work.expect(decision, version)
        if not may_become(decision.outcome, outcome):
            raise Invalid(
                "order",
                _l("The order is the committee's: here you can only add conditions."),
                "outcome",
            )
        if outcome is Outcome.CONDITIONS and not conditions:
            raise Invalid("conditions", _l("Write the conditions."), "conditions")
        if outcome is Outcome.REJECT and not reasons:
            raise Invalid("reasons", _l("Write why the application is rejected."), "reasons")
        decision.outcome = outcome
        decision.conditions = conditions if outcome is Outcome.CONDITIONS else ""
        decision.reasons = reasons


def sign_off(actor: Person, competition: Competition, *, decided_on: date) -> None:
    """The head signs all drafted decisions: they get their numbers and change no more.

    Raises NotReady where something lacks words, StateConflict where the drafts no longer follow
    the ranking, Invalid for `decided_on`.
    """
    with unit_of_work(actor, "decisions.signed", competition) as work:
        work.lock(competition)
        competition.state = state_after(competition, Event.SIGN_OFF, clock.now())
        competition.decided_at = clock.now()
        decisions = queries.standing(competition)
        work.lock(*decisions)
        _refuse_unsound(competition, decisions)
        _refuse_date(competition, decided_on)
        for ordinal, decision in enumerate(decisions, start=1):
            decision.number = decision_number(competition.code, ordinal)
            decision.decided_on = decided_on
            _sign(decision, actor)


def _refuse_unsound(competition: Competition, decisions: list[Decision]) -> None:
    """Refuse what nobody drafted, what has no reasons, or what the ranking no longer says."""
    if not decisions:
        raise NotReady("no_drafts", _l("No decisions have been drafted yet."))
    silent = [d for d in decisions if d.outcome is Outcome.REJECT and not d.reasons]
    if silent:
        raise NotReady(
            "no_reasons",
            _l("Some rejections have no reasons."),
            [decision.application.number or "" for decision in silent],
        )
    proposed = _allocate(competition, ranking_of(competition))
    drafted = {d.application.number: d.outcome for d in decisions if d.place is not None}
    if any(
        not may_become(outcome, drafted.get(number, Outcome.REJECT))
        for number, outcome in proposed.items()
    ):
        raise StateConflict(
            "ranking_moved",
            _l("The ranking has changed since the decisions were drafted. Draft them again."),
        )


def _refuse_date(competition: Competition, decided_on: date) -> None:
    """Decisions are dated between the close of the call and today."""
    earliest = competition.deadline.astimezone(clock.RIGA).date()
    if not earliest <= decided_on <= clock.today():
        raise Invalid(
            "decided_on",
            _l(
                "Decisions are dated from %(first)s, when the call closed, to today.",
                first=formats.short_date(earliest),
            ),
            "decided_on",
        )


def _sign(decision: Decision, actor: Person) -> None:
    decision.state = DecisionState.SIGNED
    decision.signed_by_id = actor.id
    decision.signed_at = clock.now()


def publish(actor: Person, competition: Competition) -> None:
    """Publish the results: page, open data and letters in one instant. Each letter goes once, ever.

    Raises StateConflict where they are published already or not yet signed.
    """
    with unit_of_work(actor, "results.published", competition) as work:
        work.lock(competition)
        competition.state = state_after(competition, Event.PUBLISH, clock.now())
        now = competition.published_at = clock.now()
        for decision in queries.standing(competition):
            decision.state = DecisionState.PUBLISHED
            decision.published_at = now
            _send_letter(work, decision)


def decline(actor: Person, decision: Decision, *, reason: str) -> None:
    """An awarded applicant does not take the grant. The board is told who is next in reserve.

    Raises StateConflict where the decision is no published grant, or was declined already.
    """
    with unit_of_work(actor, "grant.declined", decision) as work:
        work.lock(decision)
        if not can_be_declined(decision):
            raise StateConflict("not_a_grant", _l("There is no grant here to decline."))
        decision.state = DecisionState.DECLINED
        decision.declined_at = clock.now()
        decision.decline_reason = reason
        for person in {*applicants(decision.application), *queries.board_of(decision)}:
            work.send(
                "awards/declined",
                to=person,
                key=f"declined:{decision.id}:{person.id}",
                decision=decision,
                application=decision.application,
                competition=decision.competition,
                url=page_url("own_decision.decision", application=decision.application),
            )


def promote(actor: Person, declined: Decision, *, decided_on: date) -> Decision:
    """Give a declined grant to the next in reserve: a new decision, signed, published and sent.

    Raises StateConflict where it was given on already, NotReady where nobody is left in reserve,
    Invalid for `decided_on`.
    """
    with unit_of_work(actor, "grant.promoted", declined) as work:
        work.lock(declined.competition, declined)
        if declined.state is not DecisionState.DECLINED or queries.successor(declined):
            raise StateConflict("promoted", _l("This grant has already been given on."))
        _refuse_date(declined.competition, decided_on)
        standing = {d.application.number: d for d in queries.standing(declined.competition)}
        following = next_in_reserve({n: (d.outcome, d.place) for n, d in standing.items() if n})
        if following is None:
            raise NotReady("empty_reserve", _l("Nobody is left in reserve."))
        reserve = standing[following]
        reserve.state = DecisionState.REPLACED
        db.session.flush()
        ordinal = _count(declined.competition) + 1
        promoted = work.add(
            Decision(
                competition_id=declined.competition_id,
                application_id=reserve.application_id,
                outcome=Outcome.APPROVE,
                number=decision_number(declined.competition.code, ordinal),
                decided_on=decided_on,
                place=reserve.place,
                total=reserve.total,
                promoted_from_id=reserve.id,
                in_place_of_id=declined.id,
            )
        )
        _sign(promoted, actor)
        promoted.state = DecisionState.PUBLISHED
        promoted.published_at = clock.now()
        db.session.flush()
        _send_letter(work, promoted)
        return promoted


def _count(competition: Competition) -> int:
    return db.session.scalars(
        select(func.count()).where(
            Decision.competition_id == competition.id, Decision.number.is_not(None)
        )
    ).one()


def _send_letter(work: Work, decision: Decision) -> None:
    """Freeze the letter's words and tell the applicant's people that it is there."""
    application = decision.application
    work.add(
        Letter(
            decision_id=decision.id,
            language=application.language,
            content=letters.compose(decision),
            sent_at=clock.now(),
        )
    )
    for person in applicants(application):
        work.send(
            "awards/promoted" if decision.promoted_from_id else "awards/decision",
            to=person,
            key=f"decision:{decision.id}:{person.id}",
            decision=decision,
            application=application,
            competition=decision.competition,
            url=page_url("own_decision.decision", application=application),
        )
