"""The verbs of a competition: create, announce, cancel; its terms, documents, form and criteria."""

import io
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage

from portal.core import clock
from portal.core.accounts.models import Person, Role
from portal.core.audit.models import JournalEntry
from portal.core.db import Words, db
from portal.core.errors import Invalid, NotReady, StaleForm, StateConflict
from portal.core.messages.models import Message
from portal.grants.competitions import hooks, service, starts
from portal.grants.competitions.checklist import missing
from portal.grants.competitions.criteria import service as criteria
from portal.grants.competitions.criteria.rules import CriterionFacts, Scale, most_points
from portal.grants.competitions.documents import service as documents
from portal.grants.competitions.form import service as form
from portal.grants.competitions.form.rules import QuestionFacts
from portal.grants.competitions.models import (
    Competition,
    CriterionKind,
    QuestionKind,
    State,
    TermsVersion,
)
from portal.grants.competitions.rules import Phase, phase
from portal.grants.competitions.terms import service as terms_service
from portal.grants.competitions.terms.rules import BadTerms, Terms, day_of

pytestmark = pytest.mark.usefixtures("ctx")
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
DAY = timedelta(days=1)


def pdf(name: str = "nolikums.pdf") -> FileStorage:
    return FileStorage(io.BytesIO(PDF), filename=name)


def mine(row):
    """The row in the application's own session, which then stands outside any transaction."""
    found = db.session.get_one(type(row), row.id)
    db.session.commit()
    return found


@pytest.fixture
def officer(make) -> Person:
    return mine(make.person(Role.OFFICER))


@pytest.fixture
def draft(make, officer) -> Competition:
    opens = clock.now() + 10 * DAY
    return service.create_from_template(
        officer, mine(make.municipality()), "pumpurs-2020", opens_at=opens
    )


@pytest.fixture
def ready(officer, draft) -> Competition:
    for document in list(draft.documents):
        if document.kind != "regulations":
            documents.remove(officer, draft, document)
        else:
            documents.replace(officer, draft, document, documents.Upload(pdf(), date(2026, 11, 1)))
    return draft


@pytest.fixture
def applying(monkeypatch, make) -> list[Person]:
    people = [mine(make.person()), mine(make.person(language="en"))]
    monkeypatch.setattr(hooks.people_with_applications, "_answer", lambda competition: people)
    return people


def events() -> list[str]:
    return list(db.session.scalars(select(JournalEntry.event).order_by(JournalEntry.number)))


def letters() -> list[tuple[str, str]]:
    rows = db.session.execute(select(Message.template, Message.recipient).order_by(Message.id))
    return [(row[0], row[1]) for row in rows]


# ------------------------------------------------------------------ create


def test_the_template_makes_a_whole_draft_with_its_dates_moved(draft):
    assert (draft.code, draft.slug, draft.state) == ("LIE-2026-1", "lie-2026-1", State.DRAFT)
    assert draft.deadline > draft.opens_at
    assert day_of(draft.deadline) - day_of(draft.opens_at) == 22 * DAY
    assert len(draft.sections) == 8
    assert sum(len(section.questions) for section in draft.sections) == 31
    assert {q.kind for s in draft.sections for q in s.questions} == set(QuestionKind)
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
        officer, ready.municipality, starts.of_competition(ready), slug="next", opens_at=opens
    )
    assert [one.key for one in made.sections] == [one.key for one in ready.sections]
    assert [c.levels for c in made.criteria] == [c.levels for c in ready.criteria]
    assert [one.kind for one in made.documents] == ["regulations"]
    assert made.documents[0].versions == []
    assert made.year == 2027
    assert made.aims == ready.aims


# ------------------------------------------------------------------ announce


def test_a_draft_says_what_it_lacks(officer, draft):
    assert {item.room for item in missing(draft, clock.now())} == {"documents"}
    with pytest.raises(NotReady) as refusal:
        service.announce(officer, draft)
    assert any(
        "nolikum" in str(line).lower() or "regulations" in str(line).lower()
        for line in refusal.value.missing
    )
    assert mine(draft).state is State.DRAFT


def test_announcing_makes_it_public_and_keeps_the_first_terms(officer, ready):
    service.announce(officer, ready)
    kept = db.session.scalars(select(TermsVersion)).one()
    assert (ready.state, ready.announced_at) == (State.ANNOUNCED, clock.now())
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
    with pytest.raises(BadTerms):
        terms_service.save(officer, ready, replace(changed, instalments=[1]), ready.version)
    service.announce(officer, ready)
    with pytest.raises(StateConflict):
        terms_service.save(officer, ready, changed, ready.version)


# ------------------------------------------------------------------ cancel


def test_cancelling_tells_everybody_who_is_applying(officer, make, applying):
    competition = mine(make.competition("open"))
    service.cancel(officer, competition, Words("Nav naudas.", "No money."))
    assert competition.state is State.CANCELLED
    assert letters() == [("competitions/cancelled", person.email) for person in applying]
    with pytest.raises(StateConflict):
        service.cancel(officer, competition, Words("Vēlreiz."))


def test_cancelling_needs_a_reason_and_comes_before_publication(officer, make, applying):
    competition = mine(make.competition("closed"))
    with pytest.raises(Invalid):
        service.cancel(officer, competition, Words())
    assert mine(competition).state is State.ANNOUNCED
    assert letters() == []
    with pytest.raises(StateConflict):
        service.cancel(officer, mine(make.competition("published")), Words("Par vēlu."))


# ------------------------------------------------------------------ documents


def test_a_replaced_document_keeps_its_earlier_versions(officer, ready):
    document = next(one for one in ready.documents if one.kind == "regulations")
    service.announce(officer, ready)
    with pytest.raises(Invalid) as refusal:
        documents.replace(officer, ready, document, documents.Upload(pdf(), date(2026, 11, 9)))
    assert refusal.value.field == "note"
    upload = documents.Upload(pdf("nolikums 2.pdf"), date(2026, 11, 9), Words("Jauns termiņš."))
    assert documents.replace(officer, ready, document, upload).number == 2
    assert [one.number for one in document.versions] == [1, 2]
    with pytest.raises(StateConflict):
        documents.remove(officer, ready, document)


def test_a_file_that_is_not_what_it_says_is_refused(officer, draft):
    fake = FileStorage(io.BytesIO(b"MZ\x90\x00 not a document"), filename="nolikums.pdf")
    with pytest.raises(Invalid) as refusal:
        documents.replace(
            officer, draft, draft.documents[0], documents.Upload(fake, date(2026, 11, 1))
        )
    assert refusal.value.field == "file"


def test_documents_move_up_and_down(officer, draft):
    first, second = draft.documents[:2]
    documents.move(officer, draft, first, "down")
    documents.move(officer, draft, first, "sideways")
    db.session.expire_all()
    assert [one.id for one in draft.documents[:2]] == [second.id, first.id]
    documents.move(officer, draft, second, "up")
    assert second.position == 1


# ------------------------------------------------------------------ form


def facts(label: str = "Jauns jautājums", **more) -> QuestionFacts:
    return QuestionFacts(label=Words(label), **more)


def test_sections_and_questions_are_added_moved_and_removed(officer, draft):
    section = form.add_section(officer, draft, Words("Šķēršļi"), Words())
    assert (section.key, section.position) == ("skersli", 9)
    number = form.add_question(officer, draft, section, QuestionKind.NUMBER, facts())
    text = form.add_question(officer, draft, section, QuestionKind.SHORT_TEXT, facts())
    assert (number.key, text.key) == ("jauns_jautajums", "jauns_jautajums_2")
    form.move_question(officer, draft, text, "up")
    db.session.expire_all()
    assert [one.id for one in section.questions] == [text.id, number.id]
    form.move_section(officer, draft, section, "up")
    assert section.position == 8
    form.save_question(
        officer, draft, text, facts("Cits"), version=text.version, section=draft.sections[0]
    )
    assert text.section.key == "project"
    form.remove_question(officer, draft, text)
    form.remove_section(officer, draft, section)
    db.session.expire_all()
    assert [one.position for one in draft.sections] == list(range(1, 9))


def test_a_removed_section_leaves_no_criterion_speaking_of_it(officer, draft):
    section = next(one for one in draft.sections if one.key == "team")
    form.remove_section(officer, draft, section)
    db.session.expire_all()
    assert all(one.section_key != "team" for one in draft.criteria)


def test_a_measure_is_taken_once_and_by_its_kind_only(officer, draft):
    section = draft.sections[0]
    with pytest.raises(Invalid) as twice:
        form.add_question(officer, draft, section, QuestionKind.SHORT_TEXT, facts(measures="title"))
    with pytest.raises(Invalid) as kind:
        form.add_question(officer, draft, section, QuestionKind.DATE, facts(measures="months"))
    assert twice.value.field == kind.value.field == "measures"


def test_two_officers_at_one_question_do_not_overwrite_each_other(officer, draft):
    question = draft.sections[0].questions[0]
    seen = question.version
    form.save_question(officer, draft, question, facts("Pirmais", measures="title"), version=seen)
    with pytest.raises(StaleForm):
        form.save_question(officer, draft, question, facts("Otrais"), version=seen)
    assert str(question.label.lv) == "Pirmais"


def test_a_change_after_the_announcement_makes_a_new_terms_version(officer, ready):
    service.announce(officer, ready)
    form.add_section(officer, ready, Words("Vēl"), Words())
    kept = db.session.scalars(select(TermsVersion).order_by(TermsVersion.number)).all()
    assert [one.number for one in kept] == [1, 2]
    assert len(kept[1].content["form"]) == 9
    assert kept[0].digest != kept[1].digest


@pytest.mark.parametrize("wait", ["open", "closed", "decided", "published", "cancelled"])
def test_form_and_criteria_refuse_once_the_call_has_opened(officer, make, wait):
    competition = mine(make.competition(wait))
    section, criterion = competition.sections[0], competition.criteria[-1]
    question = section.questions[0]
    scale = Scale(Decimal(5), Decimal(1))
    for verb in (
        lambda: form.add_section(officer, competition, Words("A"), Words()),
        lambda: form.remove_section(officer, competition, section),
        lambda: form.move_section(officer, competition, section, "up"),
        lambda: form.add_question(officer, competition, section, QuestionKind.DATE, facts()),
        lambda: form.save_question(officer, competition, question, facts(), version=1),
        lambda: form.remove_question(officer, competition, question),
        lambda: criteria.add(
            officer, competition, CriterionKind.QUALITY, CriterionFacts(Words("A"), scale=scale)
        ),
        lambda: criteria.remove(officer, competition, criterion),
        lambda: criteria.move(officer, competition, criterion, "up"),
        lambda: criteria.set_thresholds(
            officer, competition, total_minimum=Decimal(1), spread_flag=Decimal(1), version=1
        ),
    ):
        with pytest.raises(StateConflict):
            verb()


# ------------------------------------------------------------------ criteria


def quality(**more) -> CriterionFacts:
    scale = {"maximum": Decimal(5), "step": Decimal("0.5"), **more}
    return CriterionFacts(Words("Ideja"), scale=Scale(**scale))


def test_a_scale_that_contradicts_itself_is_refused(officer, draft):
    for wrong, field in (
        ({"maximum": Decimal("5.2")}, "maximum"),
        ({"minimum": Decimal(6)}, "minimum"),
        ({"weight": Decimal(0)}, "weight"),
        ({"comment_below": Decimal(6)}, "comment_below"),
        ({"levels": [{"points": "0.3", "lv": "a"}]}, "levels"),
        ({"levels": [{"points": "1", "lv": "a"}, {"points": "1.0", "lv": "b"}]}, "levels"),
    ):
        with pytest.raises(BadTerms) as refusal:
            criteria.add(officer, draft, CriterionKind.QUALITY, quality(**wrong))
        assert refusal.value.field == field


def test_a_place_in_breaking_ties_is_taken_once(officer, draft):
    with pytest.raises(Invalid) as refusal:
        criteria.add(officer, draft, CriterionKind.QUALITY, quality(tie_break=1))
    assert refusal.value.field == "tie_break"


def test_levels_are_kept_from_the_fewest_points_to_the_most(officer, draft):
    levels = [{"points": "5.0", "lv": "daudz"}, {"points": "0.5", "lv": "maz", "en": "few"}]
    made = criteria.add(officer, draft, CriterionKind.QUALITY, quality(levels=levels))
    assert made.levels == [
        {"points": "0.5", "lv": "maz", "en": "few"},
        {"points": "5", "lv": "daudz", "en": ""},
    ]


def test_criteria_move_among_their_own_kind(officer, draft):
    own = [one for one in draft.criteria if one.kind is CriterionKind.QUALITY]
    criteria.move(officer, draft, own[0], "up")
    criteria.move(officer, draft, own[1], "up")
    db.session.expire_all()
    order = [one.key for one in draft.criteria]
    assert order[7:9] == [own[1].key, own[0].key]
    assert order[:7] == [one.key for one in draft.criteria if one.kind is CriterionKind.ELIGIBILITY]


def test_a_total_minimum_beyond_reach_is_refused(officer, draft):
    def set_minimum(points: str) -> None:
        criteria.set_thresholds(
            officer,
            draft,
            total_minimum=Decimal(points),
            spread_flag=Decimal(8),
            version=draft.version,
        )

    with pytest.raises(Invalid):
        set_minimum("50.5")
    set_minimum("50")
    assert draft.total_minimum == 50


def test_every_verb_leaves_one_journal_entry(officer, draft):
    before = db.session.scalar(select(func.count(JournalEntry.number)))
    form.add_section(officer, draft, Words("Vēl"), Words())
    assert db.session.scalar(select(func.count(JournalEntry.number))) == before + 1
