"""Verbs of letters to applicants; all letters about applications are sent by them."""

from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l

from portal.core import clock
from portal.core.accounts.models import Person
from portal.core.db import db
from portal.core.errors import Invalid, StateConflict, trigger
from portal.core.messages.composing import Address
from portal.core.work import Work, unit_of_work
from portal.grants.applications.correspondence import printed, queries
from portal.grants.applications.correspondence.models import Letter
from portal.grants.applications.correspondence.printed import Content
from portal.grants.applications.correspondence.queries import Reach
from portal.grants.applications.models import Application
from portal.grants.competitions.models import Competition

trigger(
    _l("It is recorded already that this letter was posted."),
    "letters_posted",
    "letters_immutable",
)


def write(
    work: Work,
    application: Application,
    template: str,
    *,
    matter: str,
    content: Content | None = None,
    **context: Any,
) -> None:
    """Part of a verb: write to an applicant about a `matter` ("decision:<key>"), once.

    To all present owners and editors; without any to the address given on paper, or else the
    organisation's; without one, posting it is a task of the board's officers. `template` and
    `context` are the e-mail's; application and competition are added. The printed letter has the
    same text, or else `content`.
    """
    db.session.flush()
    for found in queries.reach([application]):
        _write(work, found, template, context, matter=matter, content=content)


def write_to_all(
    work: Work, competition: Competition, template: str, *, matter: str, **context: Any
) -> None:
    """Part of a verb: `write` once for each draft and submission of the call, to no person
    twice."""
    for found in queries.reach_in(competition):
        _write(work, found, template, context, matter=matter)


def _write(
    work: Work,
    found: Reach,
    template: str,
    context: dict[str, Any],
    *,
    matter: str,
    content: Content | None = None,
) -> None:
    application = found.application
    known = {"application": application, "competition": application.competition, **context}
    messages = [
        work.send(template, to=reader, key=f"{matter}:{_name(reader)}", **known)
        for reader in found.readers
    ]
    if application.number is None:
        return
    work.add(
        Letter(
            application_id=application.id,
            matter=matter,
            template=template,
            language=application.language,
            content=content or printed.compose(application, template, known),
            messages=messages,
        )
    )


def _name(reader: Person | Address) -> UUID | str:
    return reader.id if isinstance(reader, Person) else reader.email


def post(actor: Person, application: Application, letter: Letter, *, posted_on: date) -> None:
    """Record that a letter was posted, and on which day.

    Raises StateConflict if it was already, or if an e-mail was delivered; Invalid for `posted_on`.
    """
    with unit_of_work(actor, "letter.posted", letter) as work:
        work.within(application.competition_id)
        work.lock(letter)
        if letter.posted_on is not None:
            raise StateConflict("posted", _l("It is recorded already that this letter was posted."))
        if not queries.waits(letter):
            raise StateConflict("mailed", _l("This letter went by e-mail."))
        if not clock.day_of(letter.created_at) <= posted_on <= clock.today():
            raise Invalid(
                "posted_on",
                _l("The letter was posted on the day when it was written, or later, up to today."),
                "posted_on",
            )
        letter.posted_on, letter.posted_by_id = posted_on, actor.id
        work.note(posted_on=posted_on)
