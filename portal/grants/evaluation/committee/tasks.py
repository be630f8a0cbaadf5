"""Tasks on the board's desks: committees to appoint, conflicts of interest to declare."""

from collections.abc import Iterator

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.core.accounts.models import DECIDING, Person, Role
from portal.core.accounts.rights import scopes
from portal.core.desk import Task
from portal.grants.evaluation.committee import queries


def committees_to_appoint(actor: Person) -> Iterator[Task]:
    """For an officer: closed calls whose committee has no chair or no member."""
    if not scopes(actor, Role.OFFICER):
        return
    for competition in queries.without_committee(actor):
        yield Task(
            _("Appoint the committee of %(code)s", code=competition.code),
            url_for("appointments.index", competition=competition),
            competition.deadline,
            str(competition.title),
        )


def conflicts_to_declare(actor: Person) -> Iterator[Task]:
    """Calls whose applications open once the actor has declared about their applicants."""
    if not scopes(actor, *DECIDING):
        return
    for competition, count in queries.owed_by_board_in_all(actor):
        yield Task(
            _("Declare conflicts of interest in %(code)s", code=competition.code),
            url_for("appointments.declarations_of_board", competition=competition),
            competition.deadline,
            ngettext("%(num)s application opens then", "%(num)s applications open then", count),
        )


TASKS = (committees_to_appoint, conflicts_to_declare)
