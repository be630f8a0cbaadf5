"""Answers to a form whose owner is no applicant: an organisation's diary (see conftest)."""

import io
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from werkzeug.datastructures import FileStorage

from portal.core import clock
from portal.core.audit.models import JournalEntry
from portal.core.db import db
from portal.core.errors import Invalid, StaleForm, StateConflict
from portal.core.questions.answers import codecs, service
from portal.core.questions.answers.queries import form_on
from portal.core.questions.answers.rules import SeenAnswers
from portal.core.questions.answers.service import Occupied
from portal.core.questions.models import Answer, AnswerSet, Form
from portal.core.questions.rules import validate
from tests.core.documents.samples import PDF
from tests.core.questions.answers.conftest import Diary, Keeping


def drawing(name: str) -> FileStorage:
    return FileStorage(io.BytesIO(PDF + f"\n%{name}".encode()), name)


def test_two_pages_that_change_different_questions_both_save(keeping: Keeping) -> None:
    first, second = keeping.seen("one"), keeping.seen("two")
    assert not keeping.save({"mood": "labi", "day": None}, first).conflicts
    saved = keeping.save({"mood": None, "day": "Garš."}, second, by=1)
    assert [one.key for one in saved.theirs] == ["mood"] and not saved.conflicts
    assert keeping.kept == {"mood": "labi", "day": "Garš."}
    again = keeping.save({"mood": "slikti", "day": "Garš."}, saved.seen, by=1)
    assert [one.key for one in again.conflicts] == ["mood"]
    assert keeping.kept["mood"] == "labi"
    assert not keeping.save({"mood": "brīnišķīgi"}, first).conflicts, (
        "one's own save is no conflict"
    )


def test_a_page_of_another_set_saves_nothing(keeping: Keeping) -> None:
    with pytest.raises(StaleForm):
        keeping.save({"mood": "labi"}, SeenAnswers("one", {}, str(UUID(int=1))))
    assert not keeping.kept


def test_what_follows_from_answers_follows_and_the_journal_has_none_of_them(
    keeping: Keeping,
) -> None:
    keeping.save({"mood": "slepens", "day": "Neviena darīšana."}, keeping.seen("one"))
    db.session.expire_all()
    assert db.session.get_one(Diary, keeping.diary.id).mood == "slepens"
    (entry,) = db.session.scalars(select(JournalEntry).filter_by(event="diary.saved"))
    assert entry.facts == {"section": "today"} and entry.actor_id == keeping.people[0].id
    assert "slepens" not in str(entry.changes) and "darīšana" not in str(entry.changes)


def test_saving_the_same_again_writes_nothing(keeping: Keeping) -> None:
    keeping.save({"mood": "labi"}, keeping.seen("one"))
    keeping.save({"mood": "labi"}, keeping.seen("two"))
    assert len(db.session.scalars(select(JournalEntry).filter_by(event="diary.saved")).all()) == 1


def test_after_its_time_nothing_is_taken(keeping: Keeping) -> None:
    with clock.at(keeping.diary.until + timedelta(seconds=1)), pytest.raises(StateConflict):
        keeping.save({"mood": "par vēlu"}, keeping.seen("one"))
    assert not keeping.kept


def test_a_second_file_says_first_whether_it_replaces(keeping: Keeping) -> None:
    question, seen = keeping.question("drawing"), keeping.seen("one")
    keeping.save({}, seen, of=["drawing"], uploads=[(question, drawing("viens.pdf"))])
    saved = keeping.save({}, seen, of=["drawing"], uploads=[(question, drawing("divi.pdf"))])
    assert [type(one) for one in saved.refused] == [Occupied]
    assert [one.file.name for one in keeping.files] == ["viens.pdf"]
    uploads = [(keeping.question("drawing"), drawing("divi.pdf"))]
    keeping.save({}, seen, of=["drawing"], uploads=uploads, replacing=["drawing"])
    assert [one.file.name for one in keeping.files] == ["divi.pdf"]
    (file,) = keeping.files
    actor = db.session.merge(keeping.people[0])
    service.remove_file(
        *(actor, keeping.owner, keeping.question("drawing"), file), received_at=clock.now()
    )
    assert not keeping.files


def test_only_what_is_opened_again_can_be_answered(keeping: Keeping) -> None:
    keeping.save({"mood": "labi", "day": "Īss."}, keeping.seen("one"))
    service.reopen(keeping.owner.answer_set, {"day": "Kas vēl notika?"})
    db.session.commit()
    assert [one.key for one in keeping.owner.current().questions] == ["day"]
    keeping.save({"day": "Garāks."}, keeping.seen("two"))
    assert keeping.kept == {"mood": "labi", "day": "Garāks."}, "all else stands"
    with pytest.raises(IntegrityError, match="answers_closed"), db.session.begin_nested():
        db.session.execute(text("UPDATE answers SET value = NULL WHERE question_key = 'mood'"))


def test_a_frozen_set_stands_whoever_asks(keeping: Keeping) -> None:
    keeping.save({"mood": "labi"}, keeping.seen("one"))
    service.freeze(keeping.owner.answer_set)
    db.session.commit()
    with pytest.raises(StateConflict):
        keeping.save({"mood": "citādi"}, keeping.seen("two"))
    assert keeping.kept == {"mood": "labi"}


def test_it_is_judged_like_any_other(keeping: Keeping) -> None:
    keeping.save({"mood": "neizsakāmi labi, pat lieliski"}, keeping.seen("one"))
    current = keeping.owner.current()
    found = validate(current.questions, current.given(current.questions), for_submit=True)
    assert [(one.key, one.wrong) for one in found] == [
        ("mood", "too_long"),
        ("day", "missing"),
        ("drawing", "missing"),
    ]
    with pytest.raises(Invalid):
        keeping.save({"day": "x" * 200_000}, keeping.seen("two"))


class Turned:
    """A codec that an owner could have: nobody who has the database alone can read it."""

    def lock(self, set_id: UUID, key: str, value: Any) -> Any:
        return {"turned": str(value)[::-1], "of": f"{set_id}/{key}"}

    def unlock(self, set_id: UUID, key: str, kept: Any) -> Any:
        assert kept["of"] == f"{set_id}/{key}", "no answer can be put in the place of another"
        return kept["turned"][::-1]


def test_values_stand_in_the_database_as_the_owner_has_them_kept(keeping: Keeping) -> None:
    codecs.register("turned", Turned())
    form = keeping.owner.answer_set.form_id
    own = keeping.make.row(AnswerSet(form_id=form, codec="turned"))
    db.session.get_one(Diary, keeping.diary.id).answer_set_id = own.id
    db.session.commit()
    keeping.save({"mood": "labi"}, keeping.seen("one"))
    assert keeping.kept == {"mood": "labi"}
    (row,) = db.session.scalars(select(Answer).filter_by(set_id=own.id))
    assert row.value["turned"] == "ibal"
    assert keeping.save({"mood": "labi"}, keeping.seen("two")).current.values == {"mood": "labi"}
    db.session.refresh(row)
    assert row.version == 1, "what is read to be the same is not written anew"


def test_of_forms_that_follow_one_another_each_has_its_days() -> None:
    first, second = Form(valid_from=None), Form(valid_from=date(2027, 1, 1))
    assert form_on([second, first], date(2026, 12, 31)) is first
    assert form_on([first, second], date(2027, 1, 1)) is second
    assert form_on([second], date(2026, 12, 31)) is None
