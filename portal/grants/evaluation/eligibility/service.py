"""The board's verbs of the eligibility check."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm.attributes import flag_modified

from portal.core import clock
from portal.core.accounts.models import Person
from portal.core.arrival import all_received
from portal.core.db import db
from portal.core.errors import Invalid, NotReady, StateConflict, constraint, trigger
from portal.core.messages.links import page_url
from portal.core.periods import has_come
from portal.core.questions.models import AnswerSet
from portal.core.work import Work, unit_of_work
from portal.grants.applications.correspondence import service as correspondence
from portal.grants.applications.models import Application
from portal.grants.competitions.cached_terms import sections_of
from portal.grants.evaluation.eligibility import queries, rules
from portal.grants.evaluation.eligibility.models import (
    CheckState,
    Clarification,
    EligibilityAnswer,
    EligibilityCheck,
)
from portal.grants.evaluation.eligibility.rules import WORKFLOW, Answered, CheckEvent
from portal.grants.evaluation.preconditions import require_under_evaluation

constraint(
    "ck_eligibility_checks_second_person",
    _l("A rejection has to be confirmed by a second person."),
)
trigger(
    _l("This check is decided already."),
    "eligibility_checks_decided",
    "eligibility_answers_decided",
)
constraint("uq_clarifications_waiting", _l("The applicant has been asked already."))
constraint("uq_eligibility_checks_application_id", _l("Somebody else saved this first."))


def answer(
    actor: Person, application: Application, answers: Mapping[str, Answered], *, version: int
) -> EligibilityCheck:
    """Save answers to criteria, possibly incomplete. `version` is 0 before the first.

    Raises Invalid for the field of a missing reason, StaleForm, StateConflict once it is decided.
    """
    with unit_of_work(actor, "eligibility.answered", application) as work:
        check = _begin(work, application, version)
        if check.state not in (CheckState.OPEN, CheckState.CLARIFYING):
            raise StateConflict("decided", _l("This check is decided already."))
        _keep(actor, application, check, answers)
    return check


def accept(
    actor: Person, application: Application, answers: Mapping[str, Answered], *, version: int
) -> None:
    """Find the application eligible. Raises NotReady unless every criterion is met, StaleForm."""
    with unit_of_work(actor, "eligibility.accepted", application) as work:
        check = _begin(work, application, version)
        _keep(actor, application, check, answers)
        criteria = queries.criteria(application.competition)
        if not rules.can_accept([c.key for c in criteria], queries.answered(check, criteria)):
            raise NotReady(
                "not_met", _l("Every criterion has to be met for the application to be eligible.")
            )
        check.state = WORKFLOW.next(check, check.state, CheckEvent.ACCEPT)
        check.proposed_by_id, check.proposed_at = actor.id, clock.now()


def propose_rejection(
    actor: Person, application: Application, answers: Mapping[str, Answered], *, version: int
) -> None:
    """Propose to reject the application; a second person confirms it. Raises NotReady, StaleForm.

    Every criterion has to be answered, and at least one with no.
    """
    with unit_of_work(actor, "eligibility.rejection_proposed", application) as work:
        check = _begin(work, application, version)
        _keep(actor, application, check, answers)
        criteria = queries.criteria(application.competition)
        if not rules.can_reject([c.key for c in criteria], queries.answered(check, criteria)):
            raise NotReady(
                "not_answered",
                _l("To reject, answer every criterion with yes or no, and at least one with no."),
            )
        check.state = WORKFLOW.next(check, check.state, CheckEvent.PROPOSE)
        check.proposed_by_id, check.proposed_at = actor.id, clock.now()
        check.returned_note = ""


def confirm_rejection(actor: Person, application: Application, *, version: int) -> None:
    """Confirm a rejection proposed by another person. Raises StateConflict."""
    with unit_of_work(actor, "eligibility.rejected", application) as work:
        check = _begin(work, application, version)
        if check.proposed_by_id == actor.id:
            raise StateConflict(
                "second_person",
                _l("You have proposed this rejection. Somebody else has to confirm it."),
            )
        check.state = WORKFLOW.next(check, check.state, CheckEvent.CONFIRM)
        check.confirmed_by_id, check.confirmed_at = actor.id, clock.now()


def return_rejection(actor: Person, application: Application, *, note: str, version: int) -> None:
    """Return a proposed rejection for another check, with a note. Raises StateConflict."""
    with unit_of_work(actor, "eligibility.rejection_returned", application) as work:
        check = _begin(work, application, version)
        check.state = WORKFLOW.next(check, check.state, CheckEvent.RETURN)
        check.proposed_by_id = check.proposed_at = None
        check.returned_note = note


def reopen(actor: Person, application: Application, *, note: str, version: int) -> None:
    """Open a decided check again, with a reason, until the competition is decided.

    The answers stay and can be changed; a rejection needs its second person anew. The application's
    score sheets count again once it is eligible again. Raises StateConflict, StaleForm.
    """
    with unit_of_work(actor, "eligibility.reopened", application) as work:
        check = _begin(work, application, version)
        WORKFLOW.next(check, check.state, CheckEvent.REOPEN)
        open_again(check, note)


def open_again(check: EligibilityCheck, note: str) -> None:
    """Part of a verb that returns a check: a rejection needs its second person anew."""
    check.state, check.returned_note = CheckState.OPEN, note
    check.proposed_by_id = check.proposed_at = None
    check.confirmed_by_id = check.confirmed_at = None


def ask(
    actor: Person,
    application: Application,
    *,
    question_keys: Sequence[str],
    message: str,
    until: datetime,
) -> Clarification:
    """Open these answers and files to the applicant until an instant, and write to them.

    Raises Invalid for `questions` that are not of the form, for `until` in the past; StateConflict.
    """
    with unit_of_work(actor, "clarification.asked", application) as work:
        check = _begin(work, application)
        known = {
            q.key for section in sections_of(application.competition) for q in section.questions
        }
        if not question_keys or not set(question_keys) <= known:
            raise Invalid("questions", _l("Choose what may be changed."), "questions")
        if has_come(until, clock.now()):
            raise Invalid("until", _l("Choose a day that is still to come."), "until")
        check.state = WORKFLOW.next(check, check.state, CheckEvent.ASK)
        clarification = work.add(
            Clarification(
                check_id=check.id,
                answer_set=AnswerSet(
                    form=application.competition.form, opened=dict.fromkeys(question_keys, "")
                ),
                message=message,
                asked_at=clock.now(),
                asked_by_id=actor.id,
                until=until,
            )
        )
        correspondence.write(
            work,
            application,
            "evaluation/clarification_asked",
            matter=f"clarification:{clarification.id}",
            clarification=clarification,
            url=page_url("clarifications.reply", application=application),
        )
    return clarification


def take_back(actor: Person, application: Application) -> None:
    """Close the open clarification without a reply. Raises StateConflict if there is none."""
    with unit_of_work(actor, "clarification.taken_back", application) as work:
        check = _begin(work, application)
        open_question = queries.waiting(check)
        check.state = WORKFLOW.next(check, check.state, CheckEvent.TAKE_BACK)
        if open_question is not None:
            open_question.closed_at = clock.now()


def _begin(work: Work, application: Application, version: int | None = None) -> EligibilityCheck:
    """The check, locked, in the version that was seen; a new one if there is none.

    Continuing the check ends an overdue clarification.
    """
    require_under_evaluation(work, application.competition)
    check = queries.check_of(application)
    if check is None:
        check = work.add(
            EligibilityCheck(
                application_id=application.id, state=CheckState.OPEN, answers=[], clarifications=[]
            )
        )
        db.session.flush()
        return check
    if version is None:
        work.lock(check)
    else:
        work.expect(check, version)
    asked = queries.waiting(check)
    if asked is not None and all_received(asked.until):
        asked.closed_at = clock.now()
        check.state = WORKFLOW.next(check, check.state, CheckEvent.LAPSE)
    return check


def _keep(
    actor: Person,
    application: Application,
    check: EligibilityCheck,
    answers: Mapping[str, Answered],
) -> None:
    unexplained = rules.owes_reason(answers)
    if unexplained:
        raise Invalid("reason", _l("Say why."), f"reason_{unexplained[0]}")
    flag_modified(check, "state")  # a new version, since answers are part of the check
    by_criterion = {one.criterion_id: one for one in check.answers}
    # Read here: to load an expired actor flushes, and an answer below is not whole until its end.
    actor_id = actor.id
    for criterion in queries.criteria(application.competition):
        given = answers.get(criterion.key)
        one = by_criterion.get(criterion.id)
        if given is None:
            continue
        if one is None:
            one = EligibilityAnswer(criterion_id=criterion.id)
            check.answers.append(one)
        elif (one.verdict, one.reason) == (given.verdict, given.reason):
            continue
        one.verdict, one.reason = given.verdict, given.reason
        one.answered_by_id, one.answered_at = actor_id, clock.now()
