"""The verbs of a draft: start, change the partner, discard; and its AnswersOwner.

Every verb locks the application first, so that limits hold and editors take turns. Verbs that also
need the competition lock it second.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from portal.core import clock
from portal.core.accounts.models import Organisation, OrganisationKind, Person
from portal.core.db import db
from portal.core.errors import Invalid, StateConflict
from portal.core.formats import exact_instant
from portal.core.questions.answers.queries import CurrentAnswers
from portal.core.questions.answers.service import AnswersOwner
from portal.core.questions.models import AnswerSet
from portal.core.work import Work, unit_of_work
from portal.grants.applications.content import measured
from portal.grants.applications.models import Application, ApplicationState
from portal.grants.applications.rules import title_of
from portal.grants.competitions.cached_terms import sections_of
from portal.grants.competitions.models import Competition
from portal.grants.competitions.rules import Phase, phase


@dataclass(frozen=True, slots=True)
class Partner:
    """The registered organisation behind a youth group."""

    registration_number: str
    name: str
    kind: OrganisationKind


def start(
    actor: Person,
    competition: Competition,
    organisation: Organisation,
    partner: Partner | None,
    *,
    language: str,
    received_at: datetime,
) -> Application:
    """Start an application of an organisation to an open call.

    Raises StateConflict if the call is not open; Invalid if the organisation's kind is not
    eligible, the limit of applications is reached, or a youth group's partner is missing.
    """
    application = Application(
        competition=competition,
        answer_set=AnswerSet(form=competition.form),
        organisation=organisation,
        language=language,
        started_by_id=actor.id,
    )
    with unit_of_work(actor, "application.started", application) as work:
        work.lock(organisation)
        require_open(competition, received_at)
        require_eligible(competition, organisation)
        _require_below_limit(competition, organisation)
        application.partner = partner_of(work, organisation, partner)
        work.add(application)
    return application


def require_eligible(competition: Competition, organisation: Organisation) -> None:
    """Raise Invalid for a kind of organisation that the call does not accept."""
    if organisation.kind not in competition.eligible_kinds:
        raise Invalid(
            "kind_not_eligible",
            _l("This call is not open to organisations of this kind."),
            "organisation",
        )


def _require_below_limit(competition: Competition, organisation: Organisation) -> None:
    limit = competition.applications_per_organisation
    if limit is None:
        return
    alive = db.session.scalar(
        select(func.count(Application.id)).where(
            Application.competition_id == competition.id,
            Application.organisation_id == organisation.id,
            Application.state != ApplicationState.WITHDRAWN,
            Application.deleted_at.is_(None),
        )
    )
    if (alive or 0) >= limit:
        raise Invalid(
            "no_more_applications",
            _l("This organisation already has as many applications in this call as it may have."),
            "organisation",
        )


def partner_of(
    work: Work, organisation: Organisation, partner: Partner | None
) -> Organisation | None:
    """The partner's row, found by its number or added. Raises Invalid if a required one is
    missing."""
    if OrganisationKind(organisation.kind).is_registered:
        return None
    if partner is None:
        raise Invalid(
            "partner_owed",
            _l("A youth group applies together with a registered organisation. Name it."),
            "partner_number",
        )
    if partner.registration_number == organisation.registration_number:
        raise Invalid("partner_self", _l("A partner is another organisation."), "partner_number")
    number, kind = partner.registration_number, partner.kind.value
    return registered(work, number, kind=kind, name=partner.name)


def change_partner(
    actor: Person, application: Application, partner: Partner | None, *, received_at: datetime
) -> None:
    """Change the partner of a youth group's application.

    Raises Invalid if it is missing, StateConflict after the deadline.
    """
    with unit_of_work(actor, "application.partner_changed", application) as work:
        work.lock(application)
        require_writable(application, received_at)
        application.partner = partner_of(work, application.organisation, partner)


def registered(work: Work, number: str | None, **described: str) -> Organisation:
    """The organisation with this number; if there is none, a new one with these details."""
    known = number and db.session.scalar(
        select(Organisation).where(Organisation.registration_number == number)
    )
    return known or work.add(Organisation(registration_number=number, **described))


# ---------------------------------------------------------------------- answers


def answers_owner(application: Application, known: CurrentAnswers | None = None) -> AnswersOwner:
    """The application's answers, for its applicants while the call is open."""
    return AnswersOwner(
        answer_set=application.answer_set,
        sections=sections_of(application.competition),
        subject=application,
        locks=(application,),
        saved="application.part_saved",
        attached="application.file_attached",
        removed="application.file_removed",
        purpose="attachment",
        require_open=partial(require_writable, application),
        follow=partial(entitle, application),
        known=known,
    )


def entitle(application: Application, current: CurrentAnswers) -> None:
    """Update the draft's title from the answer that measures it."""
    application.draft_title = title_of(measured(current.sections, current.values))


def discard(actor: Person, application: Application) -> None:
    """Discard a draft. Raises StateConflict if it was ever submitted."""
    with unit_of_work(actor, "application.discarded", application) as work:
        work.lock(application)
        if application.state is not ApplicationState.DRAFT:
            raise StateConflict(
                "application.submitted",
                _l("This application has been submitted. It can be withdrawn, not deleted."),
            )
        application.deleted_at = application.deleted_at or clock.now()


# --------------------------------------------------------------------- deadline


class NotOpen(StateConflict):
    """The call is not open yet, or closed."""


def require_writable(application: Application, received_at: datetime) -> None:
    """Refuse what was received out of time, or for a discarded draft."""
    if application.deleted_at is not None:
        raise NotOpen("discarded", _l("This draft has been deleted meanwhile."))
    require_open(application.competition, received_at)


def require_open(competition: Competition, received_at: datetime) -> None:
    """Refuse what was received before the opening or after the deadline."""
    match phase(competition, received_at):
        case Phase.OPEN:
            return
        case Phase.CANCELLED:
            raise NotOpen("cancelled", _l("This call has been cancelled."))
        case Phase.DRAFT | Phase.ANNOUNCED:
            raise NotOpen("not_yet_open", _l("This call is not open yet."))
        case _:
            raise NotOpen(
                "too_late",
                _l(
                    "The deadline has passed. All of this was received on %(received)s; it had to"
                    " be received by %(deadline)s.",
                    received=exact_instant(received_at),
                    deadline=exact_instant(competition.deadline),
                ),
            )
