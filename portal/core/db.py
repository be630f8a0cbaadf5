"""The declarative base of all tables, its column types and mixins."""

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
    """A time-ordered key, made here rather than by the database."""
    return uuid_utils.compat.uuid7()


@dataclass(frozen=True, slots=True)
class Words:
    """A text in the languages of the portal. Latvian is required; all others fall back to it.

    `others` are pairs of language code and text, for languages other than Latvian and English.
    """

    lv: str = ""
    en: str = ""
    others: tuple[tuple[str, str], ...] = ()

    def in_language(self, language: str) -> str:
        """The text in this language, or in Latvian if there is none."""
        return self.to_json().get(language) or self.lv

    def __str__(self) -> str:
        return self.in_language(languages.current())

    def __html__(self) -> str:
        return str(escape(unbroken(str(self))))

    def __bool__(self) -> bool:
        return any(self.to_json().values())

    def to_json(self) -> dict[str, str]:
        """The stored and sealed form; further languages only if they have a text."""
        return {"lv": self.lv, "en": self.en, **dict(self.others)}

    @classmethod
    def of(cls, value: Mapping[str, Any] | None) -> "Words":
        """From stored JSON, a row of a form or a demo file; missing languages are empty, keys that
        are no languages are ignored. A language that the portal no longer has is kept."""
        given = value or {}
        further = given.keys() - languages.ALWAYS
        codes = sorted(filter(languages.is_code, further)) if further else ()
        return cls(
            lv=str(given.get("lv") or ""),
            en=str(given.get("en") or ""),
            others=tuple((code, str(given[code])) for code in codes if given[code]),
        )


class WordsType(TypeDecorator[Words]):
    """Words in a JSONB column; None is SQL NULL, not JSON null."""

    impl = JSONB(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: Words | None, dialect: Dialect) -> Any:
        return None if value is None else value.to_json()

    def process_result_value(self, value: Any, dialect: Dialect) -> Words | None:
        return None if value is None else Words.of(value)


def alphabetical() -> MappedColumn[str]:
    """A column for a `formats.sort_key`: compared bytewise, whatever the collation."""
    return mapped_column(Text(collation="C"))


def matches(
    typed: str, *columns: ColumnElement[str] | InstrumentedAttribute[str]
) -> ColumnElement[bool]:
    """The condition that each word of `typed` occurs in one of the columns of `formats.folded`
    text.

    Case, diacritics, commas and order do not matter; an empty search matches everything.
    """
    return and_(
        true(),
        *(
            or_(*(column.contains(word, autoescape=True) for column in columns))
            for word in folded(typed).replace(",", " ").split()
        ),
    )


class Base(DeclarativeBase):
    """Base of all tables. Constraint names are stable: errors.constraint() maps them to messages.

    `__journal__` lists the columns whose old and new values the journal keeps; empty: only that the
    row was made, changed or removed; None: nothing. A draft's content, secrets, and personal data
    on which no decision is based are never listed (docs/privacy.md).
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
            # Codes are text with a CHECK: readable in psql, and extended by a migration.
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
    """A UUIDv7 key and the time of creation. Mix in before Base."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7, sort_order=-1)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


@event.listens_for(Keyed, "init", propagate=True)
def _give_key(row: Keyed, _args: object, values: dict[str, Any]) -> None:
    """Set the key before the flush, so that the journal and files can refer to the row."""
    values.setdefault("id", uuid7())


def dumps(value: Any) -> str:
    """JSON for JSONB columns; decimals (exact) and instants become strings."""
    return json.dumps(value, ensure_ascii=False, default=str)


db = SQLAlchemy(
    model_class=Base,
    # A compiled statement takes 90 kB. All pages together have 230 and SQLAlchemy keeps 500; only
    # few are used often.
    engine_options={"json_serializer": dumps, "query_cache_size": 64},
    # A request carries out one verb, and its page shows what was written: nothing is reloaded. Code
    # that carries out many verbs in one session turns this on again (see site/demo).
    session_options={"autoflush": True, "expire_on_commit": False},
)
