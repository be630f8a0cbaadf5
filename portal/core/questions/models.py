"""Models of forms with sections and questions, and of answers.

The owner refers to a `Form` and to an `AnswerSet`, and its rules say when each is frozen.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.accounts.models import Person
from portal.core.db import Base, Keyed, Words
from portal.core.documents.models import StoredFile
from portal.core.questions.registry import all_kinds
from portal.core.triggers import ANY_CHANGE, immutable, refuse, refuse_by


class Form(Keyed, Base):
    """A form with its sections. It cannot be changed once it has answers.

    Of consecutive forms, each is in force from a day on (see queries.form_on).
    """

    __tablename__ = "forms"
    __journal__ = ("valid_from",)

    valid_from: Mapped[date | None]

    sections: Mapped[list["Section"]] = relationship(
        back_populates="form", order_by="(Section.position, Section.id)"
    )


class Section(Keyed, Base):
    """A page of a form."""

    __tablename__ = "form_sections"
    __journal__ = ("key", "title", "hint", "position")
    __table_args__ = (
        UniqueConstraint("form_id", "key"),
        UniqueConstraint("id", "form_id"),
        CheckConstraint("key ~ '^[a-z][a-z0-9_]*$'", name="key"),
    )

    form_id: Mapped[UUID] = mapped_column(ForeignKey("forms.id"))
    key: Mapped[str]
    title: Mapped[Words]
    hint: Mapped[Words] = mapped_column(default=Words)
    position: Mapped[int]
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    form: Mapped[Form] = relationship(back_populates="sections")
    questions: Mapped[list["Question"]] = relationship(
        back_populates="section",
        order_by="(Question.position, Question.id)",
        foreign_keys="Question.section_id",
    )

    __mapper_args__ = {"version_id_col": version}


class Question(Keyed, Base):
    """One question of a form; `settings` are those of its kind.

    `level` is the visibility of its answers, from 1, with a meaning given by the owner.
    """

    __tablename__ = "form_questions"
    __journal__ = (
        "section_id",
        "key",
        "kind",
        "label",
        "hint",
        "required",
        "settings",
        "measures",
        "level",
        "position",
    )
    __table_args__ = (
        UniqueConstraint("form_id", "key"),
        ForeignKeyConstraint(
            ["section_id", "form_id"],
            ["form_sections.id", "form_sections.form_id"],
            name="fk_form_questions_section_of_form",
        ),
        CheckConstraint("key ~ '^[a-z][a-z0-9_]*$'", name="key"),
        CheckConstraint(
            f"kind IN ({', '.join(repr(kind.code) for kind in all_kinds())})", name="kind"
        ),
        CheckConstraint("level BETWEEN 1 AND 5", name="level"),
        # What a question measures for the rules: at most one of each in a form.
        Index(
            "uq_form_questions_measures",
            "form_id",
            "measures",
            unique=True,
            postgresql_where=text("measures IS NOT NULL"),
        ),
    )

    form_id: Mapped[UUID] = mapped_column(ForeignKey("forms.id"))
    section_id: Mapped[UUID] = mapped_column(ForeignKey("form_sections.id"), index=True)
    key: Mapped[str]
    kind: Mapped[str]
    label: Mapped[Words]
    hint: Mapped[Words] = mapped_column(default=Words)
    required: Mapped[bool] = mapped_column(default=True)
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # The measures taken from its answer, by the owner's codes.
    measures: Mapped[str | None]
    level: Mapped[int] = mapped_column(default=1, server_default="1")
    position: Mapped[int]
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    section: Mapped[Section] = relationship(
        back_populates="questions", foreign_keys="Question.section_id"
    )

    __mapper_args__ = {"version_id_col": version}


class AnswerSet(Keyed, Base):
    """The answers of one owner to one form.

    `opened` are the questions that can be answered, each with a comment ("" for none); None: all.
    `codec` stores the values (see codecs.py).
    """

    __tablename__ = "answer_sets"
    __journal__ = ("form_id", "frozen_at")

    form_id: Mapped[UUID] = mapped_column(ForeignKey("forms.id"), index=True)
    opened: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    frozen_at: Mapped[datetime | None]
    codec: Mapped[str] = mapped_column(default="plain", server_default="plain")

    form: Mapped[Form] = relationship()
    answers: Mapped[list["Answer"]] = relationship(back_populates="answer_set")
    files: Mapped[list["AnswerFile"]] = relationship(
        back_populates="answer_set", order_by="(AnswerFile.created_at, AnswerFile.id)"
    )


class Answer(Keyed, Base):
    """The answer to one question, once it has been saved.

    `value` is plain JSON by the question's kind, None for no answer; `saved_from` is the page that
    saved it last, and `saved_turn` the number of that page's request, so that nobody is in conflict
    with themselves.
    """

    __tablename__ = "answers"
    __journal__ = ()  # its content is not copied to the journal
    __table_args__ = (UniqueConstraint("set_id", "question_key"),)

    set_id: Mapped[UUID] = mapped_column(ForeignKey("answer_sets.id"))
    question_key: Mapped[str]
    value: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    saved_at: Mapped[datetime]
    saved_by_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    saved_from: Mapped[str] = mapped_column(default="", server_default="")
    saved_turn: Mapped[int] = mapped_column(default=0, server_default="0")
    version: Mapped[int] = mapped_column(default=1)

    answer_set: Mapped[AnswerSet] = relationship(back_populates="answers")
    saved_by: Mapped[Person] = relationship()

    __mapper_args__ = {"version_id_col": version}


class AnswerFile(Keyed, Base):
    """A file as an answer. Removed ones are kept for sealed versions."""

    __tablename__ = "answer_files"
    __journal__ = ("question_key", "file_id", "removed_at")

    set_id: Mapped[UUID] = mapped_column(ForeignKey("answer_sets.id"), index=True)
    question_key: Mapped[str]
    file_id: Mapped[UUID] = mapped_column(ForeignKey("stored_files.id"))
    names_minors: Mapped[bool] = mapped_column(default=False)
    added_by_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    removed_at: Mapped[datetime | None]

    answer_set: Mapped[AnswerSet] = relationship(back_populates="files")
    file: Mapped[StoredFile] = relationship()


# A form with answers cannot be changed; its owner may freeze it sooner. Changes wait for concurrent
# first answers, which hold a key lock on the form.
for part in (Section, Question):
    refuse_by(
        part,
        "frozen",
        ANY_CHANGE,
        """
    PERFORM FROM forms WHERE id IN (OLD.form_id, NEW.form_id) FOR UPDATE;
    refused := EXISTS (SELECT FROM answer_sets WHERE form_id IN (OLD.form_id, NEW.form_id));""",
    )
immutable(AnswerSet, but=["opened", "frozen_at"])
refuse(AnswerSet, "frozen", "UPDATE", when="OLD.frozen_at IS NOT NULL")
immutable(AnswerFile, but=["removed_at"])
refuse(AnswerFile, "removed", "UPDATE", when="OLD.removed_at IS NOT NULL")
for given in (Answer, AnswerFile):
    refuse_by(
        given,
        "closed",
        ANY_CHANGE,
        """
    PERFORM FROM answer_sets WHERE id IN (OLD.set_id, NEW.set_id) FOR SHARE;
    refused := EXISTS (
        SELECT FROM answer_sets WHERE id IN (OLD.set_id, NEW.set_id) AND (
            frozen_at IS NOT NULL
            OR NOT jsonb_exists(opened, coalesce(NEW.question_key, OLD.question_key))
        )
    );""",
    )
# Files besides the questions have a key of the owner's, which no question has.
OWN = "_"
for given, own in ((Answer, "false"), (AnswerFile, f"starts_with(NEW.question_key, '{OWN}')")):
    refuse_by(
        given,
        "asked",
        "INSERT OR UPDATE OF set_id, question_key",
        f"""
    refused := NOT ({own} OR EXISTS (
        SELECT FROM answer_sets JOIN form_questions USING (form_id)
        WHERE answer_sets.id = NEW.set_id AND form_questions.key = NEW.question_key
    ));""",
    )
