"""The verbs of a competition: create, announce, cancel. Its parts have their own."""

import hashlib
from datetime import datetime
from typing import Any

import rfc8785
from flask_babel import lazy_gettext as _l

from portal.core import clock, ordering
from portal.core.accounts.models import Municipality, Person
from portal.core.db import Words, db
from portal.core.errors import Invalid, InvalidFields, NotReady, constraint, trigger
from portal.core.messages.links import page_url
from portal.core.work import Work, unit_of_work
from portal.grants.competitions import call_templates, hooks
from portal.grants.competitions.checklist import missing
from portal.grants.competitions.models import Competition, TermsVersion
from portal.grants.competitions.rules import CompetitionEvent, state_after, terms_snapshot
from portal.grants.competitions.terms.rules import NAMES, Terms, day_of, problems, shifted

trigger(
    _l("The call is announced. Its terms now change by an amendment."),
    "competitions_terms",
    "competitions_announced",
    "competitions_published",
)
constraint("competitions_deadline", _l("A deadline is never moved earlier."), "deadline")
constraint("uq_competitions_slug", _l("Another call has this address already."), "slug")


# ------------------------------------------------------------------ verbs


def create(
    actor: Person | None,
    municipality: Municipality,
    content: call_templates.Content,
    *,
    slug: str | None = None,
    opens_at: datetime | None = None,
    deadline: datetime | None = None,
) -> Competition:
    """Create a draft from a template or an earlier call; without `opens_at` it keeps the dates.

    Raises Invalid for a taken slug, InvalidFields for dates that contradict.
    """
    terms = Terms.read(content["terms"])
    if opens_at:
        terms = shifted(terms, opens_at, deadline)
    if found := problems(terms):
        raise InvalidFields("terms", found)
    year = day_of(terms.opens_at).year
    with unit_of_work(actor, "competition.created") as work:
        work.lock(municipality)  # so that two calls do not get one number
        ordinal = ordering.next_number(
            Competition.ordinal,
            Competition.municipality_id == municipality.id,
            Competition.year == year,
        )
        code = f"{municipality.code}-{year}-{ordinal}"
        competition = Competition(
            municipality=municipality,
            year=year,
            ordinal=ordinal,
            code=code,
            slug=slug or code.lower(),
        )
        write_terms(competition, terms)
        work.subject = work.add(competition)
        call_templates.fill(work, competition, content)
    return competition


def create_from_template(
    actor: Person | None, municipality: Municipality, code: str, **options: Any
) -> Competition:
    """Create a draft from the template with this code; `options` as for create. Raises KeyError."""
    return create(actor, municipality, call_templates.templates()[code], **options)


def announce(actor: Person | None, competition: Competition) -> None:
    """Make the call public, now, and record its first terms version.

    Raises NotReady with what is missing, StateConflict if it is no draft.
    """
    with unit_of_work(actor, "competition.announced", competition) as work:
        work.lock(competition)
        announced = state_after(competition, CompetitionEvent.ANNOUNCE, clock.now())
        if owed := missing(competition, clock.now()):
            raise NotReady(
                "competition.not_ready",
                _l("The call cannot be announced yet."),
                [item.label for item in owed],
            )
        competition.state, competition.announced_at = announced, clock.now()
        record_terms(work, competition)


def cancel(actor: Person, competition: Competition, reason: Words) -> None:
    """End the call before publication, and notify all with an application.

    Raises Invalid without a Latvian reason, StateConflict once results are published.
    """
    with unit_of_work(actor, "competition.cancelled", competition) as work:
        work.lock(competition)
        move(competition, CompetitionEvent.CANCEL)
        if not reason.lv:
            raise Invalid("reason", _l("Say why the call is cancelled."), "reason")
        competition.cancelled_at = clock.now()
        competition.cancel_reason = reason
        hooks.write_to_applicants(
            work,
            competition,
            "competitions/cancelled",
            matter=f"competition-cancelled:{competition.id}",
            url=page_url("competitions.show", competition=competition),
        )


# ------------------------------------------------------------------ parts of verbs


def move(competition: Competition, event: CompetitionEvent) -> None:
    """Change the competition's state, within a verb that has locked it.

    Raises StateConflict if the event is impossible now.
    """
    competition.state = state_after(competition, event, clock.now())


def record_terms(work: Work, competition: Competition) -> TermsVersion:
    """Record present terms, form and criteria as the next version, for seals."""
    competition.terms_version += 1  # with the change, as a trigger demands
    # Announced and named in one statement, as the constraints demand.
    with db.session.no_autoflush:
        municipality = competition.municipality
    competition.announced_municipality = municipality.name
    competition.announced_organiser = municipality.organiser
    db.session.flush()
    db.session.expire(competition, ["criteria"])
    db.session.expire(competition.form, ["sections"])
    content = terms_snapshot(competition)
    return work.add(
        TermsVersion(
            competition_id=competition.id,
            number=competition.terms_version,
            content=content,
            digest=hashlib.sha256(rfc8785.dumps(content)).hexdigest(),
        )
    )


def write_terms(competition: Competition, terms: Terms) -> None:
    """Set the competition's columns from the terms."""
    for name in NAMES:
        setattr(competition, name, getattr(terms, name))
