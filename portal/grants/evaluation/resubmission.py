"""After a resubmission: reopens the check, and returns submitted sheets to their members as drafts.
Old ones are kept."""

from flask_babel import gettext as _
from sqlalchemy import select

from portal.core import clock
from portal.core.db import db
from portal.core.work import Work
from portal.grants.applications.models import Application
from portal.grants.evaluation.eligibility import queries as checks
from portal.grants.evaluation.eligibility.models import CheckState
from portal.grants.evaluation.eligibility.service import open_again
from portal.grants.evaluation.models import ScoreSheet, SheetState
from portal.grants.evaluation.scoring.service import copy_of


def reopen_evaluation(work: Work, application: Application) -> None:
    """Reopen the check, and return each member's submitted sheet as a draft."""
    reason = _("The application was submitted anew.")
    check = checks.check_of(application)
    if check is not None and check.state is not CheckState.OPEN:
        work.lock(check)
        asked = checks.waiting(check)
        if asked is not None:
            asked.closed_at = clock.now()
        open_again(check, reason)
    sheets = db.session.scalars(
        select(ScoreSheet).where(
            ScoreSheet.application_id == application.id, ScoreSheet.state == SheetState.SUBMITTED
        )
    ).all()
    for sheet in sheets:
        sheet.state, sheet.replaced_at = SheetState.REPLACED, clock.now()
        sheet.reopen_reason = reason
    db.session.flush()  # makes room for the current ones
    for sheet in sheets:
        work.add(copy_of(sheet))
