"""Queries on decisions. Before publication only the board may see them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from portal.core import clock
from portal.core.accounts.models import MUNICIPAL, ORGANISATIONAL, Person, Role, RoleGrant
from portal.core.accounts.rights import scopes
from portal.core.db import db
from portal.grants.applications.correspondence import queries as correspondence
from portal.grants.applications.correspondence.queries import Sent
from portal.grants.applications.models import Application, ApplicationState, Counted
from portal.grants.awards import letters
from portal.grants.awards.models import PAST, Decision, DecisionState, Outcome
from portal.grants.awards.rules import GRANTED, Award, Results, next_in_reserve, results_of
from portal.grants.competitions.models import Competition
from portal.grants.competitions.rules import CompetitionEvent, allows
from portal.grants.evaluation.models import CheckState, EligibilityAnswer, EligibilityCheck
from portal.grants.evaluation.ranking.queries import Ranking, ranking_for
from portal.grants.evaluation.visibility import (
    REASONS,
    Sight,
    conflict_sight,
    recused,
    sight,
    suspected,
    visible,
)

PUBLIC = (DecisionState.PUBLISHED, DecisionState.DECLINED)


def visible_decisions(actor: Person | None) -> ColumnElement[bool]:
    """The condition for decisions that the actor sees: the board its own; others published ones on
    their own applications."""
    return or_(
        Competition.municipality_id.in_(scopes(actor, *MUNICIPAL)),
        and_(
            Decision.state.in_(PUBLIC),
            Application.organisation_id.in_(scopes(actor, *ORGANISATIONAL)),
        ),
    )


def decisions(actor: Person, competition: Competition) -> Sequence[tuple[Decision, Sight]]:
    """The competition's current decisions, in ranking order, with a board member's access to
    each."""
    rows = db.session.execute(
        select(Decision, sight(conflict_sight, actor, competition))
        .join(Decision.application)
        .join(Decision.competition)
        .join(Application.organisation)
        .where(
            Decision.competition_id == competition.id,
            Decision.state.not_in(PAST),
            visible_decisions(actor),
        )
        .options(contains_eager(Decision.application).contains_eager(Application.organisation))
        .order_by(Decision.place.nulls_last(), Application.number)
    )
    return [(decision, Sight(code)) for decision, code in rows]


def in_office(competition: Competition, role: Role) -> Sequence[Person]:
    """The present heads or deputies of the competition's board, by name."""
    holding = select(RoleGrant.person_id).where(
        RoleGrant.scope_id == competition.municipality_id,
        RoleGrant.role == role,
        RoleGrant.is_living,
    )
    return db.session.scalars(
        select(Person)
        .where(Person.id.in_(holding), Person.closed_at.is_(None), Person.confirmed_at.is_not(None))
        .order_by(Person.sort_name)
    ).all()


def keeps_from(person: Person, decisions: Sequence[Decision]) -> dict[UUID, Sight]:
    """The applications of these decisions that are closed to the person, with the reason."""
    if not decisions:
        return {}
    found = sight(conflict_sight, person, decisions[0].competition)
    rows = db.session.execute(
        select(Application.id, found).where(
            Application.id.in_([one.application_id for one in decisions]),
            found != Sight.OPEN.value,
        )
    )
    return {key: Sight(code) for key, code in rows}


def for_deputy(decisions: Sequence[Decision]) -> list[Decision]:
    """The unsigned drafts from which a conflict of interest bars the head: a deputy signs them."""
    drafts = [one for one in decisions if one.signed_at is None]
    kept = keeps_the_head(drafts)
    return [one for one in drafts if one.application_id in kept]


def deputies_for(competition: Competition, waiting: Sequence[Decision]) -> list[Person]:
    """The deputies without a conflict in what waits for a deputy."""
    return [
        one
        for one in in_office(competition, Role.DEPUTY)
        if set(keeps_from(one, waiting).values()) <= {Sight.UNDECLARED}
    ]


def keeps_the_head(decisions: Sequence[Decision]) -> set[UUID]:
    """The applications of these decisions from which a conflict of interest bars the head."""
    if not decisions:
        return set()
    head = aliased(RoleGrant)
    found = db.session.scalars(
        select(Application.id)
        .join(Competition, Competition.id == Application.competition_id)
        .join(head, head.scope_id == Competition.municipality_id)
        .where(
            Application.id.in_([one.application_id for one in decisions]),
            head.role == Role.HEAD,
            head.is_living,
            or_(recused(head.person_id, Application.id), suspected(head.person_id, Application.id)),
        )
    )
    return set(found)


def current_decisions(competition: Competition) -> list[Decision]:
    """The decisions in force, for verbs, which lock the competition.

    By application: neither the numbers of decisions nor their time of writing reveal the ranking.
    """
    return list(
        db.session.scalars(
            select(Decision)
            .join(Decision.application)
            .where(Decision.competition_id == competition.id, Decision.state.not_in(PAST))
            .options(
                contains_eager(Decision.application).joinedload(Application.organisation),
                joinedload(Decision.competition).joinedload(Competition.municipality),
            )
            .order_by(Application.number)
        )
    )


def named(competition: Competition) -> dict[UUID, Counted]:
    """The valid names of submitted applications by key, in order of number."""
    rows = db.session.scalars(
        select(Counted)
        .join(Application, Application.id == Counted.application_id)
        .where(
            Application.competition_id == competition.id,
            Application.state == ApplicationState.SUBMITTED,
        )
        .order_by(Application.number)
    )
    return {row.application_id: row for row in rows}


def changed_since(ranking: Ranking, decisions: Sequence[Decision]) -> list[str]:
    """Messages on why decisions cannot be based on the committee's approval: what has appeared or
    changed since, or that it was given anew. Empty if nothing has."""
    found, approval = [line for one in ranking.blockers for line in one.lines], ranking.approval
    if approval and any(decision.vote_id != approval.vote.id for decision in decisions):
        number = approval.meeting.number
        found.append(_("Meeting No. %(number)s approved a ranking since.", number=number))
    if numbers := ", ".join(_signed_in_conflict(decisions)):
        found.append(
            _("Whoever signed it has a conflict of interest: %(numbers)s", numbers=numbers)
        )
    return found


def _signed_in_conflict(decisions: Sequence[Decision]) -> list[str]:
    """Numbers of the applications whose decision was signed by a person with a conflict in them."""
    signed = [one.id for one in decisions if one.signed_by_id is not None]
    if not signed:
        return []
    rows = db.session.scalars(
        select(Application.number)
        .join(Decision, Decision.application_id == Application.id)
        .join(Person, Person.id == Decision.signed_by_id)
        .where(
            Decision.id.in_(signed),
            or_(
                recused(Person.id, Decision.application_id),
                suspected(Person.id, Decision.application_id),
            ),
        )
        .order_by(Application.ordinal)
    )
    return [number or "" for number in rows]


def next_ordinal(competition: Competition) -> int:
    """The ordinal of the next decision: numbers are never reused."""
    given = db.session.scalars(
        select(func.count()).where(
            Decision.competition_id == competition.id, Decision.number.is_not(None)
        )
    ).one()
    return given + 1


def signer(competition: Competition) -> Person | None:
    """The head who signed the decisions in force."""
    return db.session.scalar(
        select(Person)
        .join(Decision, Decision.signed_by_id == Person.id)
        .where(Decision.competition_id == competition.id, Decision.state == DecisionState.SIGNED)
        .order_by(Decision.as_deputy)
        .limit(1)
    )


def ineligible(competition: Competition) -> Sequence[EligibilityCheck]:
    """The checks that ended in a rejection, with their answers."""
    return db.session.scalars(
        select(EligibilityCheck)
        .join(EligibilityCheck.application)
        .where(
            Application.competition_id == competition.id,
            EligibilityCheck.state == CheckState.INELIGIBLE,
        )
        .options(selectinload(EligibilityCheck.answers).joinedload(EligibilityAnswer.criterion))
        .order_by(Application.number)
    ).all()


def successor(declined: Decision) -> Decision | None:
    """The decision that gave a declined grant to another application, if any."""
    return db.session.scalar(select(Decision).where(Decision.in_place_of_id == declined.id))


def declined_without_successor(actor: Person, competition: Competition) -> Sequence[Decision]:
    """Declined grants not yet given on, in order of declining; of those that are open to the
    actor."""
    return db.session.scalars(
        select(Decision)
        .join(Decision.application)
        .where(
            Decision.competition_id == competition.id,
            is_to_give_on(),
            visible(conflict_sight, actor, competition),
        )
        .options(joinedload(Decision.application))
        .order_by(Decision.declined_at)
    ).all()


def is_to_give_on() -> ColumnElement[bool]:
    """The condition that a grant is declined and not yet given on."""
    given = select(Decision.in_place_of_id).where(Decision.in_place_of_id.is_not(None))
    return and_(Decision.state == DecisionState.DECLINED, Decision.id.not_in(given))


def own_decision(actor: Person, application: Application) -> Decision | None:
    """The published decision on one's own application."""
    return db.session.scalar(
        select(Decision)
        .join(Decision.application)
        .join(Decision.competition)
        .where(
            Decision.application_id == application.id,
            Decision.state.in_(PUBLIC),
            visible_decisions(actor),
        )
        .options(contains_eager(Decision.application).joinedload(Application.organisation))
    )


_OWN_OUTCOMES = (
    select(Decision.application_id, Decision.state, Decision.outcome)
    .join(Decision.application)
    .where(
        Decision.application_id.in_(bindparam("applications", expanding=True)),
        Decision.state.in_(PUBLIC),
        Application.organisation_id.in_(bindparam("organisations", expanding=True)),
    )
)


def own_outcomes(
    actor: Person, keys: Sequence[UUID]
) -> Sequence[tuple[UUID, DecisionState, Outcome]]:
    """Published outcomes of one's own applications, by key; one query."""
    own = {"applications": keys, "organisations": scopes(actor, *ORGANISATIONAL)}
    rows = db.session.execute(_OWN_OUTCOMES, own)
    return [(key, state, outcome) for key, state, outcome in rows]


# ------------------------------------------------------------------- pages


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A signature that was taken back: the decisions by number, the signatory, and the reason."""

    at: datetime | None
    signatory: str | None
    reason: str
    first: str | None
    last: str | None


def taken_back(competition: Competition) -> list[TakenBack]:
    """The signatures that were taken back, latest first."""
    rows = db.session.execute(
        select(
            Decision.taken_back_at,
            func.string_agg(Decision.signatory.distinct(), ", "),
            func.min(Decision.taken_back_reason),
            func.min(Decision.number),
            func.max(Decision.number),
        )
        .where(
            Decision.competition_id == competition.id,
            Decision.state == DecisionState.TAKEN_BACK,
        )
        .group_by(Decision.taken_back_at)
        .order_by(Decision.taken_back_at.desc())
    )
    return [TakenBack(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Overview:
    """The decisions of a competition as the board sees them, and the next steps."""

    decisions: Sequence[Decision]
    letters: Mapping[str, Sent]  # sent letters by matter
    granted: list[Decision]  # approved, with or without conditions, and not declined
    declined: list[Decision]
    reserve: list[Decision]
    rejected: list[Decision]
    awaiting_successor: Sequence[Decision]  # declined grants
    closed: dict[Sight, list[str]]  # numbers of those closed to the reader, by reason
    for_deputy: list[Decision]  # those that a deputy has still to sign
    deputies: list[str]  # deputies who can
    signs_as_deputy: bool  # whether the reader is one of them
    changed: Sequence[str]  # why drafts and signed decisions cannot be based on the approval
    taken_back: Sequence[TakenBack]
    step: CompetitionEvent | None  # PROPOSE, SIGN_OFF, TAKE_BACK, PUBLISH, or None

    @property
    def closed_lines(self) -> list[str]:
        """Messages on what is closed to the reader, by number rather than place."""
        return [f"{REASONS[why]} {', '.join(found)}" for why, found in self.closed.items()]

    @property
    def undeclared(self) -> bool:
        """Whether a declaration would open some of it to the reader."""
        return Sight.UNDECLARED in self.closed


def overview(actor: Person, competition: Competition) -> Overview:
    """The board's page of decisions."""
    every, now = decisions(actor, competition), clock.now()
    waiting = for_deputy([decision for decision, _seen in every])
    deputies = deputies_for(competition, waiting) if waiting else []
    found = [decision for decision, seen in every if seen is Sight.OPEN]
    steps = [
        CompetitionEvent.PUBLISH,
        CompetitionEvent.SIGN_OFF if every else CompetitionEvent.PROPOSE,
    ]
    changed: Sequence[str] = ()
    if every and not competition.published_at:
        ranking = ranking_for(actor, competition)
        changed = changed_since(ranking, [decision for decision, _seen in every])
        if changed:  # until the committee approves anew, the board has to wait
            steps = (
                [CompetitionEvent.TAKE_BACK]
                if ranking.blockers
                else [CompetitionEvent.TAKE_BACK, CompetitionEvent.PROPOSE]
            )
    return Overview(
        decisions=found,
        letters=correspondence.sent_about([d.matter for d in found if d.published_at]),
        granted=[
            d for d in found if d.outcome in GRANTED and d.state is not DecisionState.DECLINED
        ],
        declined=[d for d in found if d.state is DecisionState.DECLINED],
        reserve=[d for d in found if d.outcome is Outcome.RESERVE],
        rejected=[d for d in found if d.outcome is Outcome.REJECT],
        closed=_closed(every),
        for_deputy=waiting,
        deputies=[one.name for one in deputies],
        signs_as_deputy=actor in deputies,
        awaiting_successor=declined_without_successor(actor, competition),
        changed=changed,
        taken_back=taken_back(competition),
        step=next((event for event in steps if allows(competition, event, now)), None),
    )


def _closed(every: Iterable[tuple[Decision, Sight]]) -> dict[Sight, list[str]]:
    found: dict[Sight, list[str]] = {}
    for number, why in sorted((one.application.number or "", seen) for one, seen in every):
        if why is not Sight.OPEN:
            found.setdefault(why, []).append(number)
    return found


def letter_for(actor: Person, decision: Decision) -> dict[str, Any]:
    """The letter as a board member sees it."""
    content = letter_content(decision)
    if decision.published_at or not _keeps_from_any(actor, decision.competition):
        return content
    return letters.without_place(content)


def _keeps_from_any(person: Person, competition: Competition) -> bool:
    """Whether an application with a current decision is closed to the person."""
    closed = exists().where(
        Decision.application_id == Application.id,
        Decision.competition_id == competition.id,
        Decision.state.not_in(PAST),
        sight(conflict_sight, person, competition) != Sight.OPEN.value,
    )
    return db.session.scalars(select(closed)).one()


def letter_content(decision: Decision) -> dict[str, Any]:
    """The letter as sent; before publication, its preview."""
    letter = correspondence.letter_about(decision.matter)
    return letter.content if letter else letters.compose(decision)


def first_in_reserve(competition: Competition) -> Decision | None:
    """The next in reserve for a declined grant."""
    numbered = {d.application.number or "": d for d in current_decisions(competition)}
    number = next_in_reserve({n: (d.outcome, d.place) for n, d in numbered.items()})
    return numbered[number] if number else None


def results(*competitions: Competition) -> dict[UUID, Results]:
    """The published results of competitions by key; one query."""
    public = [c for c in competitions if c.published_at is not None]
    if not public:
        return {}
    lines: dict[UUID, list[Award]] = {c.id: [] for c in public}
    rows = db.session.scalars(
        select(Decision)
        .join(Decision.application)
        .where(Decision.competition_id.in_(lines), Decision.state.in_(PUBLIC))
        .options(contains_eager(Decision.application))
        .order_by(Decision.competition_id, Decision.place.nulls_last(), Application.number)
    )
    for decision in rows:
        lines[decision.competition_id].append(
            Award(
                number=decision.application.number or "",
                decision=decision.number or "",
                project=decision.title,
                organisation=decision.applicant,
                registration_number=decision.registration_number,
                place=decision.place,
                points=decision.total,
                outcome=decision.outcome,
                declined=decision.state is DecisionState.DECLINED,
                by_criteria=decision.by_criteria,
                by_vote=decision.by_vote,
            )
        )
    return {
        c.id: results_of(lines[c.id], c.published_at, reserve_public=c.reserve_public)
        for c in public
        if c.published_at is not None
    }
