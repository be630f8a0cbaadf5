"""What this stage asks of those after it, and what it answers to the stage before it.

Later stages have something to say on the applicants' pages (a clarification that is asked for, a
decision that was made), and this stage on the pages of a call.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func, literal, select

from portal.core import clock
from portal.core.access import Answer
from portal.core.accounts.claims.hooks import Capacity, Dealt, dealings
from portal.core.accounts.models import Person, Role
from portal.core.accounts.rights import scopes
from portal.core.db import db
from portal.core.work import Work
from portal.grants.applications import checks
from portal.grants.applications.models import Application, State, Submission
from portal.grants.competitions import hooks
from portal.grants.competitions.hooks import Round, StageCount, Step
from portal.grants.competitions.models import Competition
from portal.grants.competitions.rules import Phase, phase

# ------------------------------------------------------------------------ asked


@Round
def waiting(actor: Person) -> Iterable[Step]:
    """What waits for the actor, for the head of their list of applications."""
    return ()


@Round
def notices(application: Application) -> Iterable[Step]:
    """What else there is to say of an application to its own people, at the head of its pages."""
    return ()


@Round
def outcomes(actor: Person, applications: Sequence[Application]) -> Iterable[tuple[UUID, Step]]:
    """What has come of the actor's own applications: a step for each that is decided.

    One query however many applications there are.
    """
    return ()


@Round
def reading(actor: Person | None, application: Application) -> Iterable[Answer]:
    """Whether a person of the board may read an application: the deadline, conflicts of interest.
    Where nobody answers, nobody reads.
    """
    return ()


@Round
def conflict(actor: Person | None, application: Application) -> Iterable[Answer]:
    """The conflict of interest that keeps a person of the board from whatever concerns an
    application, if there is one.
    """
    return ()


@Round
def readable(actor: Person, competition: Competition) -> Iterable[ColumnElement[bool]]:
    """The same of all applications of a competition, as a condition on their rows."""
    return ()


@Round
def before_reading(actor: Person, competition: Competition) -> Iterable[Step]:
    """What a person of the board has to do before the applications open to them."""
    return ()


@Round
def submitted_anew(work: Work, application: Application) -> Iterable[None]:
    """Runs in the verb that submits an application again: what was found out about an earlier
    version does not hold for this one.
    """
    return ()


@Round
def registered(work: Work, competition: Competition) -> Iterable[None]:
    """Runs in the verb that writes a register of the competition, or a supplement to it: who
    applies, and with whom, is known from here on.
    """
    return ()


# --------------------------------------------------------------------- answered


@dealings.answer
def _applied() -> Dealt:
    """Organisations as they have applied, or were a partner when it was sent; drafts are theirs."""
    applicant = select(
        Application.organisation_id,
        Competition.municipality_id,
        literal(Capacity.APPLICANT.value).label("capacity"),
    )
    return applicant.join(Application.competition).where(Application.number.is_not(None))


@dealings.answer
def _partnered() -> Dealt:
    partner = select(
        Submission.partner_id,
        Competition.municipality_id,
        literal(Capacity.PARTNER.value).label("capacity"),
    )
    return (
        partner.join(Submission.application)
        .join(Application.competition)
        .where(Submission.partner_id.is_not(None), Submission.superseded_at.is_(None))
    )


hooks.said_beside.answer(checks.said)


@hooks.next_step.answer
def next_step(actor: Person | None, competition: Competition, phase: Phase) -> Step | None:
    """While the call is open: go on with the application that one has, or start one."""
    if phase is not Phase.OPEN:
        return None
    if own := _own(actor, competition):
        return Step(_l("Open your application"), url_for("applications.task_list", application=own))
    return Step(_l("Start an application"), url_for("applications.start", competition=competition))


def _own(actor: Person | None, competition: Competition) -> Application | None:
    """The last application to this call of the organisations for which the actor may write."""
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


@hooks.public_links.answer
def public_links(competition: Competition, phase: Phase) -> Iterable[Step]:
    """The closed register."""
    if competition.register_closed_at is not None:
        yield Step(
            _l("Register of applications"),
            url_for("register.page", competition=competition),
            _l("Numbers and seals, as they stood at the deadline."),
        )


@hooks.stage_counts.answer
def stage_counts(
    actor: Person, competitions: Sequence[Competition]
) -> Iterable[tuple[UUID, StageCount]]:
    """How many applications each competition has; drafts are nobody's business and not counted."""
    counts = db.session.execute(
        select(Application.competition_id, func.count(Application.id))
        .where(
            Application.competition_id.in_([one.id for one in competitions]),
            Application.state == State.SUBMITTED,
        )
        .group_by(Application.competition_id)
    )
    found = {row[0]: row[1] for row in counts}
    now = clock.now()
    for competition in competitions:
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
