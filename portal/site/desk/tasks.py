"""What waits for a person of the board, oldest first; each kind of work is one query."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, load_only

from portal.core import clock, formats
from portal.core.access import decide
from portal.core.accounts.claims.queries import first_waiting
from portal.core.accounts.models import DECIDING, Person, Role, RoleGrant
from portal.core.accounts.rights import scopes
from portal.core.arrival import taken_in
from portal.core.db import db
from portal.core.periods import in_time
from portal.grants.applications.correspondence.models import Letter
from portal.grants.applications.correspondence.queries import to_post
from portal.grants.applications.models import Application, Counted
from portal.grants.applications.models import State as ApplicationState
from portal.grants.awards.models import PAST, Decision, DecisionState
from portal.grants.awards.queries import changed_since, for_deputy, keeps_from
from portal.grants.awards.rights import Right
from portal.grants.competitions.inquiries.models import Inquiry
from portal.grants.competitions.models import Competition, State
from portal.grants.competitions.queries import in_phase
from portal.grants.competitions.rules import Phase
from portal.grants.evaluation.committee.models import CommitteeRole
from portal.grants.evaluation.models import (
    CheckState,
    Clarification,
    EligibilityCheck,
    Meeting,
)
from portal.grants.evaluation.ranking.queries import ranking_of
from portal.grants.evaluation.visibility import unconflicted, undeclared

MANY = 5  # from so many of one kind in one competition, they become one line


@dataclass(frozen=True, slots=True)
class Task:
    """One line of the desk: a verb, where it is done, since when it waits."""

    text: str
    url: str
    since: datetime
    note: str = ""


def tasks(actor: Person) -> list[Task]:
    """Everything that waits for the actor, the longest wait first."""
    officer, head = scopes(actor, Role.OFFICER), scopes(actor, Role.HEAD)
    deputy, deciding = scopes(actor, Role.DEPUTY), scopes(actor, *DECIDING)
    prepared = _prepared(deciding) if deciding else []
    found: list[Task] = []
    if officer:
        found += _eligibility(actor, officer)
        found += _clarified(actor, officer)
        found += _uncommitted(officer)
        found += _questions(officer)
        found += _undrafted(officer)
        found += _redrafts(_in(officer, prepared))
        found += _unannounced(officer)
        found += _letters(actor)
        found += _claims(actor)
    if deciding:
        found += _second_person(actor, deciding)
        found += _undeclared(actor, deciding)
    if deputy:
        found += _deputies(actor, _in(deputy, prepared))
    if head:
        found += _signatures(_in(head, prepared))
        found += _publications(_in(head, prepared))
    if head | deputy:
        found += _declined(actor, head | deputy)
    return sorted(found, key=lambda task: task.since)


def _in(scope: frozenset[UUID], prepared: Iterable["Prepared"]) -> list["Prepared"]:
    return [one for one in prepared if one.competition.municipality_id in scope]


def _of(scope: Iterable[UUID]) -> ColumnElement[bool]:
    return Competition.municipality_id.in_(list(scope))


def _closed() -> ColumnElement[bool]:
    return in_phase(Phase.CLOSED, clock.now())


def _undeclared(actor: Person, scope: frozenset[UUID]) -> list[Task]:
    """Calls whose applications open when the actor has declared about their applicants."""
    rows = db.session.execute(
        select(Competition, func.count())
        .join(Application, Application.competition_id == Competition.id)
        .where(
            _of(scope),
            _closed(),
            Application.state == ApplicationState.SUBMITTED,
            undeclared(actor.id, Application.id),
        )
        .group_by(Competition.id)
    ).all()
    return [
        Task(
            _("Declare conflicts of interest in %(code)s", code=competition.code),
            url_for("appointments.declarations_of_board", competition=competition),
            competition.deadline,
            ngettext("%(num)s application opens then", "%(num)s applications open then", count),
        )
        for competition, count in rows
    ]


def _deputies(actor: Person, prepared: Iterable["Prepared"]) -> list[Task]:
    """Decisions from which a conflict of interest keeps the head."""
    found = []
    for one in prepared:
        if one.signed or not one.stand:
            continue
        waiting = for_deputy(one.decisions)
        if len(keeps_from(actor, waiting)) < len(waiting):
            found.append(
                Task(
                    _("Sign decisions of %(code)s as deputy", code=one.competition.code),
                    url_for("decisions.decisions", competition=one.competition),
                    one.since,
                    str(one.competition.title),
                )
            )
    return found


def _eligibility(actor: Person, scope: frozenset[UUID]) -> list[Task]:
    rows = db.session.execute(
        select(Competition, Application.number, Counted.applicant, Counted.title)
        .select_from(Application)
        .join(Competition, Competition.id == Application.competition_id)
        .join(Counted, Counted.application_id == Application.id)
        .outerjoin(EligibilityCheck, EligibilityCheck.application_id == Application.id)
        .where(
            _of(scope),
            _closed(),
            Application.state == ApplicationState.SUBMITTED,
            unconflicted(actor.id, Application.id),
            or_(EligibilityCheck.id.is_(None), EligibilityCheck.state == CheckState.OPEN),
            ~exists().where(
                Clarification.check_id == EligibilityCheck.id, Clarification.reply_id.is_not(None)
            ),
        )
        .order_by(Competition.deadline, Application.number)
    ).all()
    return _grouped(
        [(r[0], r[1], f"{r[2]}, {r[3]}", r[0].deadline) for r in rows],
        one=lambda number: _("Check the eligibility of %(number)s", number=number),
        many=lambda n: ngettext(
            "Check the eligibility of %(num)s application",
            "Check the eligibility of %(num)s applications",
            n,
        ),
        endpoint="eligibility.index",
        endpoint_of_one="eligibility.check",
    )


def _clarified(actor: Person, scope: frozenset[UUID]) -> list[Task]:
    """Checks that go on: the applicant has replied, or the time for it is over."""
    rows = db.session.execute(
        select(Competition, Application.number, Counted.applicant, Clarification)
        .select_from(Clarification)
        .join(EligibilityCheck, EligibilityCheck.id == Clarification.check_id)
        .join(Application, Application.id == EligibilityCheck.application_id)
        .join(Competition, Competition.id == Application.competition_id)
        .join(Counted, Counted.application_id == Application.id)
        .where(
            _of(scope),
            _closed(),
            unconflicted(actor.id, Application.id),
            or_(_replied(), _lapsed()),
        )
        .order_by(Clarification.asked_at)
        .options(joinedload(Clarification.reply))
    ).all()
    found = {}  # by application: of several rounds the last one
    for competition, number, applicant, asked in rows:
        found[competition.id, number] = Task(
            _("Read the clarification of %(number)s", number=number)
            if asked.reply
            else _("Go on with the check of %(number)s: no clarification came", number=number),
            url_for("eligibility.check", competition=competition, application=number),
            asked.reply.received_at if asked.reply else asked.until,
            applicant,
        )
    return list(found.values())


def _replied() -> ColumnElement[bool]:
    return and_(EligibilityCheck.state == CheckState.OPEN, Clarification.reply_id.is_not(None))


def _lapsed() -> ColumnElement[bool]:
    return and_(
        EligibilityCheck.state == CheckState.CLARIFYING,
        Clarification.reply_id.is_(None),
        Clarification.closed_at.is_(None),
        ~in_time(Clarification.until, taken_in()),
    )


def _uncommitted(scope: frozenset[UUID]) -> list[Task]:
    """Closed calls whose committee has nobody to score or to lead."""
    seated = (
        select(RoleGrant.scope_id)
        .where(RoleGrant.role.in_((CommitteeRole.CHAIR, CommitteeRole.MEMBER)), RoleGrant.is_living)
        .group_by(RoleGrant.scope_id)
        .having(func.count(RoleGrant.role.distinct()) == 2)
    )
    closed = db.session.scalars(
        select(Competition).where(
            _of(scope),
            _closed(),
            Competition.id.not_in(seated),
            exists().where(
                Application.competition_id == Competition.id,
                Application.state == ApplicationState.SUBMITTED,
            ),
        )
    )
    return [
        Task(
            _("Appoint the committee of %(code)s", code=competition.code),
            url_for("appointments.index", competition=competition),
            competition.deadline,
            str(competition.title),
        )
        for competition in closed
    ]


def _second_person(actor: Person, scope: frozenset[UUID]) -> list[Task]:
    rows = db.session.execute(
        select(Competition, Application.number, EligibilityCheck.proposed_at, Person.name)
        .select_from(EligibilityCheck)
        .join(Application, Application.id == EligibilityCheck.application_id)
        .join(Competition, Competition.id == Application.competition_id)
        .join(Person, Person.id == EligibilityCheck.proposed_by_id)
        .where(
            _of(scope),
            EligibilityCheck.state == CheckState.REJECTION_PROPOSED,
            EligibilityCheck.proposed_by_id != actor.id,
            unconflicted(actor.id, Application.id),
        )
    ).all()
    return [
        Task(
            _("Be the second person for the rejection of %(number)s", number=number),
            url_for("eligibility.check", competition=competition, application=number),
            proposed_at or competition.deadline,
            _("proposed by %(name)s", name=proposer),
        )
        for competition, number, proposed_at, proposer in rows
    ]


def _questions(scope: frozenset[UUID]) -> list[Task]:
    inquiries = db.session.scalars(
        select(Inquiry)
        .join(Inquiry.competition)
        .where(_of(scope), Inquiry.answered_at.is_(None), Inquiry.withdrawn_at.is_(None))
        .options(joinedload(Inquiry.competition))
    )
    return [
        Task(
            _("Answer a question about %(code)s", code=inquiry.competition.code),
            url_for("inquiries.index", competition=inquiry.competition),
            inquiry.asked_at,
            inquiry.question[:120],
        )
        for inquiry in inquiries
    ]


def _undrafted(scope: frozenset[UUID]) -> list[Task]:
    """Decisions to draft: a first time, or again where the committee has approved otherwise."""
    drafted = select(Decision.competition_id).where(Decision.state.not_in(PAST))
    rows = db.session.execute(
        select(Competition, func.max(Meeting.closed_at))
        .join(Meeting, Meeting.competition_id == Competition.id)
        .where(
            _of(scope), _closed(), Meeting.closed_at.is_not(None), Competition.id.not_in(drafted)
        )
        .group_by(Competition.id)
    ).all()
    return [
        Task(
            _("Draft the decisions of %(code)s", code=competition.code),
            url_for("decisions.decisions", competition=competition),
            closed_at or competition.deadline,
            str(competition.title),
        )
        for competition, closed_at in rows
    ]


@dataclass(frozen=True, slots=True)
class Prepared:
    """The decisions of a competition that are drafted or signed, and not public yet."""

    competition: Competition
    decisions: Sequence[Decision]
    signed: bool
    since: datetime
    stand: bool  # on what the committee has approved
    waits: bool  # for the committee, which has to approve anew


# A thousand rows, of which no line of the desk shows a word.
_briefly = load_only(
    *(Decision.competition_id, Decision.application_id, Decision.vote_id, Decision.state),
    *(Decision.created_at, Decision.signed_at, Decision.signed_by_id),
)


def _prepared(scope: frozenset[UUID]) -> list[Prepared]:
    found: dict[Competition, list[Decision]] = {}
    rows = db.session.scalars(
        select(Decision)
        .join(Decision.competition)
        .where(_of(scope), Decision.state.in_((DecisionState.DRAFTED, DecisionState.SIGNED)))
        .options(contains_eager(Decision.competition), _briefly)
    )
    for decision in rows:
        found.setdefault(decision.competition, []).append(decision)
    rankings = {one: ranking_of(one) for one in found if one.cancelled_at is None}
    return [
        Prepared(
            competition,
            found[competition],
            found[competition][0].state is DecisionState.SIGNED,
            max(one.signed_at or one.created_at for one in found[competition]),
            not changed_since(ranking, found[competition]),
            bool(ranking.blockers),
        )
        for competition, ranking in rankings.items()
    ]


def _redrafts(prepared: Iterable[Prepared]) -> list[Task]:
    return [
        Task(
            _("Draft the decisions of %(code)s again", code=one.competition.code),
            url_for("decisions.decisions", competition=one.competition),
            one.since,
            _("they are not what the committee has approved"),
        )
        for one in prepared
        if not (one.signed or one.stand or one.waits)
    ]


def _unannounced(scope: frozenset[UUID]) -> list[Task]:
    drafts = db.session.scalars(
        select(Competition).where(_of(scope), Competition.state == State.DRAFT)
    )
    return [
        Task(
            _("Finish and announce %(code)s", code=draft.code),
            url_for("board.show", competition=draft),
            draft.created_at,
            str(draft.title),
        )
        for draft in drafts
    ]


def _letters(actor: Person) -> list[Task]:
    """Letters without a reader of e-mail; where they are many, a line for each competition."""
    found: dict[UUID, list[Letter]] = {}
    for letter in to_post(actor):
        found.setdefault(letter.application.competition_id, []).append(letter)
    return [task for group in found.values() for task in _letters_in(group)]


def _letters_in(group: Sequence[Letter]) -> list[Task]:
    competition = group[0].application.competition
    if len(group) >= MANY:
        text = ngettext("Post %(num)s letter", "Post %(num)s letters", len(group))
        url = url_for("letters.index", competition=competition)
        return [Task(text, url, group[0].created_at, str(competition.title))]
    return [
        Task(
            _("Post a letter about %(number)s", number=one.application.number),
            url_for(
                "letters.letter", competition=competition, application=one.application, letter=one
            ),
            one.created_at,
            _("the e-mail was refused") if one.messages else _("there is no e-mail address"),
        )
        for one in group
    ]


def _claims(actor: Person) -> list[Task]:
    """People who ask to act for an organisation; an administrator may decide it first."""
    claims, number = first_waiting(actor, MANY)
    if number >= MANY:
        text = ngettext(
            "Check %(num)s request to act for an organisation",
            "Check %(num)s requests to act for organisations",
            number,
        )
        return [Task(text, url_for("claim_desk.index"), claims[0].created_at)]
    return [
        Task(
            _("Check who may act for %(name)s", name=claim.name),
            url_for("claim_desk.look", claim=claim),
            claim.created_at,
            _("%(name)s asks for the right", name=claim.claimant.name),
        )
        for claim in claims
    ]


def _signatures(prepared: Iterable[Prepared]) -> list[Task]:
    return [
        Task(
            ngettext(
                "Sign %(num)s decision of %(code)s",
                "Sign %(num)s decisions of %(code)s",
                len(one.decisions),
                code=one.competition.code,
            ),
            url_for("decisions.decisions", competition=one.competition),
            one.since,
            str(one.competition.title),
        )
        for one in prepared
        if not one.signed and one.stand and not for_deputy(one.decisions)
    ]


def _publications(prepared: Iterable[Prepared]) -> list[Task]:
    """Results to publish, or signatures to take back where the approval holds no longer."""
    found = []
    for one in prepared:
        competition = one.competition
        if one.signed and one.stand:
            text = _("Publish the results of %(code)s", code=competition.code)
            url = url_for("decisions.publish", competition=competition)
            note = _("promised by %(day)s", day=formats.short_date(competition.results_by))
            found.append(Task(text, url, one.since, note))
        elif one.signed:
            text = _("Take back the signature of the decisions of %(code)s", code=competition.code)
            url = url_for("decisions.decisions", competition=competition)
            note = _("they are not what the committee has approved")
            found.append(Task(text, url, one.since, note))
    return found


def _declined(actor: Person, scope: frozenset[UUID]) -> list[Task]:
    given = select(Decision.in_place_of_id).where(Decision.in_place_of_id.is_not(None))
    declined = db.session.scalars(
        select(Decision)
        .join(Decision.competition)
        .join(Decision.application)
        .where(
            _of(scope),
            Decision.state == DecisionState.DECLINED,
            Decision.id.not_in(given),
            unconflicted(actor.id, Application.id),
        )
        .options(
            joinedload(Decision.competition),
            joinedload(Decision.application),
        )
    )
    return [
        Task(
            _("Give on the declined grant of %(number)s", number=decision.application.number),
            url_for("decisions.promote", competition=decision.competition, decision=decision),
            decision.declined_at or clock.now(),
            decision.applicant,
        )
        for decision in declined
        if decide(Right.PROMOTE, actor, decision.competition, decision)
    ]


def _grouped(
    rows: Sequence[tuple[Competition, str | None, str, datetime]],
    *,
    one: Callable[[str], str],
    many: Callable[[int], str],
    endpoint: str,
    endpoint_of_one: str,
) -> list[Task]:
    """A line for each, or one for all of a competition where they are many."""
    by_competition: dict[UUID, list[tuple[Competition, str | None, str, datetime]]] = {}
    for row in rows:
        by_competition.setdefault(row[0].id, []).append(row)
    found: list[Task] = []
    for group in by_competition.values():
        competition = group[0][0]
        if len(group) >= MANY:
            url = url_for(endpoint, competition=competition)
            found.append(Task(many(len(group)), url, group[0][3], str(competition.title)))
            continue
        found += [
            Task(
                one(number or ""),
                url_for(endpoint_of_one, competition=competition, application=number),
                since,
                note,
            )
            for _c, number, note, since in group
        ]
    return found
