"""The form of a call: sections and questions, until it opens."""

import pytest
from sqlalchemy import func, select

from portal.core.audit.models import JournalEntry
from portal.core.db import Words, db
from portal.core.errors import Invalid, StaleForm
from portal.core.questions.builder import service as form
from portal.core.questions.builder.owner import offer
from portal.core.questions.kinds.settings import QuestionFacts
from portal.core.questions.registry import kind_of
from portal.grants.competitions import service
from portal.grants.competitions.form.views import CallFormOwner
from portal.grants.competitions.models import TermsVersion

pytestmark = pytest.mark.usefixtures("ctx")


def facts(label: str = "Jauns jautājums", **more) -> QuestionFacts:
    return QuestionFacts(label=Words(label), **more)


def test_sections_and_questions_are_added_moved_and_removed(officer, draft):
    section = form.add_section(officer, CallFormOwner(draft), Words("Šķēršļi"), Words())
    assert (section.key, section.position) == ("skersli", 9)
    number = form.add_question(officer, CallFormOwner(draft), section, "number", facts())
    text = form.add_question(officer, CallFormOwner(draft), section, "short_text", facts())
    assert (number.key, text.key) == ("jauns_jautajums", "jauns_jautajums_2")
    form.move_question(officer, CallFormOwner(draft), text, "up")
    db.session.expire_all()
    assert [one.id for one in section.questions] == [text.id, number.id]
    form.move_section(officer, CallFormOwner(draft), section, "up")
    assert section.position == 8
    form.save_question(
        officer,
        CallFormOwner(draft),
        text,
        facts("Cits"),
        version=text.version,
        section=draft.sections[0],
    )
    assert text.section.key == "project"
    form.remove_question(officer, CallFormOwner(draft), text)
    form.remove_section(officer, CallFormOwner(draft), section)
    db.session.expire_all()
    assert [one.position for one in draft.sections] == list(range(1, 9))


def test_a_removed_section_leaves_no_criterion_speaking_of_it(officer, draft):
    section = next(one for one in draft.sections if one.key == "team")
    form.remove_section(officer, CallFormOwner(draft), section)
    db.session.expire_all()
    assert all(one.section_key != "team" for one in draft.criteria)


def test_a_measure_is_taken_once_and_by_its_kind_only(officer, draft):
    section = draft.sections[0]
    with pytest.raises(Invalid) as twice:
        form.add_question(
            officer, CallFormOwner(draft), section, "short_text", facts(measures="title")
        )
    with pytest.raises(Invalid) as kind:
        form.add_question(officer, CallFormOwner(draft), section, "date", facts(measures="months"))
    assert twice.value.field == kind.value.field == "measures"


def test_who_sees_an_answer_is_asked_where_the_owner_has_levels(officer, draft):
    desk, section = CallFormOwner(draft), draft.sections[0]
    with pytest.raises(Invalid) as none:
        form.add_question(officer, desk, section, "file", facts(level=2))
    assert none.value.field == "level"
    question = form.add_question(officer, desk, section, "file", facts())
    settings = kind_of("file").Settings
    assert "level" not in settings.offering(offer(desk, "file", [])).of(question)
    desk.levels, desk.minors = {1: "skola", 2: "psihologs"}, ""
    asked = settings.offering(offer(desk, "file", [])).of(question)
    assert "psihologs" in asked.level() and "names_minors" not in asked
    told = facts(level=2)
    form.save_question(officer, desk, question, told, version=question.version)
    assert question.level == 2
    assert asked.of(question).level.data == "2"


def test_two_officers_at_one_question_do_not_overwrite_each_other(officer, draft):
    question = draft.sections[0].questions[0]
    seen = question.version
    form.save_question(
        officer, CallFormOwner(draft), question, facts("Pirmais", measures="title"), version=seen
    )
    with pytest.raises(StaleForm):
        form.save_question(officer, CallFormOwner(draft), question, facts("Otrais"), version=seen)
    assert str(question.label.lv) == "Pirmais"


def test_a_change_after_the_announcement_makes_a_new_terms_version(officer, ready):
    service.announce(officer, ready)
    form.add_section(officer, CallFormOwner(ready), Words("Vēl"), Words())
    kept = db.session.scalars(select(TermsVersion).order_by(TermsVersion.number)).all()
    assert [one.number for one in kept] == [1, 2]
    assert len(kept[1].content["form"]) == 9
    assert kept[0].digest != kept[1].digest


def test_every_verb_leaves_one_journal_entry(officer, draft):
    before = db.session.scalar(select(func.count(JournalEntry.number)))
    form.add_section(officer, CallFormOwner(draft), Words("Vēl"), Words())
    assert db.session.scalar(select(func.count(JournalEntry.number))) == before + 1


def test_a_section_has_no_more_cells_than_can_be_sent(officer, draft):
    columns = [{"key": f"c{n}", "kind": "short_text", "lv": f"C{n}"} for n in range(8)]
    large = facts("Tabula", settings={"columns": columns, "rows_max": 100})
    section = form.add_section(officer, CallFormOwner(draft), Words("Tabulas"), Words())
    form.add_question(officer, CallFormOwner(draft), section, "table", large)
    with pytest.raises(Invalid) as refusal:
        form.add_question(officer, CallFormOwner(draft), section, "table", large)
    assert refusal.value.field == "rows_max"
