"""Implementations of hooks of earlier stages."""

from collections.abc import Iterable

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import ColumnElement, bindparam, select

from portal.core import formats
from portal.core.access import Access
from portal.core.accounts.models import Person, Role
from portal.core.accounts.organisations import hooks as organisations
from portal.core.accounts.rights import scopes
from portal.core.db import db
from portal.grants.applications import hooks as applications
from portal.grants.applications.models import Application, ApplicationState
from portal.grants.applications.rights import is_unsealed
from portal.grants.competitions import hooks as competitions
from portal.grants.competitions.hooks import Step
from portal.grants.competitions.models import Competition
from portal.grants.evaluation import resubmission, stage_counts
from portal.grants.evaluation.committee import suspects
from portal.grants.evaluation.committee.queries import owed_by_board
from portal.grants.evaluation.committee.rights import may_declare
from portal.grants.evaluation.eligibility.models import Clarification, EligibilityCheck
from portal.grants.evaluation.visibility import access_to, content_sight, recusal_sight, visible

organisations.joined.implement(suspects.recuse_who_joins)
competitions.stage_counts.implement(stage_counts.evaluation)
applications.registered.implement(suspects.recuse_when_registered)
applications.submitted_anew.implement(resubmission.reopen_evaluation)


@applications.reading.implement
def reading(actor: Person | None, application: Application) -> Access:
    return access_to(content_sight, actor, application)


@applications.conflict.implement
def conflict(actor: Person | None, application: Application) -> Access | None:
    found = access_to(recusal_sight, actor, application)
    return None if found else found


@applications.readable.implement
def readable(actor: Person, competition: Competition) -> ColumnElement[bool]:
    return visible(content_sight, actor, competition)


@applications.before_reading.implement
def before_reading(actor: Person, competition: Competition) -> Iterable[Step]:
    """Declaring about conflicts of interest, if required; or what has come up since."""
    if not may_declare(actor, competition):
        return
    owed = owed_by_board(actor, competition)
    if not owed:
        yield Step(
            _("What you have declared"),
            url_for("appointments.declarations_of_board", competition=competition),
            _("Has a conflict of interest come up?"),
        )
    else:
        yield Step(
            _("Declare conflicts of interest"),
            url_for("appointments.declarations_of_board", competition=competition),
            ngettext(
                "%(num)d application opens to you when you have declared whether you have a"
                " conflict of interest with its applicant.",
                "%(num)d applications open to you when you have declared whether you have a"
                " conflict of interest with their applicants.",
                owed,
            ),
            is_due=True,
        )


@applications.waiting.implement
def waiting(actor: Person) -> Iterable[Step]:
    """Open clarifications of the actor's organisations."""
    rows = db.session.execute(
        select(Application, Clarification.until)
        .join(EligibilityCheck, EligibilityCheck.application_id == Application.id)
        .join(Clarification, Clarification.check_id == EligibilityCheck.id)
        .where(
            Application.organisation_id.in_(scopes(actor, Role.OWNER, Role.EDITOR)),
            Application.state == ApplicationState.SUBMITTED,
            Clarification.waits,
        )
        .order_by(Clarification.until)
    )
    for application, until in rows:
        yield Step(
            _("Clarify what the board asks: %(number)s", number=application.number),
            url_for("clarifications.reply", application=application),
            _("until %(until)s", until=formats.until(until)),
        )


_LAST_ASKED = (
    select(Clarification)
    .join(Clarification.check)
    .where(EligibilityCheck.application_id == bindparam("application"))
    .order_by(Clarification.asked_at.desc())
    .limit(1)
)


@applications.notices.implement
def notices(application: Application) -> Iterable[Step]:
    """The last clarification asked about the application; none before the deadline."""
    if application.state is not ApplicationState.SUBMITTED or not is_unsealed(
        application.competition
    ):
        return
    asked = db.session.scalar(_LAST_ASKED, {"application": application.id})
    if asked is not None:
        yield Step(
            _("Clarification") if asked.reply else _("Clarify what the board asks"),
            url_for("clarifications.reply", application=application),
            _("sent %(at)s", at=formats.short_instant(asked.reply.received_at))
            if asked.reply
            else _("until %(until)s", until=formats.until(asked.until)),
            is_due=asked.waits,
        )
