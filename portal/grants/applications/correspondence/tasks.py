"""Tasks on an officer's desk: letters to post."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.core.accounts.models import Person, Role
from portal.core.accounts.rights import scopes
from portal.core.desk import MANY, Task
from portal.grants.applications.correspondence.models import Letter
from portal.grants.applications.correspondence.queries import to_post


def letters_to_post(actor: Person) -> Iterator[Task]:
    """Letters to post; many are shown as one line per competition."""
    if not scopes(actor, Role.OFFICER):
        return
    found: dict[UUID, list[Letter]] = {}
    for letter in to_post(actor):
        found.setdefault(letter.application.competition_id, []).append(letter)
    for group in found.values():
        yield from _letters_in(group)


def _letters_in(group: Sequence[Letter]) -> Iterator[Task]:
    competition = group[0].application.competition
    if len(group) >= MANY:
        text = ngettext("Post %(num)s letter", "Post %(num)s letters", len(group))
        url = url_for("letters.index", competition=competition)
        yield Task(text, url, group[0].created_at, str(competition.title))
        return
    for one in group:
        yield Task(
            _("Post a letter about %(number)s", number=one.application.number),
            url_for(
                "letters.letter", competition=competition, application=one.application, letter=one
            ),
            one.created_at,
            _("the e-mail was refused") if one.messages else _("there is no e-mail address"),
        )
