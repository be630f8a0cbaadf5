"""Tasks on an officer's desk: calls to announce, questions to answer."""

from collections.abc import Iterator

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.core.accounts.models import Person, Role
from portal.core.accounts.rights import scopes
from portal.core.db import db
from portal.core.desk import Task
from portal.grants.competitions.inquiries.models import Inquiry
from portal.grants.competitions.models import Competition, CompetitionState
from portal.grants.competitions.queries import of_board


def calls_to_announce(actor: Person) -> Iterator[Task]:
    """Drafts of calls."""
    if not scopes(actor, Role.OFFICER):
        return
    drafts = select(Competition).where(
        of_board(actor, Role.OFFICER), Competition.state == CompetitionState.DRAFT
    )
    for draft in db.session.scalars(drafts):
        yield Task(
            _("Finish and announce %(code)s", code=draft.code),
            url_for("board.show", competition=draft),
            draft.created_at,
            str(draft.title),
        )


def inquiries_to_answer(actor: Person) -> Iterator[Task]:
    """Public questions about calls."""
    if not scopes(actor, Role.OFFICER):
        return
    waiting = (
        select(Inquiry)
        .join(Inquiry.competition)
        .where(of_board(actor, Role.OFFICER), Inquiry.waits)
        .options(joinedload(Inquiry.competition))
    )
    for inquiry in db.session.scalars(waiting):
        yield Task(
            _("Answer a question about %(code)s", code=inquiry.competition.code),
            url_for("inquiries.index", competition=inquiry.competition),
            inquiry.asked_at,
            inquiry.question[:120],
        )


TASKS = (calls_to_announce, inquiries_to_answer)
