"""The verbs of a competition: create, announce, cancel; its terms."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.audit.models import JournalEntry
from portal.core.db import Words, db
from portal.core.errors import Invalid, InvalidFields, NotReady, StaleForm, StateConflict
from portal.core.messages.models import Message
from portal.core.questions.registry import all_kinds
from portal.grants.competitions import call_templates, service
from portal.grants.competitions.checklist import missing
from portal.grants.competitions.criteria.rules import most_points
from portal.grants.competitions.models import CompetitionState, TermsVersion
from portal.grants.competitions.rules import Phase, phase
from portal.grants.competitions.terms import service as terms_service
from portal.grants.competitions.terms.rules import Terms, day_of
from tests.grants.competitions.rows import DAY, applying, mine

pytestmark = pytest.mark.usefixtures("ctx")


def events() -> list[str]:
    return list(db.session.scalars(select(JournalEntry.event).order_by(JournalEntry.number)))


def letters() -> list[tuple[str, str]]:
    rows = db.session.execute(select(Message.template, Message.recipient).order_by(Message.id))
    return [(row[0], row[1]) for row in rows]


# ------------------------------------------------------------------ create


def test_the_template_makes_a_whole_draft_with_its_dates_moved(draft):
    assert (draft.code, draft.slug, draft.state) == (
        "LIE-2026-1",
        "lie-2026-1",
        CompetitionState.DRAFT,
    )
    assert draft.deadline > draft.opens_at
    assert day_of(draft.deadline) - day_of(draft.opens_at) == 22 * DAY
    assert len(draft.sections) == 8
    assert sum(len(section.questions) for section in draft.sections) == 31
    kinds = {q.kind for s in draft.sections for q in s.questions}
    assert kinds == {kind.code for kind in all_kinds()} - {"picture"}
    assert most_points(draft.criteria) == 50
    assert draft.total_minimum == 30
    assert [c.key for c in draft.criteria if c.minimum == 3] == ["at_risk", "results", "team"]
    keys = {section.key for section in draft.sections}
    assert {c.section_key for c in draft.criteria if c.section_key} <= keys
    assert draft.number_of_grants == 8


def test_the_2020_call_can_be_made_at_its_own_time(make, officer):
    with clock.at(clock.riga(date(2020, 2, 1), 12)):
        made = service.create_from_template(
            officer, mine(make.municipality()), "pumpurs-2020", slug="liepaja-2020"
        )
    assert (made.code, made.slug) == ("LIE-2020-1", "liepaja-2020")
    assert made.deadline == clock.end_of(date(2020, 3, 23))
    assert made.created_at.year == 2020


def test_calls_of_a_municipality_and_year_are_numbered(make, officer, draft):
    opens = draft.opens_at
    municipality = mine(make.municipality())
    second = service.create_from_template(officer, municipality, "pumpurs-2020", opens_at=opens)
    other = mine(make.municipality("RIX"))
    third = service.create_from_template(officer, other, "pumpurs-2020", opens_at=opens)
    assert (second.code, third.code) == ("LIE-2026-2", "RIX-2026-1")


def test_a_taken_address_is_refused_beside_its_field(make, officer, draft):
    with pytest.raises(Invalid) as refusal:
        service.create_from_template(
            officer,
            mine(make.municipality()),
            "pumpurs-2020",
            slug=draft.slug,
            opens_at=draft.opens_at,
        )
    assert refusal.value.field == "slug"


def test_a_copy_takes_everything_over_but_the_files(officer, ready):
    opens = ready.opens_at + 364 * DAY
    made = service.create(
        officer,
        ready.municipality,
        call_templates.of_competition(ready),
        slug="next",
        opens_at=opens,
    )
    assert [one.key for one in made.sections] == [one.key for one in ready.sections]
    assert [c.levels for c in made.criteria] == [c.levels for c in ready.criteria]
    assert [one.kind for one in made.documents] == ["regulations"]
    assert made.documents[0].versions == []
    assert made.year == 2027
    assert made.aims == ready.aims


# ------------------------------------------------------------------ announce


def test_a_draft_says_what_it_lacks(officer, draft):
    assert {item.page for item in missing(draft, clock.now())} == {"documents"}
    with pytest.raises(NotReady) as refusal:
        service.announce(officer, draft)
    assert any(
        "nolikum" in str(line).lower() or "regulations" in str(line).lower()
        for line in refusal.value.missing
    )
    assert mine(draft).state is CompetitionState.DRAFT


def test_announcing_makes_it_public_and_keeps_the_first_terms(officer, ready):
    service.announce(officer, ready)
    kept = db.session.scalars(select(TermsVersion)).one()
    assert (ready.state, ready.announced_at) == (CompetitionState.ANNOUNCED, clock.now())
    assert phase(ready, clock.now()) is Phase.ANNOUNCED
    assert (kept.number, ready.terms_version) == (1, 1)
    assert kept.content["terms"]["fixed_sum"] == 460_000
    assert len(kept.content["form"]) == 8
    assert events()[-1] == "competition.announced"
    with pytest.raises(StateConflict):
        service.announce(officer, ready)


def test_a_call_whose_opening_has_passed_is_not_announced(officer, ready):
    with clock.at(ready.opens_at), pytest.raises(NotReady):
        service.announce(officer, ready)


# ------------------------------------------------------------------ terms


def test_terms_are_saved_in_a_draft_only(officer, ready):
    changed = replace(Terms.of(ready), grants=None, budget=2_000_000)
    terms_service.save(officer, ready, changed, ready.version)
    assert ready.number_of_grants == 4
    with pytest.raises(StaleForm):
        terms_service.save(officer, ready, changed, ready.version - 1)
    with pytest.raises(InvalidFields):
        terms_service.save(officer, ready, replace(changed, instalments=[1]), ready.version)
    service.announce(officer, ready)
    with pytest.raises(StateConflict):
        terms_service.save(officer, ready, changed, ready.version)


# ------------------------------------------------------------------ cancel


def test_cancelling_tells_everybody_who_is_applying(officer, make):
    competition = mine(make.competition("open"))
    people = applying(make, competition)
    service.cancel(officer, competition, Words("Nav naudas.", "No money."))
    assert competition.state is CompetitionState.CANCELLED
    assert letters() == [("competitions/cancelled", person.email) for person in people]
    with pytest.raises(StateConflict):
        service.cancel(officer, competition, Words("Vēlreiz."))


def test_cancelling_needs_a_reason_and_comes_before_publication(officer, make):
    competition = mine(make.competition("closed"))
    applying(make, competition)
    with pytest.raises(Invalid):
        service.cancel(officer, competition, Words())
    assert mine(competition).state is CompetitionState.ANNOUNCED
    assert letters() == []
    with pytest.raises(StateConflict):
        service.cancel(officer, mine(make.competition("published")), Words("Par vēlu."))
