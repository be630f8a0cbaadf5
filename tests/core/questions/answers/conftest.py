"""A form of somebody who is no applicant: a diary that an organisation keeps."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from portal.core import clock
from portal.core.accounts.models import Person
from portal.core.db import Base, Keyed, Words, db
from portal.core.errors import StateConflict
from portal.core.questions.answers import service
from portal.core.questions.answers.forms import filled_form
from portal.core.questions.answers.queries import CurrentAnswers
from portal.core.questions.answers.rules import SeenAnswers
from portal.core.questions.answers.service import AnswersOwner, Saved, Typed
from portal.core.questions.models import AnswerFile, AnswerSet, Form, Question, Section
from tests.factories import Make


class Apart(DeclarativeBase):
    """Tables of the tests alone, which no migration makes."""

    registry = Base.registry.__class__(type_annotation_map=Base.registry.type_annotation_map)


class Diary(Keyed, Apart):
    """Whose answers they are. It is never later than `until`."""

    __tablename__ = "diaries"
    __journal__ = None
    scope_id = None

    answer_set_id: Mapped[UUID]
    until: Mapped[datetime]
    mood: Mapped[str] = mapped_column(default="")  # what follows from an answer


QUESTIONS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("mood", "short_text", {"max_length": 20}),
    ("day", "long_text", {}),
    ("drawing", "file", {"several": False}),
)


@dataclass
class Keeping:
    """The diary with its form, as those who keep it work on it."""

    make: Make
    diary: Diary
    people: list[Person]

    def another(self) -> "Keeping":
        """One more diary of the same form, in which nothing stands."""
        form = self.owner.answer_set.form_id
        return Keeping(self.make, _diary(self.make, form), self.people)

    @property
    def owner(self) -> AnswersOwner:
        diary = db.session.get_one(Diary, self.diary.id)
        answer_set = db.session.get_one(AnswerSet, diary.answer_set_id)
        return AnswersOwner(
            answer_set=answer_set,
            sections=answer_set.form.sections,
            subject=diary,  # type: ignore[arg-type]  # of a base of the tests
            locks=(diary,),  # type: ignore[arg-type]
            saved="diary.saved",
            attached="diary.file_attached",
            removed="diary.file_removed",
            purpose="diary",
            require_open=partial(_require_open, diary),
            follow=partial(_follow, diary),
        )

    def seen(self, page: str) -> SeenAnswers:
        """What a page called `page` is filled with when it is opened now."""
        current = self.owner.current()
        shown = filled_form(current, current.questions)
        return replace(SeenAnswers.read(str(shown.version.data)), page=page)

    def save(
        self, answers: dict[str, Any], seen: SeenAnswers, *, by: int = 0, **more: Any
    ) -> Saved:
        """Save these answers, as a page does that asks for nothing else."""
        owner = self.owner
        asked = [
            one for one in owner.current().questions if one.key in {*answers, *more.pop("of", ())}
        ]
        actor = db.session.get_one(Person, self.people[by].id)
        typed = Typed(answers, seen, **more)
        return service.save(actor, owner, asked, typed, received_at=clock.now())

    @property
    def kept(self) -> dict[str, Any]:
        """The answers that stand."""
        db.session.expire_all()
        return self.owner.current().values

    @property
    def files(self) -> list[AnswerFile]:
        """The files that stand."""
        db.session.expire_all()
        return list(self.owner.current().files)

    def question(self, key: str) -> Question:
        return next(one for one in self.owner.current().questions if one.key == key)


def _require_open(diary: Diary, received_at: datetime) -> None:
    if received_at > diary.until:
        raise StateConflict("over", "The year is over.")


def _follow(diary: Diary, current: CurrentAnswers) -> None:
    diary.mood = current.values.get("mood") or ""


@pytest.fixture
def keeping(make: Make, ctx: Any, app: Flask) -> Iterator[Keeping]:
    make.session.execute(
        text(
            "CREATE TABLE diaries (id uuid PRIMARY KEY, created_at timestamptz NOT NULL,"
            " answer_set_id uuid NOT NULL REFERENCES answer_sets,"
            " until timestamptz NOT NULL, mood text NOT NULL)"
        )
    )
    form = make.row(Form())
    section = make.row(Section(form=form, key="today", title=Words("Šodien"), position=1))
    for position, (key, kind, settings) in enumerate(QUESTIONS, start=1):
        make.row(
            Question(
                form_id=form.id,
                section=section,
                key=key,
                kind=kind,
                label=Words(key),
                settings=settings,
                position=position,
            )
        )
    yield Keeping(make, _diary(make, form.id), [make.person(), make.person()])


def _diary(make: Make, form_id: UUID) -> Diary:
    answer_set = make.row(AnswerSet(form_id=form_id))
    return make.row(Diary(answer_set_id=answer_set.id, until=clock.now(), mood=""))
