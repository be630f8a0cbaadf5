"""What a view does with a form: run the verb, show the page again, compare two versions.

form = ConveneForm()
if done := carried_out(form, lambda: service.convene(signed_in(), form.held_at.data)):
    return redirect(url_for(".show", meeting=done.result))
return form_page("meetings/convene.html", form)
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Generic, Self, TypeVar

from flask import jsonify, make_response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import inspect

from portal.core import language_replay, languages
from portal.core.db import Base, Words, db
from portal.core.errors import DomainError, StaleForm, TooMany
from portal.core.fields import Field, File, Form, Hidden, Rows, WordsField
from portal.core.fields.choices import Choice
from portal.core.formats import short_date, short_instant
from portal.core.parsing import Unreadable, text
from portal.core.versions import SeenVersion, print_of, prints_in, version_of, with_prints

T = TypeVar("T")


class _Version(Hidden):
    """The version shown by the page, with a digest of each field's value."""

    form: "VersionedForm"

    @property
    def shown(self) -> str:
        if self.typed is not None or self.data is None:
            return super().shown
        return with_prints(str(self.data), self.form.plain_values)


@dataclass(frozen=True, slots=True)
class Stale:
    """The differences after a stale form.

    `both`: label, typed and saved value of fields that two people changed. `taken`: label and saved
    value of fields that only the other changed; the form takes those over.
    """

    both: list[tuple[str, str, str]]
    taken: list[tuple[str, str]]


class VersionedForm(Form):
    """A form of a row that two people may change; carries the version that it showed."""

    version = _Version()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version.form = self

    @property
    def seen_version(self) -> SeenVersion:
        """The version that the form showed; 0, which no row has, if malformed."""
        return SeenVersion.read(str(self.version.data or ""))

    def process(self, formdata: Any = None, obj: Any = None, *args: Any, **kwargs: Any) -> None:
        """Fill the form; of a row it takes more than its number (see versions.py)."""
        super().process(formdata, obj, *args, **kwargs)
        if obj is not None and self.version.typed is None:
            self.version.data = version_of(obj)

    @classmethod
    def values(cls, row: Any) -> Mapping[str, Any]:
        """The row's values by field name; override if the fields differ from the row's columns."""
        return {one.key: getattr(row, one.key) for one in inspect(row).mapper.column_attrs}

    @classmethod
    def of(cls, row: Any) -> Self:
        """The form of this row; form data of the request take precedence."""
        return cls(data={**cls.values(row), "version": version_of(row)})

    def saved_values(self, row: Any) -> Mapping[str, Any]:
        """The row's saved values, for a form whose fields depend on the row."""
        return self.values(row)

    def called(self, field: Field) -> str:
        """A field's label beside other fields."""
        return str(field.label.text)

    @property
    def plain_values(self) -> dict[str, Any]:
        """Each part of each field as plain JSON, in a normal form."""
        return {
            f"{field.short_name}{part}": value
            for field in self._fields_of_people()
            for part, value in _plain_parts(field).items()
        }

    def version_after(self, row: Any) -> str:
        """The version for the page after the row has been saved from this form."""
        return with_prints(version_of(row), self.plain_values)

    def catch_up(self, row: Any) -> Stale:
        """Take over the row's version and saved values; returns the differences.

        Fields that the person has not changed take the saved value; sending the form again
        overwrites the others.
        """
        saved = type(self)(formdata=None, data=self.saved_values(row))
        shown = prints_in(str(self.version.typed or ""))
        stale = Stale([], [])
        for field in self._fields_of_people():
            theirs = _offering(saved[field.short_name], field)
            before = {part: shown.get(f"{field.short_name}{part}") for part in _plain_parts(field)}
            self._catch_up(field, theirs, before, stale)
        self.version.typed = with_prints(version_of(row), saved.plain_values)
        return stale

    def _catch_up(
        self, field: Field, theirs: Field, before: Mapping[str, str | None], stale: Stale
    ) -> None:
        other = {part: print_of(value) for part, value in _plain_parts(theirs).items()}
        mine = {part: print_of(value) for part, value in _plain_parts(field).items()}
        unread = bool(field.process_errors)
        news = {part for part in other if other[part] not in (before[part], mine[part])}
        untouched = {part for part in news if mine[part] == before[part] and not unread}
        if untouched:
            _take(field, theirs, untouched)
            stale.taken.append((self.called(field), _read(theirs)))
        if news - untouched:
            stale.both.append((self.called(field), _read(field), _read(theirs)))

    def _fields_of_people(self) -> Iterator[Field]:
        for field in self:
            if isinstance(field, Field) and not isinstance(field, Hidden | File):
                yield field


def checked(form: Form, check: Callable[[], object]) -> bool:
    """Run a check that writes nothing on a valid form. A refusal is shown in the form."""
    try:
        check()
    except DomainError as refusal:
        form.refuse(refusal)
        return False
    return True


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    """A verb that was carried out, and its result."""

    result: T


def carried_out(form: Form, verb: Callable[[], T]) -> Done[T] | None:
    """Run the verb if the form was sent and is valid; None if the page is to be rendered again.

    A refusal of the verb is shown in the form. None also if the page is only shown in another
    language.
    """
    if not form.validate_on_submit():
        return None
    try:
        result = verb()
        language_replay.stop()
    except DomainError as refusal:
        form.refuse(refusal)
        return None
    return Done(result)


def form_page(template: str, form: Form, **context: object) -> ResponseReturnValue:
    """The form's page with its status: 200, 422, or that of the verb's refusal.

    For a stale form the template gets `stale`: see components/stale.html.
    """
    stale: Stale | None = None
    if isinstance(form, VersionedForm) and isinstance(form.refusal, StaleForm):
        row = form.refusal.theirs
        if isinstance(row, Base):
            db.session.refresh(row)
            stale = form.catch_up(row)
    response = make_response(render_template(template, form=form, stale=stale, **context))
    response.status_code = form.status
    if isinstance(form.refusal, TooMany):
        response.headers["Retry-After"] = str(form.refusal.retry_after)
    return response


def refused_autosave(refusal: DomainError) -> ResponseReturnValue:
    """The JSON response (409, 422) to a refused autosave; a stale one includes the form."""
    return jsonify(code=refusal.code, message=str(refusal.message)), refusal.status


def _offering(field: Field, like: Field) -> Field:
    """The field with the choices that a view gave to the other form's field."""
    if isinstance(field, Choice) and isinstance(like, Choice):
        field.choices = like.choices
    return field


def _take(field: Field, saved: Field, parts: Collection[str]) -> None:
    """Set these parts of a field to the saved value, as if no form data had been sent."""
    if isinstance(field, WordsField):
        words = (saved.data or Words()).to_json()
        field.typed |= {
            part.removeprefix("-"): words.get(part.removeprefix("-"), "") for part in parts
        }
        field.data = Words.of(words | field.typed)
    else:
        field.typed = None
        field.process(None, saved.data)
    field.errors = []


def _plain_parts(field: Field) -> dict[str, Any]:
    """A field's values by part; two people may each change one language of a text."""
    if isinstance(field, WordsField):
        words = (field.data or Words()).to_json()
        return {f"-{code}": _plain_value(words.get(code, "")) for code in languages.of_texts()}
    return {"": _plain(field)}


def _plain(field: Field) -> Any:
    """A field's value as JSON, the same for a filled and a sent form."""
    match field:
        case Choice():
            return field.chosen
        case Rows():
            return [
                {key: _plain(cell) for key, cell in row.cells.items()}
                for row in field.rows
                if not row.blank
            ]
        case _:
            return _plain_value(field.data)


def _plain_value(value: Any) -> Any:
    match value:
        case None | False:
            return ""
        case str():
            with suppress(Unreadable):
                return text(value)
            return value
        case datetime():  # pages show no seconds
            return value.astimezone(UTC).isoformat(timespec="minutes")
        case Decimal():
            return f"{value.normalize():f}"
        case list() | tuple():
            return [_plain_value(one) for one in value]
        case _:
            return str(value)


def _read(field: Field) -> str:
    """A field's value as text: a choice by its label, rows line by line."""
    match field:
        case Choice():
            return field.label_of(field.chosen)
        case Rows():
            return "\n".join(
                " · ".join(_read(cell) for cell in row.cells.values())
                for row in field.rows
                if not row.blank
            )
        case _:
            return _text(field)


def _text(field: Field) -> str:
    match field.data:
        case Words() as words:
            return "\n".join(filter(None, words.to_json().values()))
        case datetime() as instant:
            return short_instant(instant)
        case date() as day:
            return short_date(day)
        case bool() as ticked:
            return str(_("yes") if ticked else _("no"))
        case value:
            return field.text(value)
