"""Deciding: draft, sign, publish, decline, promote. Each verb is one transaction."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.core import clock, formats
from portal.core.accounts.models import DECIDING, Person, Role
from portal.core.accounts.rights import holds
from portal.core.db import db
from portal.core.errors import Invalid, NotReady, StateConflict, trigger
from portal.core.messages.links import page_url
from portal.core.work import Work, unit_of_work
from portal.grants.applications.correspondence import service as correspondence
from portal.grants.applications.models import Counted
from portal.grants.awards import letters, queries
from portal.grants.awards.models import Decision, DecisionState, Outcome
from portal.grants.awards.rights import can_be_declined
from portal.grants.awards.rules import decision_number, keeps_words, may_become, published_points
from portal.grants.competitions.models import Competition
from portal.grants.competitions.rules import CompetitionEvent, state_after
from portal.grants.competitions.service import move
from portal.grants.evaluation.ranking.approval import proposed, ties_broken
from portal.grants.evaluation.ranking.queries import Approval, Ranking, ranking_for, ranking_of
from portal.grants.evaluation.visibility import REASONS, Sight, of_the_board

SIGNED = _l("This decision is signed. What is signed does not change.")

trigger(
    SIGNED,
    "decisions_signed",
    "decisions_published",
    "decisions_kept",
)


def propose_decisions(actor: Person, competition: Competition) -> list[Decision]:
    """Draft a decision for each judged application, as the committee has approved the ranking.

    Texts of earlier drafts are kept if they still fit. Raises NotReady with what is missing
    (sheets, declarations, votes) or differs from the approved ranking, StateConflict once decided.
    """
    with unit_of_work(actor, "decisions.proposed", competition) as work:
        work.lock(competition)
        move(competition, CompetitionEvent.PROPOSE)
        ranking = ranking_of(competition)
        approval = _approved(actor, competition, ranking)
        found = {draft.application_id: draft for draft in queries.current_decisions(competition)}
        work.lock(*found.values())
        judged = (*_ranked(ranking, approval), *_ineligible(competition))
        said = {one["application_id"]: one for one in judged}
        for key in found.keys() - said.keys():
            work.delete(found[key])
        drafts = []
        for key, counted in queries.named(competition).items():
            if key in said:
                draft = found.get(key) or work.add(Decision(competition=competition))
                _write(draft, approval, counted, said[key])
                drafts.append(draft)
        return drafts


def _approved(actor: Person, competition: Competition, ranking: Ranking) -> Approval:
    """The approval of the ranking. Raises NotReady, with a message open to the actor."""
    if ranking.approval is None or ranking.blockers:
        raise NotReady(
            "evaluation_unfinished",
            _l("The evaluation is not finished."),
            [blocker.in_full for blocker in ranking_for(actor, competition).blockers],
        )
    return ranking.approval


Said = dict[str, Any]
"""What is decided about one application, by the names of the decision's columns."""


def _ranked(ranking: Ranking, approval: Approval) -> Iterable[Said]:
    outcomes = {number: Outcome(code) for number, code in proposed(approval.facts).items()}
    broken = ties_broken(approval.facts)
    for entry in ranking.entries:
        outcome = outcomes[entry.number]
        yield {
            "application_id": entry.application_id,
            "outcome": outcome,
            "place": entry.place,
            "total": published_points(entry.total),
            "by_criteria": broken[entry.number][0],
            "by_vote": broken[entry.number][1],
            "reasons": letters.usual_reasons(ranking, entry, outcome),
        }


def _ineligible(competition: Competition) -> Iterable[Said]:
    for check in queries.ineligible(competition):
        yield {
            "application_id": check.application_id,
            "outcome": Outcome.REJECT,
            "place": None,
            "total": None,
            "by_criteria": [],
            "by_vote": False,
            "reasons": letters.ineligible_reasons(check),
        }


def _write(draft: Decision, approval: Approval, counted: Counted, said: Said) -> None:
    """Update a draft from the valid application."""
    if keeps_words((draft.outcome, draft.total), (said["outcome"], said["total"])):
        said = {**said, "outcome": draft.outcome, "reasons": draft.reasons}
    else:
        draft.conditions = ""
    draft.vote_id = approval.vote.id
    draft.title, draft.applicant = counted.title, counted.applicant
    draft.registration_number = counted.registration_number
    for name, value in said.items():
        setattr(draft, name, value)
    if draft.signed_at and db.session.is_modified(draft):
        _unsign(draft)


def edit_draft(
    actor: Person,
    decision: Decision,
    *,
    outcome: Outcome,
    conditions: str,
    reasons: str,
    version: int,
) -> None:
    """Set outcome and texts of a draft. The committee's order is binding: an award may only get
    conditions.

    Raises Invalid for `outcome`, `conditions` or `reasons`, StateConflict once it is signed,
    StaleForm.
    """
    with unit_of_work(actor, "decision.worded", decision) as work:
        work.lock(decision)
        if decision.state is not DecisionState.DRAFTED:
            raise StateConflict("signed", SIGNED)
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
        _unsign(decision)
        decision.outcome = outcome
        decision.conditions = conditions if outcome is Outcome.CONDITIONS else ""
        decision.reasons = reasons


def sign_off(actor: Person, competition: Competition, *, decided_on: date) -> None:
    """The head signs all drafts, after a deputy signed those from which a conflict of interest bars
    the head; they get their numbers and become unchangeable.

    Raises NotReady if texts, a deputy's signature or the head's declaration are missing, or with
    what differs from the approved ranking; Invalid for `decided_on`.
    """
    with unit_of_work(actor, "decisions.signed", competition) as work:
        work.lock(competition)
        move(competition, CompetitionEvent.SIGN_OFF)
        competition.decided_at = clock.now()
        decisions = queries.current_decisions(competition)
        work.lock(*decisions)
        _refuse_unsaid(decisions)
        _refuse_unsigned(actor, competition, decisions)
        _refuse_changed(actor, competition, decisions, _DRAFTS_MOVED)
        _refuse_date_of_drafts(decided_on, decisions)
        first = queries.next_ordinal(competition)
        for ordinal, decision in enumerate(decisions, start=first):
            decision.number = decision_number(competition.code, ordinal)
            if decision.signed_at is None:
                _sign(decision, actor, competition, decided_on)
            decision.state = DecisionState.SIGNED


_DRAFTS_MOVED = _l(
    "The drafts no longer follow what the committee has approved. Draft the decisions again; where"
    " the ranking has changed, the committee approves it anew before that."
)


def sign_as_deputy(actor: Person, competition: Competition, *, decided_on: date) -> None:
    """A deputy signs the drafts from which a conflict of interest bars the head, before the head
    signs the others.

    Raises StateConflict if none waits for this deputy, otherwise as `sign_off`.
    """
    with unit_of_work(actor, "decisions.signed_as_deputy", competition) as work:
        work.lock(competition)
        state_after(competition, CompetitionEvent.SIGN_OFF, clock.now())
        decisions = queries.current_decisions(competition)
        waiting = queries.for_deputy(decisions)
        kept = queries.keeps_from(actor, waiting)
        mine = [one for one in waiting if one.application_id not in kept]
        if Sight.UNDECLARED in kept.values():
            raise NotReady("undeclared", REASONS[Sight.UNDECLARED])
        if not mine:
            raise StateConflict(
                "nothing_to_sign", _l("No decision waits for your signature as deputy.")
            )
        work.lock(*mine)
        _refuse_unsaid(mine)
        _refuse_changed(actor, competition, decisions, _DRAFTS_MOVED)
        _refuse_date_of_drafts(decided_on, mine)
        for decision in mine:
            _sign(decision, actor, competition, decided_on, as_deputy=True)
        work.note(applications=[one.application.number for one in mine])


def _refuse_unsigned(head: Person, competition: Competition, decisions: Sequence[Decision]) -> None:
    """Refuse drafts that the head may not sign and no deputy has signed."""
    kept = queries.keeps_from(head, [one for one in decisions if one.signed_at is None])
    if not kept:
        return
    if Sight.UNDECLARED in kept.values():
        raise NotReady("undeclared", REASONS[Sight.UNDECLARED])
    theirs = [one for one in decisions if one.application_id in kept]
    if deputies := queries.deputies_for(competition, theirs):
        who = _("Deputy: %(names)s", names=", ".join(one.name for one in deputies))
    else:
        who = _(
            "No deputy without a conflict has been named. An administrator enters one, by an order."
        )
    raise NotReady(
        "deputy",
        _l("You have a conflict of interest here. A deputy signs these decisions before you sign."),
        [*(one.application.number or "" for one in theirs), who],
    )


def _refuse_unsaid(decisions: Sequence[Decision]) -> None:
    """Refuse missing drafts, and rejections without reasons."""
    if not decisions:
        raise NotReady("no_drafts", _l("No decisions have been drafted yet."))
    silent = [d for d in decisions if d.outcome is Outcome.REJECT and not d.reasons]
    if silent:
        raise NotReady(
            "no_reasons",
            _l("Some rejections have no reasons."),
            [decision.application.number or "" for decision in silent],
        )


def _refuse_changed(
    actor: Person, competition: Competition, decisions: Sequence[Decision], refusal: LazyString
) -> None:
    """Refuse decisions that differ from what the committee has approved, listing the
    differences."""
    if found := queries.changed_since(ranking_for(actor, competition), decisions):
        raise NotReady("ranking_moved", refusal, found)


def _refuse_date_of_drafts(decided_on: date, drafts: Sequence[Decision]) -> None:
    """Refuse a date before the close of the call, or the meeting that approved the drafts."""
    met_at = max(drafts[0].competition.deadline, drafts[0].vote.meeting.held_at)
    _refuse_date(
        decided_on,
        clock.day_of(met_at),
        _l("Decisions are dated from the meeting, %(first)s, to today."),
    )


def _refuse_date(decided_on: date, earliest: date, refusal: LazyString) -> None:
    if not earliest <= decided_on <= clock.today():
        first = formats.short_date(earliest)
        raise Invalid("decided_on", str(refusal) % {"first": first}, "decided_on")


def _sign(
    decision: Decision,
    actor: Person,
    competition: Competition,
    decided_on: date,
    *,
    as_deputy: bool = False,
) -> None:
    decision.decided_on, decision.as_deputy = decided_on, as_deputy
    decision.signed_by_id, decision.signatory = actor.id, actor.name
    decision.organiser = competition.municipality.organiser
    decision.signatory_role = competition.municipality.signatory_role
    decision.signed_at = clock.now()


def _unsign(draft: Decision) -> None:
    """Remove a deputy's signature from a draft that is changed."""
    draft.decided_on = draft.signed_by_id = draft.signatory = None
    draft.organiser = draft.signatory_role = draft.signed_at = None
    draft.as_deputy = False


def take_back_signature(actor: Person, competition: Competition, *, reason: str) -> None:
    """Take back the signature of all decisions before they are published.

    The signed ones are kept with number and reason, and replaced by drafts with the same texts.
    Raises StateConflict if nothing is signed, or it is published.
    """
    with unit_of_work(actor, "decisions.taken_back", competition) as work:
        work.lock(competition)
        move(competition, CompetitionEvent.TAKE_BACK)
        competition.decided_at = None
        signed = queries.current_decisions(competition)
        work.lock(*signed)
        for decision in signed:
            decision.state = DecisionState.TAKEN_BACK
            decision.taken_back_at, decision.taken_back_reason = clock.now(), reason
        db.session.flush()  # makes room for the current ones
        for decision in signed:
            work.add(decision.copy())
        work.note(reason=reason, decisions=len(signed))


def publish(actor: Person, competition: Competition) -> None:
    """Publish the results: page, open data and letters at once. Each letter is sent once.

    Raises StateConflict if they are published already or not yet signed, NotReady with what differs
    from the approved ranking.
    """
    with unit_of_work(actor, "results.published", competition) as work:
        work.lock(competition)
        move(competition, CompetitionEvent.PUBLISH)
        now = competition.published_at = clock.now()
        decisions = queries.current_decisions(competition)
        _refuse_changed(
            actor,
            competition,
            decisions,
            _l(
                "What is signed is no longer what the committee has approved. Take the"
                " signature back; when the committee has approved the ranking anew, the"
                " decisions are drafted again."
            ),
        )
        for decision in decisions:
            decision.state = DecisionState.PUBLISHED
            decision.published_at = now
            _send_letter(work, decision)


def decline(actor: Person, decision: Decision, *, reason: str) -> None:
    """Decline a grant as its applicant. The board is notified of the next in reserve.

    Raises StateConflict if the decision is no published grant, or was declined already.
    """
    with unit_of_work(actor, "grant.declined", decision) as work:
        work.lock(decision)
        if not can_be_declined(decision):
            raise StateConflict("not_a_grant", _l("There is no grant here to decline."))
        decision.state = DecisionState.DECLINED
        decision.declined_at = clock.now()
        decision.decline_reason = reason
        template, matter = "awards/declined", f"declined:{decision.id}"
        correspondence.write(
            work,
            decision.application,
            template,
            matter=matter,
            decision=decision,
            url=page_url("own_decision.decision", application=decision.application),
        )
        for person in of_the_board(decision.application, DECIDING):
            work.send(
                template,
                to=person,
                key=f"{matter}:{person.id}",
                decision=decision,
                application=decision.application,
                competition=decision.competition,
                url=page_url("decisions.decisions", competition=decision.competition),
            )


def promote(actor: Person, declined: Decision, *, decided_on: date) -> Decision:
    """Give a declined grant to the next in reserve: a new decision, signed, published and sent.

    Raises StateConflict if it was given on already, NotReady if the reserve is empty, Invalid for
    `decided_on`.
    """
    competition = declined.competition
    with unit_of_work(actor, "grant.promoted", declined) as work:
        work.lock(competition, declined)
        if declined.state is not DecisionState.DECLINED or queries.successor(declined):
            raise StateConflict("promoted", _l("This grant has already been given on."))
        _refuse_date(
            decided_on,
            clock.day_of(declined.declined_at or clock.now()),
            _l("This decision is dated from %(first)s, when the grant was declined, to today."),
        )
        reserve = queries.first_in_reserve(competition)
        if reserve is None:
            raise NotReady("empty_reserve", _l("Nobody is left in reserve."))
        # The next in reserve may have changed since the right was checked.
        if kept := queries.keeps_from(actor, [declined, reserve]):
            raise StateConflict("conflict", REASONS[next(iter(kept.values()))])
        reserve.state = DecisionState.REPLACED
        db.session.flush()
        promoted = work.add(
            reserve.copy(
                outcome=Outcome.APPROVE,
                number=decision_number(competition.code, queries.next_ordinal(competition)),
                reasons="",
                promoted_from_id=reserve.id,
                in_place_of_id=declined.id,
            )
        )
        as_deputy = not holds(actor, Role.HEAD, competition.municipality_id)
        _sign(promoted, actor, competition, decided_on, as_deputy=as_deputy)
        promoted.state = DecisionState.PUBLISHED
        promoted.published_at = clock.now()
        db.session.flush()
        _send_letter(work, promoted)
        return promoted


def _send_letter(work: Work, decision: Decision) -> None:
    """Store the letter, and notify the applicant."""
    correspondence.write(
        work,
        decision.application,
        "awards/promoted" if decision.promoted_from_id else "awards/decision",
        matter=decision.matter,
        content=letters.compose(decision),
        decision=decision,
        url=page_url("own_decision.decision", application=decision.application),
    )
