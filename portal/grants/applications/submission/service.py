"""The verbs by which an application is submitted and withdrawn.

Order of locks: the application, then its competition.
"""

import hashlib
import json
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from portal.core import ordering
from portal.core.accounts.models import Person
from portal.core.db import db
from portal.core.errors import NotReady, StaleForm, StateConflict, trigger
from portal.core.messages.links import page_url
from portal.core.periods import whole_second
from portal.core.work import Work, unit_of_work
from portal.grants.applications import hooks, obstacles, queries, rules
from portal.grants.applications.correspondence import service as correspondence
from portal.grants.applications.drafts.service import (
    NotOpen,
    require_eligible,
    require_open,
    require_writable,
)
from portal.grants.applications.models import Application, ApplicationState, Submission
from portal.grants.applications.queries import Draft
from portal.grants.applications.register import service as register
from portal.grants.applications.rules import WORKFLOW, ApplicationEvent, Arrival, TermsReference
from portal.grants.competitions.cached_terms import terms_digest_of
from portal.grants.competitions.models import Competition

trigger(_l("The deadline has passed"), "submissions_in_time")


class Same(Exception):
    """The same content is submitted already: roll back. Not an error."""


def submit(
    actor: Person, application: Application, *, seen: str, received_at: datetime
) -> Submission:
    """Submit the draft: freeze a revision, number and seal it, send receipts.

    `seen` is the print of the checked draft. If the same content is submitted already, that
    submission is returned, even after the deadline.

    Raises NotOpen outside of the call's time, StaleForm if the draft has changed since it was
    checked, NotReady with what is missing, StateConflict at the organisation's limit.
    """
    try:
        with unit_of_work(actor, "application.submitted", application) as work:
            work.lock(application, application.competition)
            draft = queries.draft(application)
            if any(not draft.differs_from(current) for current in _current(application)):
                raise Same
            require_writable(application, received_at)
            if seen != print_of(draft):
                raise StaleForm(
                    _l("The application has changed since you checked it. Look at it once more.")
                )
            require_eligible(application.competition, application.organisation)
            if missing := obstacles.obstacles(draft):
                raise NotReady(
                    "incomplete",
                    _l("The application is not complete yet."),
                    [one.in_full for one in missing],
                )
            submission = enter(work, draft, Arrival(received_at))
            correspondence.write(
                work,
                application,
                "applications/received",
                matter=f"received:{submission.id}",
                submission=submission,
                url=page_url("submission.receipt", application=application),
            )
    except Same:
        (submission,) = _current(application)
    return submission


def _current(application: Application) -> list[Submission]:
    """The valid submission, if there is one."""
    return [one for one in application.submissions if one.superseded_at is None]


def print_of(draft: Draft) -> str:
    """A print of a draft's content, for the page on which it is checked."""
    # Not canonical as a seal is: the print is compared here alone, and takes a tenth of the time.
    written = json.dumps(draft.unnumbered, sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()[:32]


def enter(work: Work, draft: Draft, arrival: Arrival) -> Submission:
    """Number, freeze and seal the present answers; application and competition are locked.

    Part of the verbs that submit and register.
    """
    application, competition = draft.application, draft.application.competition
    _require_below_limit(competition, application)
    if application.number is None:
        application.ordinal = ordering.next_number(
            Application.ordinal, Application.competition_id == competition.id
        )
        application.number = rules.number_of(competition.code, application.ordinal)
    application.state = WORKFLOW.next(application, application.state, ApplicationEvent.SUBMIT)
    application.withdrawn_at = None
    for former in _current(application):
        former.superseded_at = whole_second(arrival.received_at)
    db.session.flush()
    revision = len(application.submissions) + 1
    content = rules.sealed_content(
        number=application.number,
        revision=revision,
        arrival=arrival,
        submitted_by=work.actor.name if work.actor else "",
        terms=TermsReference(
            competition.terms_version,
            terms_digest_of(competition),
            competition.title.to_json(),
            competition.organiser.to_json(),
        ),
        **draft.substance(),
    )
    submission = work.add(
        Submission(
            application=application,
            revision=revision,
            submitted_at=whole_second(arrival.received_at),
            submitted_by_id=work.actor_id,
            partner_id=application.partner_id,
            sort_name=application.organisation.sort_name,
            terms_version=competition.terms_version,
            content=content,
            seal=rules.seal(content),
        )
    )
    work.note(number=application.number, revision=revision, seal=submission.seal)
    if revision > 1:
        hooks.submitted_anew(work, application)
    register.enter_late(work, competition, submission)
    return submission


def _require_below_limit(competition: Competition, application: Application) -> None:
    """Enforce the limit of one organisation's applications; the competition is locked."""
    limit = competition.applications_per_organisation
    if limit is None:
        return
    others = db.session.scalar(
        select(func.count(Application.id)).where(
            Application.competition_id == competition.id,
            Application.organisation_id == application.organisation_id,
            Application.state == ApplicationState.SUBMITTED,
            Application.id != application.id,
        )
    )
    if (others or 0) >= limit:
        raise StateConflict(
            "no_more_applications",
            _l(
                "This organisation has already submitted as many applications in this call as it"
                " may. Withdraw another one to submit this."
            ),
        )


def withdraw(actor: Person, application: Application, *, received_at: datetime) -> None:
    """Withdraw a submitted application; its answers stay, and it can be submitted anew.

    Raises NotOpen after the deadline, StateConflict if it is not submitted.
    """
    with unit_of_work(actor, "application.withdrawn", application) as work:
        work.lock(application, application.competition)
        require_open(application.competition, received_at)
        if application.competition.register_closed_at is not None:  # in time, processed too late
            raise NotOpen(
                "register_closed",
                _l("The register has been closed. Write to the board to withdraw."),
            )
        application.state = WORKFLOW.next(application, application.state, ApplicationEvent.WITHDRAW)
        application.withdrawn_at = whole_second(received_at)
        for submission in _current(application):
            submission.superseded_at = application.withdrawn_at
        correspondence.write(
            work,
            application,
            "applications/withdrawn",
            matter=f"withdrawn:{application.id}:{application.withdrawn_at.isoformat()}",
            url=page_url("applications.task_list", application=application),
        )
