"""Tasks of eligibility checks on the board's desks."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.core.accounts.models import DECIDING, Person, Role
from portal.core.accounts.rights import scopes
from portal.core.desk import MANY, Task
from portal.grants.competitions.models import Competition
from portal.grants.evaluation.eligibility import queries


def to_check(actor: Person) -> Iterator[Task]:
    """For an officer: applications to check, each a line, or one for many of a competition."""
    if not scopes(actor, Role.OFFICER):
        return
    for competition, found in groupby(queries.to_check(actor), key=lambda row: row[0]):
        yield from _in_one(competition, [row[1:] for row in found])


def _in_one(
    competition: Competition, rows: Sequence[tuple[str | None, str, str]]
) -> Iterator[Task]:
    since = competition.deadline
    if len(rows) >= MANY:
        text = ngettext(
            "Check the eligibility of %(num)s application",
            "Check the eligibility of %(num)s applications",
            len(rows),
        )
        url = url_for("eligibility.index", competition=competition)
        yield Task(text, url, since, str(competition.title))
        return
    for number, applicant, title in rows:
        yield Task(
            _("Check the eligibility of %(number)s", number=number),
            url_for("eligibility.check", competition=competition, application=number),
            since,
            f"{applicant}, {title}",
        )


def clarified(actor: Person) -> Iterator[Task]:
    """For an officer: checks to continue after a reply, or when its time is over."""
    if not scopes(actor, Role.OFFICER):
        return
    found = {}  # by application: the last of several clarifications
    for competition, number, applicant, asked in queries.clarified(actor):
        found[competition.id, number] = Task(
            _("Read the clarification of %(number)s", number=number)
            if asked.reply
            else _("Go on with the check of %(number)s: no clarification came", number=number),
            url_for("eligibility.check", competition=competition, application=number),
            asked.reply.received_at if asked.reply else asked.until,
            applicant,
        )
    yield from found.values()


def to_confirm(actor: Person) -> Iterator[Task]:
    """Proposed rejections that wait for a second person."""
    if not scopes(actor, *DECIDING):
        return
    for competition, number, proposed_at, proposer in queries.to_confirm(actor):
        yield Task(
            _("Be the second person for the rejection of %(number)s", number=number),
            url_for("eligibility.check", competition=competition, application=number),
            proposed_at or competition.deadline,
            _("proposed by %(name)s", name=proposer),
        )


TASKS = (to_check, clarified, to_confirm)
