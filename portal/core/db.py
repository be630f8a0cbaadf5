"""The database: one declarative base, its column types, and what tables share."""

import enum
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

import uuid_utils.compat
from flask_sqlalchemy import SQLAlchemy
from markupsafe import escape
from sqlalchemy import (
    ColumnElement,
    DateTime,
    Dialect,
    Enum,
    MetaData,
    Numeric,
    Text,
    Uuid,
    and_,
    event,
    or_,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import (
    DeclarativeBase,
    InstrumentedAttribute,
    Mapped,
    MappedColumn,
    mapped_column,
    registry,
)
from sqlalchemy.types import TypeDecorator

from portal.core import clock, languages
from portal.core.formats import folded, unbroken


def uuid7() -> UUID:
    """A time-ordered key, made here and not by the database."""
    return uuid_utils.compat.uuid7()


@dataclass(frozen=True, slots=True)
class Words:
    """A text in the languages of the portal. Latvian is owed, all others fall back to it.

    `others` are pairs of a language's code and the text, of languages besides the two.
    """

    lv: str = ""
    en: str = ""
    others: tuple[tuple[str, str], ...] = ()

    def in_language(self, language: str) -> str:
        """The text in the language of this code, or in Latvian where there is none."""
        return self.to_json().get(language) or self.lv

    def __str__(self) -> str:
        return self.in_language(languages.current())

    def __html__(self) -> str:
        return str(escape(unbroken(str(self))))

    def __bool__(self) -> bool:
        return any(self.to_json().values())

    def to_json(self) -> dict[str, str]:
        """As it is stored and sealed: of languages besides the two only what is written."""
        return {"lv": self.lv, "en": self.en, **dict(self.others)}

    @classmethod
    def of(cls, value: Mapping[str, str] | None) -> "Words":
        """From stored JSON or a demo file; missing languages are empty, other keys are left."""
        given = value or {}
        others = [code for code in languages.codes() if code not in ("lv", "en")]
        return cls(
            lv=str(given.get("lv", "")),
            en=str(given.get("en", "")),
            others=tuple((code, str(given[code])) for code in others if given.get(code)),
        )


class WordsType(TypeDecorator[Words]):
    """Words in a JSONB column; no words are NULL, and not the JSON null."""

    impl = JSONB(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: Words | None, dialect: Dialect) -> Any:
        return None if value is None else value.to_json()

    def process_result_value(self, value: Any, dialect: Dialect) -> Words | None:
        return None if value is None else Words.of(value)


def alphabetical() -> MappedColumn[str]:
    """A column for a `formats.sort_key`: compared sign by sign, whatever the collation."""
    return mapped_column(Text(collation="C"))


def matches(
    typed: str, *columns: ColumnElement[str] | InstrumentedAttribute[str]
) -> ColumnElement[bool]:
    """That each word of `typed` stands in one of the columns, which hold `formats.folded` texts.

    Neither case nor diacritics nor the order of the words count; nothing typed matches everything.
    """
    return and_(
        true(),
        *(
            or_(*(column.contains(word, autoescape=True) for column in columns))
            for word in folded(typed).split()
        ),
    )


class Base(DeclarativeBase):
    """Every table. Constraint names are stable: errors.constraint() gives them words.

    `__journal__` names the columns that the journal keeps, before and after; none: only which row
    was made, changed or removed; None: nothing. A draft's content, secrets and personal data that
    is no ground of a decision are never among them (docs/privacy.md).
    """

    __journal__: ClassVar[tuple[str, ...] | None]

    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={
            str: Text(),
            datetime: DateTime(timezone=True),
            Decimal: Numeric(),
            # Codes are text with a CHECK: readable in psql, and a migration away from another
            # value.
            enum.Enum: Enum(
                enum.Enum,
                native_enum=False,
                length=40,
                create_constraint=True,
                values_callable=lambda codes: [code.value for code in codes],
            ),
            UUID: Uuid(),
            Words: WordsType(),
            dict[str, Any]: JSONB(),
            list[Any]: JSONB(),
            list[dict[str, Any]]: JSONB(),
            list[str]: JSONB(),
            list[int]: JSONB(),
        },
    )


class Keyed:
    """A UUIDv7 key and the instant of creation. Mix in before Base."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7, sort_order=-1)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


@event.listens_for(Keyed, "init", propagate=True)
def _give_key(row: Keyed, _args: object, values: dict[str, Any]) -> None:
    """A row knows its key before it is flushed, so that the journal and files can name it."""
    values.setdefault("id", uuid7())


def dumps(value: Any) -> str:
    """JSON for JSONB columns; exact decimals and instants become strings."""
    return json.dumps(value, ensure_ascii=False, default=str)


db = SQLAlchemy(
    model_class=Base,
    # A compiled statement takes 90 kB. All pages together have 230, and SQLAlchemy keeps 500; those
    # that are asked all the time are few.
    engine_options={"json_serializer": dumps, "query_cache_size": 64},
    # A request carries out one verb, and its page shows what that has written: nothing is read once
    # more. Whoever carries out many in one session turns this on again (see site/demo).
    session_options={"autoflush": True, "expire_on_commit": False},
)
