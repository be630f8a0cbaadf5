"""What this stage brings to the application: pages, navigation, and answers to earlier stages."""

from collections.abc import Iterable

from flask import Flask, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import ColumnElement, select

from portal.core import formats
from portal.core.access import Answer
from portal.core.accounts.desks import desk
from portal.core.accounts.models import Person, Role
from portal.core.accounts.rights import scopes
from portal.core.db import db
from portal.core.pages import navigation
from portal.grants.applications import hooks as applications
from portal.grants.applications.models import Application, State
from portal.grants.applications.rights import is_unsealed
from portal.grants.competitions.hooks import Step
from portal.grants.competitions.models import Competition
from portal.grants.evaluation import anew, counts
from portal.grants.evaluation.committee.models import COMMITTEE
from portal.grants.evaluation.committee.queries import owed_by_board
from portal.grants.evaluation.committee.rights import may_declare
from portal.grants.evaluation.committee.views import board as appointments
from portal.grants.evaluation.committee.views import views as committee
from portal.grants.evaluation.eligibility.applicant import views as clarifications
from portal.grants.evaluation.eligibility.models import Clarification, EligibilityCheck
from portal.grants.evaluation.eligibility.views import views as eligibility
from portal.grants.evaluation.meeting.views import views as meetings
from portal.grants.evaluation.ranking.views import views as ranking
from portal.grants.evaluation.rooms import evaluation_rooms
from portal.grants.evaluation.scoring.views import views as scoring
from portal.grants.evaluation.visibility import answer, content_sight, recusal_sight, visible

PAGES = (appointments, committee, eligibility, clarifications, scoring, ranking, meetings)

# Imported for what they register: answers to the hooks of applications and competitions.
ANSWERS = (anew, counts)


def init_app(app: Flask) -> None:
    """Register the pages of eligibility, committee, scoring, ranking and meetings."""
    for blueprint in PAGES:
        app.register_blueprint(blueprint)
    app.jinja_env.globals["evaluation_rooms"] = evaluation_rooms
    navigation(app).add(_l("Committee work"), "scoring.index", _sits, order=30)
    desk("scoring.index", _sits, order=30)


def _sits(actor: Person | None) -> bool:
    return bool(scopes(actor, *COMMITTEE))


@applications.reading.answer
def _reading(actor: Person | None, application: Application) -> Iterable[Answer]:
    yield answer(content_sight, actor, application)


@applications.conflict.answer
def _conflict(actor: Person | None, application: Application) -> Iterable[Answer]:
    found = answer(recusal_sight, actor, application)
    if not found:
        yield found


@applications.readable.answer
def _readable(actor: Person, competition: Competition) -> Iterable[ColumnElement[bool]]:
    yield visible(content_sight, actor, competition)


@applications.before_reading.answer
def _before_reading(actor: Person, competition: Competition) -> Iterable[Step]:
    """Declare about conflicts of interest, where that is owed; or what has come up since."""
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


@applications.waiting.answer
def _waiting(actor: Person) -> Iterable[Step]:
    """Clarifications that wait for somebody's organisations."""
    rows = db.session.execute(
        select(Application, Clarification.until)
        .join(EligibilityCheck, EligibilityCheck.application_id == Application.id)
        .join(Clarification, Clarification.check_id == EligibilityCheck.id)
        .where(
            Application.organisation_id.in_(scopes(actor, Role.OWNER, Role.EDITOR)),
            Application.state == State.SUBMITTED,
            Clarification.reply_id.is_(None),
            Clarification.closed_at.is_(None),
        )
        .order_by(Clarification.until)
    )
    for application, until in rows:
        yield Step(
            _("Clarify what the board asks: %(number)s", number=application.number),
            url_for("clarifications.reply", application=application),
            _("until %(until)s", until=formats.until(until)),
        )


@applications.notices.answer
def _notices(application: Application) -> Iterable[Step]:
    """What the board has asked about the application; before the deadline it asks nothing."""
    if application.state is not State.SUBMITTED or not is_unsealed(application.competition):
        return
    asked = db.session.scalar(
        select(Clarification)
        .join(Clarification.check)
        .where(EligibilityCheck.application_id == application.id)
        .order_by(Clarification.asked_at.desc())
        .limit(1)
    )
    if asked is not None:
        yield Step(
            _("Clarification") if asked.reply else _("Clarify what the board asks"),
            url_for("clarifications.reply", application=application),
            _("sent %(at)s", at=formats.short_instant(asked.reply.received_at))
            if asked.reply
            else _("until %(until)s", until=formats.until(asked.until)),
            is_due=asked.waits,
        )
