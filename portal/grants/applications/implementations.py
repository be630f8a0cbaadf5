"""Implementations of the hooks of competitions, claims and `flask verify`."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, literal, select

from portal.core import clock
from portal.core.accounts.claims import hooks as claims
from portal.core.accounts.claims.hooks import Dealt
from portal.core.accounts.claims.models import Capacity
from portal.core.accounts.models import Person, Role
from portal.core.accounts.rights import scopes
from portal.core.audit import hooks as audit
from portal.core.db import db
from portal.grants.applications import obstacles
from portal.grants.applications.correspondence import queries as letters
from portal.grants.applications.correspondence.service import write_to_all
from portal.grants.applications.models import Application, ApplicationState, Submission
from portal.grants.applications.register import cli, service
from portal.grants.competitions import hooks as competitions
from portal.grants.competitions.hooks import Outlook, StageCount, Step
from portal.grants.competitions.models import Competition
from portal.grants.competitions.rules import Phase, phase

audit.checks_of_file.implement(cli.check)
competitions.said_beside.implement(obstacles.said)
competitions.write_to_applicants.implement(write_to_all)
competitions.deadline_extended.implement(service.void)


@competitions.outlook.implement
def outlook(competition: Competition) -> Outlook:
    """The numbers of recipients of letters to all applicants."""
    return letters.outlook(letters.reach_in(competition))


@claims.dealings.implement
def applied() -> Iterable[Dealt]:
    """Organisations that have applied, without drafts."""
    applicant = select(
        Application.organisation_id,
        Competition.municipality_id,
        literal(Capacity.APPLICANT.value).label("capacity"),
    )
    yield applicant.join(Application.competition).where(Application.number.is_not(None))


@claims.dealings.implement
def partnered() -> Iterable[Dealt]:
    """Organisations that were a partner in a valid application."""
    partner = select(
        Submission.partner_id,
        Competition.municipality_id,
        literal(Capacity.PARTNER.value).label("capacity"),
    )
    yield (
        partner.join(Submission.application)
        .join(Application.competition)
        .where(Submission.partner_id.is_not(None), Submission.superseded_at.is_(None))
    )


@competitions.next_step.implement
def next_step(actor: Person | None, competition: Competition, phase: Phase) -> Step | None:
    """While the call is open: continue one's application, or start one."""
    if phase is not Phase.OPEN:
        return None
    if own := _own(actor, competition):
        return Step(_l("Open your application"), url_for("applications.task_list", application=own))
    return Step(_l("Start an application"), url_for("applications.start", competition=competition))


def _own(actor: Person | None, competition: Competition) -> Application | None:
    """The last application to this call by an organisation for which the actor may write."""
    organisations = scopes(actor, Role.OWNER, Role.EDITOR)
    if not organisations:
        return None
    return db.session.scalars(
        select(Application)
        .where(
            Application.competition_id == competition.id,
            Application.organisation_id.in_(organisations),
            Application.deleted_at.is_(None),
        )
        .order_by(Application.id.desc())
        .limit(1)
    ).one_or_none()


@competitions.public_links.implement
def public_links(competition: Competition, phase: Phase) -> Iterable[Step]:
    """The link to the closed register."""
    if competition.register_closed_at is not None:
        yield Step(
            _l("Register of applications"),
            url_for("register.page", competition=competition),
            _l("Numbers and seals, as they stood at the deadline."),
        )


@competitions.stage_counts.implement
def stage_counts(actor: Person, among: Sequence[Competition]) -> Iterable[tuple[UUID, StageCount]]:
    """The number of submitted applications of each competition; drafts are not counted."""
    counts = db.session.execute(
        select(Application.competition_id, func.count(Application.id))
        .where(
            Application.competition_id.in_([one.id for one in among]),
            Application.state == ApplicationState.SUBMITTED,
        )
        .group_by(Application.competition_id)
    )
    found = {row[0]: row[1] for row in counts}
    now = clock.now()
    for competition in among:
        if competition.announced_at is not None:
            yield (
                competition.id,
                StageCount(
                    _l("submitted"),
                    found.get(competition.id, 0),
                    url_for("intake.index", competition=competition),
                    phase(competition, now) is Phase.OPEN,
                ),
            )
