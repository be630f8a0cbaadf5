"""A commit that fails takes everything with it: rows, mail, jobs, the journal, and files."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from tests.access.table import Row, rows
from tests.core.documents.samples import PDF
from tests.faults.contents import contents, files
from tests.faults.forms import Form, forms
from tests.world import World

ROWS = [row for row in rows() if row.let_in]
# Behind the forms of these pages verbs come as far as their commit; so that the test cannot pass
# for want of any.
AMONG_THEM = {
    "accounts.details--": {"account.changed"},
    "organisations.leave--": {"organisation.left"},
    "administration.municipality--": {"municipality.changed"},
    "call_terms.edit-draft": {"competition.terms_saved"},
    "call_documents.replace-draft": {"document.replaced"},
    "call_form.edit_question-draft": {"question.saved"},
    "board.cancel-open": {"competition.cancelled"},
    "inquiries.answer-open": {"inquiry.answered"},
    "applications.start-open": {"application.started"},
    "applications.section-open": {"application.part_saved", "application.file_attached"},
    "submission.check-open": {"application.submitted"},
    "submission.ask_to_withdraw-sent": {"application.withdrawn"},
    "eligibility.check-unchecked": {"eligibility.accepted", "eligibility.answered"},
    "eligibility.confirm-proposed": {"eligibility.rejected"},
    "clarifications.reply-checking": {"clarification.replied"},
    "committee.resolve-closed": {"conflict.resolved"},
    "scoring.sheet-closed": {"score_sheet.saved"},
    "scoring.open_discussion-closed": {"discussion.opened"},
    "meetings.describe-closed": {"meeting.described"},
    "decisions.decisions-drafted": {"decisions.proposed", "decisions.signed"},
    "decisions.publish-signed": {"results.published"},
    "own_decision.decline-published": {"grant.declined"},
}


class Lost(Exception):
    """What happens to a connection in the middle of a commit."""


@contextmanager
def no_commits() -> Iterator[list[str]]:
    """Let every verb run to its end, and its commit fail; gives the names of the verbs."""
    verbs: list[str] = []

    def fail(session: Session) -> None:
        if "work" not in session.info:  # nothing but reading ends here
            return
        session.flush()
        verbs.append(session.info["work"].event)
        raise Lost

    event.listen(Session, "before_commit", fail)
    try:
        yield verbs
    finally:
        event.remove(Session, "before_commit", fail)


def bodies(form: Form) -> Iterator[dict[str, object]]:
    """What is sent of a form: as it stands, with words, and with files, by each of its buttons."""
    for button in form.buttons:
        yield {**form.values, **button}
        words = dict.fromkeys(form.texts, "Vārdi")
        given = {name: (io.BytesIO(PDF), "plāns.pdf") for name in form.files}
        yield {**form.values, **words, **button}
        if given:
            yield {**form.values, **words, **given, **button}


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_commit_that_fails_leaves_nothing_behind(world: World, row: Row) -> None:
    found = set(lost(world, row))
    assert found >= AMONG_THEM.get(str(row), set()), found


def lost(world: World, row: Row) -> Iterator[str]:
    """The verbs behind the forms of a page, each of them with a commit that fails."""
    stored = files(world)
    for form in forms(world, row):
        for body in bodies(form):
            with world.undone():
                before = contents(world)
                with no_commits() as verbs:
                    answer = world.ask(form.role, form.action, "POST", data=body)
                where = f"{form.action} as {form.role}: {answer.status} {verbs}"
                assert contents(world) == before, where
                assert files(world) == stored, where
                assert not verbs or answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR, where
                yield from verbs
